import { createHash } from 'node:crypto'
import { dirname, isAbsolute, join } from 'node:path'
import { type ConfigFilesOptions, FILES_LIMIT, INCLUDE_DEPTH, listMatching, readConfigFile } from './config-files.ts'
import { splitAtSign } from './config-match.ts'
import { type ConfigDirective, parseConfigText } from './config-syntax.ts'
import { expandHome } from './config-tokens.ts'
import { matchesPatternList } from './host-pattern.ts'

/** A program that `ssh` may run when it reads the configuration for a host, or judges its key. */
export interface ConfigCommand {
  readonly path: string
  readonly line: number
  /**
   * As it stands there, tokens not expanded; `Include …` for files that only OpenSSH can find, `KnownHostsCommand …` for the
   * program that knows keys of hosts.
   */
  readonly command: string
}

/** By which a person's word about a command is kept: SHA-256 of its text, in hex. A changed command has another. */
export function digestCommand(command: string): string {
  return createHash('sha256').update(command).digest('hex')
}

/**
 * The commands of `Match exec` that OpenSSH might run for a name. Rather one too many: what comes before `exec` on its line
 * keeps it from being run only where no program can change it (the name as it was given, the local user). Blocks that do not
 * apply count too, for OpenSSH evaluates `Match` in the files that they include. No program is run for this.
 */
export async function fetchConfigCommands(options: ConfigFilesOptions): Promise<readonly ConfigCommand[]> {
  const found: ConfigCommand[] = []
  await visitDirectives(options, (path, { keyword, args, line }) => {
    if (keyword === 'match') {
      for (const command of listMatchCommands(args, options)) found.push({ path, line, command })
    } else if (keyword === 'include') {
      for (const pattern of args) {
        if (/[%$]/.test(pattern)) found.push({ path, line, command: `Include ${pattern}` })
      }
    }
  })
  return found
}

/** Where a `KnownHostsCommand` of these words stands: the first such line, or, where only OpenSSH can find it, no line of the first file. */
export async function fetchKnownHostsCommand(
  words: readonly string[],
  options: ConfigFilesOptions,
): Promise<ConfigCommand> {
  const command = `KnownHostsCommand ${words.map(quoteArgument).join(' ')}`
  const found: ConfigCommand[] = []
  await visitDirectives(options, (path, { keyword, args, line }) => {
    const isIt = keyword === 'knownhostscommand' && args.length === words.length
    if (isIt && args.every((word, at) => word === words[at])) found.push({ path, line, command })
  })
  return found[0] ?? { path: options.files[0]?.path ?? 'ssh_config', line: 0, command }
}

/** An argument as it may stand in ssh_config. */
function quoteArgument(argument: string): string {
  return /^[^\s"'#\\]+$/.test(argument) ? argument : `"${argument.replace(/["\\]/g, '\\$&')}"`
}

/** Reads all files that the configuration may be made of, in their order, whether their blocks apply or not. */
async function visitDirectives(
  options: ConfigFilesOptions,
  visit: (path: string, directive: ConfigDirective) => void,
): Promise<void> {
  let filesRead = 0

  async function read(path: string, folder: string, depth: number): Promise<void> {
    const text = depth > INCLUDE_DEPTH || ++filesRead > FILES_LIMIT ? null : await readConfigFile(path)
    if (text === null) return
    // What is wrong with the file, OpenSSH will say.
    for (const directive of parseConfigText(text).directives) {
      visit(path, directive)
      if (directive.keyword !== 'include') continue
      for (const pattern of directive.args) {
        const expanded = expandHome(pattern, options.homePath)
        const absolute = isAbsolute(expanded) ? expanded : join(folder, expanded)
        for (const file of await listMatching(absolute)) await read(file, folder, depth + 1)
      }
    }
  }

  for (const { path, includeFolder } of options.files) await read(path, includeFolder || dirname(path), 0)
}

/** The commands of one `Match` line that may be run for a name. Pure. */
export function listMatchCommands(
  args: readonly string[],
  { name, localUser }: { readonly name: string; readonly localUser: string },
): readonly string[] {
  const words = args.flatMap(splitAtSign)
  const commands: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const isNegated = word.startsWith('!')
    const criterion = (isNegated ? word.slice(1) : word).toLowerCase()
    if (criterion === 'all' || criterion === 'canonical' || criterion === 'final') continue
    const argument = words[++at] ?? ''
    if (criterion === 'exec') commands.push(argument)
    const fixed = criterion === 'originalhost' ? name.toLowerCase() : criterion === 'localuser' ? localUser : null
    if (fixed === null) continue
    const patterns = (criterion === 'originalhost' ? argument.toLowerCase() : argument).split(',')
    // OpenSSH runs nothing more of a line that cannot match any more.
    if (matchesPatternList(fixed, patterns) === isNegated) break
  }
  return commands
}
