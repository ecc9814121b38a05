import { z } from 'zod'
import { commands, isCommandName, topics } from '../../../shared/contract/index.ts'
import { UsageError } from './io.ts'
import { formatTable } from './table.ts'

const USAGE = `Virtdeck: a datacenter manager for KVM, from the command line.

Usage:
  virtdeck serve [--port N] [--open]        run the engine and serve the window to a browser
  virtdeck call <command> ['<json>' | -]    run a command; - reads its input from standard input
  virtdeck call <command> ['<json>'] --plan print what it would do, host by host; nothing is done
  virtdeck get <topic> [--key K]            print a topic once
  virtdeck watch <topic> [--key K]          print a topic and then every change of it
  virtdeck upload <file> --domain D         put an image into a storage domain
  virtdeck upload <file> --host H --pool P  make a volume of it in a storage pool of one host
  virtdeck download <disk> [<file>]         get a disk, named by its alias, file or id
  virtdeck download <volume> [<file>] --host H --pool P   get a volume of a storage pool of one host
  virtdeck link                             make a new one-time sign-in link of the running engine
  virtdeck restore [<backup>]               put a backup of the inventory in its place (default: the newest)
  virtdeck help [<command>]                 this text, or the fields of a command

Options of all:
  --data-dir D        the folder of the inventory (default: the user's data folder)
  --json              machine-readable output: one JSON document, or one a line for watch
  -h, --help          this text
  --version           the version

Options of serve:
  --host A            address to listen on (default 127.0.0.1); others need TLS and a password
  --port N            port (default: the last one if it is free, else any)
  --name DNSNAME      a further name that browsers use for this server; may be given again
  --tls-cert F        PEM file with the certificate and its chain
  --tls-key F         PEM file with its key
  --password-file F   file with the sign-in password; only a hash of it is stored
  --open              open the browser
  --demo              simulated hosts to try Virtdeck on; its folder is gone when it ends
  --link-file F       write a page to F that signs one browser in, once; only you can read it

Options of upload:
  --domain D          the storage domain, by its name or id
  --alias A           what the disk is called (default: the file’s name)
  --host H, --pool P  a storage pool of one host in place of a domain, by names or ids
  --volume V          what the volume is called there (default: the file’s name)
  --sha256 H          refuse it unless it has this checksum

call, get, watch, upload and download talk to the engine that runs on the data folder, or run one for as long as they take.
Exit codes: 0 done, 1 the command failed, 2 wrong usage, 3 the engine cannot be reached.
`

/** The text of `help`, of a command where one is named. Throws `UsageError` for a name that is none. */
export function buildHelp(subject: string | null): string {
  if (subject === null) return `${USAGE}\nCommands:\n${listCommands()}\nTopics:\n${listTopics()}`
  if (!isCommandName(subject)) throw new UsageError(`there is no command "${subject}"`)
  const command = commands[subject]
  return `${subject}: ${command.summary}

Needs the permission ${command.permission}. ${command.kind === 'task' ? 'Runs as a task.' : 'Answers at once.'}

Input:
${describeFields(command.input, 'input')}
Output:
${describeFields(command.output, 'output')}`
}

function listCommands(): string {
  return indent(
    formatTable(
      ['', ''],
      Object.values(commands).map((command) => [command.name, command.summary]),
    ),
  )
}

function listTopics(): string {
  return indent(
    formatTable(
      ['', ''],
      Object.entries(topics).map(([name, topic]) => [name, topic.summary]),
    ),
  )
}

interface FieldSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly FieldSchema[]
  readonly items?: FieldSchema
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
}

function describeFields(schema: z.ZodType, io: 'input' | 'output'): string {
  const converted = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  const required = new Set(converted.required)
  const rows = Object.entries(converted.properties ?? {}).map(([name, property]) => {
    const field = property as FieldSchema
    return [name, describeType(field), describeNeed(field, required.has(name))]
  })
  return rows.length === 0 ? '  nothing\n' : indent(formatTable(['', '', ''], rows))
}

function describeType(field: FieldSchema): string {
  if (field.enum !== undefined) return field.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (field.anyOf !== undefined) return field.anyOf.map(describeType).join(' | ')
  if (field.type === 'array') return `list of ${describeType(field.items ?? {})}`
  const type = typeof field.type === 'string' ? field.type : (field.type?.join(' | ') ?? 'anything')
  const bounded = field.minimum !== undefined && field.maximum !== undefined
  return bounded ? `${type} ${field.minimum}–${field.maximum}` : type
}

function describeNeed(field: FieldSchema, required: boolean): string {
  if (field.default !== undefined) return `default ${JSON.stringify(field.default)}`
  return required ? 'required' : 'optional'
}

/** Drops the row of empty heads and moves the rest in. */
function indent(table: string): string {
  return table
    .split('\n')
    .slice(1, -1)
    .map((line) => `  ${line}\n`)
    .join('')
}
