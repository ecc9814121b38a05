import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { UsageError } from './io.ts'

/** Where and how an engine is served; the options of `serve`. */
export interface ServeOptions {
  readonly host: string
  /** null: the port of the last run if it is free, else any. */
  readonly port: number | null
  readonly names: readonly string[]
  readonly tlsCertificatePath: string | null
  readonly tlsKeyPath: string | null
  readonly passwordFile: string | null
  readonly linkFile: string | null
  readonly open: boolean
  /** Simulated hosts, on an inventory of its own that is gone when it ends. */
  readonly demo: boolean
}

interface Common {
  readonly json: boolean
  readonly dataDir: string | null
}

/** A storage pool of one host, by names or ids. */
export interface PoolName {
  readonly host: string
  readonly pool: string
}

/** Where an uploaded file goes: into a storage domain, or a pool of one host. */
export type UploadPlace =
  | { readonly kind: 'domain'; readonly domain: string; readonly alias: string | null }
  | ({ readonly kind: 'pool'; readonly volume: string | null } & PoolName)

/** A command line, understood. */
export type Invocation =
  | ({ readonly run: 'serve'; readonly options: ServeOptions } & Common)
  | ({ readonly run: 'call'; readonly command: string; readonly input: string; readonly plan: boolean } & Common)
  | ({ readonly run: 'get' | 'watch'; readonly topic: string; readonly key: string | null } & Common)
  | ({
      readonly run: 'upload'
      readonly path: string
      readonly to: UploadPlace
      readonly sha256: string | null
    } & Common)
  | ({
      readonly run: 'download'
      /** A disk; of a pool: a volume. */
      readonly named: string
      readonly from: PoolName | null
      readonly path: string | null
    } & Common)
  | ({ readonly run: 'link' } & Common)
  | ({ readonly run: 'restore'; readonly backup: string | null } & Common)
  | { readonly run: 'help'; readonly subject: string | null }
  | { readonly run: 'version' }

const common = {
  json: { type: 'boolean', default: false },
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} satisfies ParseArgsOptionsConfig

const extra = {
  serve: {
    host: { type: 'string' },
    port: { type: 'string' },
    name: { type: 'string', multiple: true },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'password-file': { type: 'string' },
    'link-file': { type: 'string' },
    open: { type: 'boolean' },
    demo: { type: 'boolean' },
  },
  topic: { key: { type: 'string' } },
  call: { plan: { type: 'boolean' } },
  upload: {
    domain: { type: 'string' },
    alias: { type: 'string' },
    sha256: { type: 'string' },
    host: { type: 'string' },
    pool: { type: 'string' },
    volume: { type: 'string' },
  },
  download: { host: { type: 'string' }, pool: { type: 'string' } },
} satisfies Readonly<Record<string, ParseArgsOptionsConfig>>

/** Understands the arguments after the program's name. Throws `UsageError`. */
export function parseInvocation(argv: readonly string[]): Invocation {
  const { values, positionals } = parse(argv, {
    ...common,
    ...extra.serve,
    ...extra.topic,
    ...extra.call,
    ...extra.upload,
  })
  const run = positionals[0] ?? ''
  refuseForeign(run, Object.keys(values))
  if (values.version === true) return { run: 'version' }
  const rest = positionals.slice(1)
  if (values.help === true) return { run: 'help', subject: helpSubject(run, rest) }
  const shared: Common = { json: values.json === true, dataDir: text(values['data-dir']) }

  switch (run) {
    case 'serve':
      expectCount(run, rest, 0, 0)
      if (values.demo === true && shared.dataDir !== null) {
        throw new UsageError('serve: --demo has a folder of its own, which --data-dir cannot name')
      }
      return { run, options: parseServe(values), ...shared }
    case 'call': {
      expectCount(run, rest, 1, 2)
      return { run, command: rest[0] ?? '', input: rest[1] ?? '{}', plan: values.plan === true, ...shared }
    }
    case 'get':
    case 'watch':
      expectCount(run, rest, 1, 1)
      return { run, topic: rest[0] ?? '', key: text(values.key), ...shared }
    case 'upload': {
      expectCount(run, rest, 1, 1)
      return { run, path: rest[0] ?? '', to: parseUploadPlace(values), sha256: text(values.sha256), ...shared }
    }
    case 'download':
      expectCount(run, rest, 1, 2)
      return { run, named: rest[0] ?? '', from: parsePool(run, values), path: rest[1] ?? null, ...shared }
    case 'link':
      expectCount(run, rest, 0, 0)
      return { run, ...shared }
    case 'restore':
      expectCount(run, rest, 0, 1)
      return { run, backup: rest[0] ?? null, ...shared }
    case 'help':
      expectCount(run, rest, 0, 1)
      return { run, subject: rest[0] ?? null }
    case '':
      throw new UsageError('a subcommand is missing')
    default:
      throw new UsageError(`there is no subcommand "${run}"`)
  }
}

function parse(argv: readonly string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** Options may stand before the subcommand, so that all are known until it is. */
function refuseForeign(run: string, given: readonly string[]): void {
  const own = ownOptions(run)
  const foreign = given.find((name) => !Object.hasOwn(common, name) && !Object.hasOwn(own, name))
  if (foreign !== undefined)
    throw new UsageError(`${run === '' ? 'without a subcommand' : run}: unknown option --${foreign}`)
}

function ownOptions(run: string): object {
  if (isTopicRun(run)) return extra.topic
  if (run === 'serve' || run === 'call' || run === 'upload' || run === 'download') return extra[run]
  return {}
}

function isTopicRun(run: string): boolean {
  return run === 'get' || run === 'watch'
}

function parseUploadPlace(values: Readonly<Record<string, unknown>>): UploadPlace {
  const pool = parsePool('upload', values)
  const [domain, alias, volume] = [text(values.domain), text(values.alias), text(values.volume)]
  if (pool !== null) {
    if (domain !== null || alias !== null) throw new UsageError('upload: a pool has no --domain and no --alias')
    return { kind: 'pool', ...pool, volume }
  }
  if (domain === null) throw new UsageError('upload: --domain, or --host and --pool, says where to')
  if (volume !== null) throw new UsageError('upload: --volume is for a pool')
  return { kind: 'domain', domain, alias }
}

function parsePool(run: string, values: Readonly<Record<string, unknown>>): PoolName | null {
  const [host, pool] = [text(values.host), text(values.pool)]
  if ((host === null) !== (pool === null)) throw new UsageError(`${run}: --host and --pool belong together`)
  return host === null || pool === null ? null : { host, pool }
}

function parseServe(values: Readonly<Record<string, unknown>>): ServeOptions {
  const certificate = text(values['tls-cert'])
  const key = text(values['tls-key'])
  if ((certificate === null) !== (key === null)) throw new UsageError('--tls-cert and --tls-key belong together')
  const names = Array.isArray(values.name) ? values.name.map(String) : []
  return {
    host: text(values.host) ?? '127.0.0.1',
    port: parsePort(text(values.port)),
    names,
    tlsCertificatePath: certificate,
    tlsKeyPath: key,
    passwordFile: text(values['password-file']),
    linkFile: text(values['link-file']),
    open: values.open === true,
    demo: values.demo === true,
  }
}

function parsePort(value: string | null): number | null {
  if (value === null) return null
  const port = Number(value)
  if (!/^\d{1,5}$/.test(value) || port > 65_535)
    throw new UsageError(`--port ${value}: expected a number from 0 to 65535`)
  return port
}

function helpSubject(run: string, rest: readonly string[]): string | null {
  return run === 'call' || run === 'help' ? (rest[0] ?? null) : null
}

function expectCount(run: string, rest: readonly string[], minimum: number, maximum: number): void {
  if (rest.length < minimum) throw new UsageError(`${run}: an argument is missing`)
  if (rest.length > maximum) throw new UsageError(`${run}: unexpected argument "${rest[maximum]}"`)
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
