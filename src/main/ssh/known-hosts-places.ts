import { join } from 'node:path'
import { AppError } from '../../shared/errors/index.ts'
import type { HostConfig } from './config-files.ts'
import { splitArguments } from './config-syntax.ts'
import { expandHome, expandPath, type TokenValues } from './config-tokens.ts'

/** Where the user's ssh_config says that keys of hosts are looked up, for one host. */
export interface KnownHostsPlaces {
  /** `UserKnownHostsFile` and `GlobalKnownHostsFile`; missing ones are fine. */
  readonly paths: readonly string[]
  /** `RevokedHostKeys`: one that is missing refuses every key, as ssh does. */
  readonly revokedPaths: readonly string[]
  /** `KnownHostsCommand`: a program and its arguments, whose tokens are expanded at each lookup. */
  readonly command: { readonly words: readonly string[]; readonly tokens: TokenValues } | null
}

/** Words of a printed list that are joined in every way; a longer list is taken word for word. */
const JOINED_WORDS_LIMIT = 16

/** Finds the places in what applies to a host; what is not configured is where ssh looks by itself. Errors: ssh.config-invalid. Pure. */
export function decideKnownHostsPlaces(
  config: HostConfig,
  tokens: TokenValues,
  environment: Readonly<Record<string, string | undefined>>,
): KnownHostsPlaces {
  const { homePath } = tokens
  const systemFolder =
    process.platform === 'win32' ? join(environment.ProgramData ?? 'C:\\ProgramData', 'ssh') : '/etc/ssh'
  const inSystem = (path: string) => path.replace(/^__PROGRAMDATA__[\\/]ssh/, systemFolder)
  const listed = (keyword: string): readonly string[] | null => {
    const words = config.values.get(keyword)?.[0]
    if (words === undefined) return null
    if (words.length === 1 && /^none$/i.test(words[0] ?? '')) return []
    return config.isPrinted ? words.flatMap(splitPrintedPaths) : words
  }
  const user =
    listed('userknownhostsfile') ?? ['known_hosts', 'known_hosts2'].map((name) => join(homePath, '.ssh', name))
  const system =
    listed('globalknownhostsfile') ?? ['ssh_known_hosts', 'ssh_known_hosts2'].map((name) => join(systemFolder, name))
  const expandConfigured = (path: string) => {
    const expanded = expandPath(path, tokens, environment)
    if (expanded !== null) return expanded
    // Going on without the file would forget what it revokes.
    throw new AppError('ssh.config-invalid', { path: 'ssh_config', line: 0, detail: `${path}: variable not set` })
  }
  const expand = (keyword: string) => (path: string) =>
    config.expanded.has(keyword) ? expandHome(path, homePath) : expandConfigured(path)
  const revoked = config.values.get('revokedhostkeys')?.[0] ?? []
  const words = readKnownHostsCommand(config)
  return {
    paths: [...user.map(expand('userknownhostsfile')), ...system.map((path) => expandHome(inSystem(path), homePath))],
    revokedPaths: revoked.filter((path) => !/^none$/i.test(path)).map(expand('revokedhostkeys')),
    command: words === null ? null : { words, tokens },
  }
}

/** The words of the `KnownHostsCommand` that applies to a host, tokens not expanded; null: there is none. Pure. */
export function readKnownHostsCommand(config: HostConfig): readonly string[] | null {
  const command = config.values.get('knownhostscommand')?.[0] ?? []
  const words = config.isPrinted ? (splitArguments(command.join(' ')) ?? command) : command
  return words.length === 0 || /^none$/i.test(words[0] ?? '') ? null : words
}

/**
 * `ssh -G` prints a list of paths with blanks between them, and blanks of the paths as they are. All ways to join the words
 * are looked at: what is no path is not there, and one that is left out would be a revocation that is not seen.
 */
function splitPrintedPaths(value: string): string[] {
  const words = value.split(' ').filter((word) => word !== '')
  if (words.length > JOINED_WORDS_LIMIT) return words
  return words.flatMap((_, start) =>
    words.slice(start).map((_last, length) => words.slice(start, start + length + 1).join(' ')),
  )
}
