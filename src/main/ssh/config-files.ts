import { readdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, parse, sep } from 'node:path'
import { AppError } from '../../shared/errors/index.ts'
import { type ConfigDirective, parseConfigText } from './config-syntax.ts'
import { expandHome } from './config-tokens.ts'
import { errorCodeOf, reasonOf } from './failure.ts'
import { matchesPattern, matchesPatternList } from './host-pattern.ts'

const INCLUDE_DEPTH = 16
const FILE_LIMIT_BYTES = 1024 * 1024
const FILES_LIMIT = 200

/** Directives that apply to one host: for each keyword the values in the order in which they were found. */
export interface HostConfig {
  readonly values: ReadonlyMap<string, readonly (readonly string[])[]>
  /** What was skipped, for the log: `Match` blocks that only OpenSSH itself can judge. */
  readonly notices: readonly string[]
  /** Keywords whose values hold no tokens any more: a `%` that is still there is meant. */
  readonly expanded: ReadonlySet<string>
}

export interface ConfigFilesOptions {
  /** The name as the person gave it: what `Host` patterns are compared with. */
  readonly name: string
  readonly homePath: string
  /** Files in order of precedence, each with the folder its relative `Include`s start from; missing ones are fine. */
  readonly files: readonly { readonly path: string; readonly includeFolder: string }[]
}

interface Walk {
  readonly options: ConfigFilesOptions
  readonly values: Map<string, (readonly string[])[]>
  readonly notices: string[]
  filesRead: number
}

/**
 * Evaluates ssh_config files for one host, as ssh_config(5) says: in order, `Host` blocks by pattern, `Include` in
 * place. Used where OpenSSH is not installed. `Match` blocks other than `Match all` are skipped with a notice.
 * Errors: ssh.config-invalid with path and line.
 */
export async function fetchHostConfig(options: ConfigFilesOptions): Promise<HostConfig> {
  const walk: Walk = { options, values: new Map(), notices: [], filesRead: 0 }
  for (const { path, includeFolder } of options.files) await readInto(walk, path, includeFolder, true, 0)
  return { values: walk.values, notices: walk.notices, expanded: new Set() }
}

async function readInto(walk: Walk, path: string, folder: string, active: boolean, depth: number): Promise<void> {
  const text = await readConfigFile(path)
  if (text === null) return
  if (++walk.filesRead > FILES_LIMIT) throw invalid(path, 0, `more than ${FILES_LIMIT} files`)
  const { directives, problems } = parseConfigText(text)
  const [problem] = problems
  if (problem) throw invalid(path, problem.line, problem.detail)
  let applies = active
  for (const directive of directives) {
    if (directive.keyword === 'host') {
      applies = active && matchesPatternList(walk.options.name, directive.args)
    } else if (directive.keyword === 'match') {
      applies = active && judgeMatch(walk, path, directive)
    } else if (directive.keyword === 'include') {
      if (depth >= INCLUDE_DEPTH) throw invalid(path, directive.line, `Include deeper than ${INCLUDE_DEPTH}`)
      for (const pattern of directive.args) {
        const expanded = expandHome(pattern, walk.options.homePath)
        const absolute = isAbsolute(expanded) ? expanded : join(folder, expanded)
        for (const file of await listMatching(absolute)) await readInto(walk, file, folder, applies, depth + 1)
      }
    } else if (applies) {
      const values = walk.values.get(directive.keyword)
      if (values) values.push(directive.args)
      else walk.values.set(directive.keyword, [directive.args])
    }
  }
}

function judgeMatch(walk: Walk, path: string, directive: ConfigDirective): boolean {
  if (directive.args.length === 1 && directive.args[0]?.toLowerCase() === 'all') return true
  walk.notices.push(`${path}:${directive.line}: Match block skipped`)
  return false
}

async function readConfigFile(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8')
    if (text.length > FILE_LIMIT_BYTES) throw invalid(path, 0, `larger than ${FILE_LIMIT_BYTES} bytes`)
    return text
  } catch (error) {
    if (error instanceof AppError) throw error
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCodeOf(error))) return null
    throw invalid(path, 0, reasonOf(error))
  }
}

/** Files that match a path with wildcards, in the order of their names. A path without wildcards is returned as it is. */
async function listMatching(pattern: string): Promise<string[]> {
  if (!/[*?]/.test(pattern)) return [pattern]
  const { root } = parse(pattern)
  let found = [root]
  for (const part of pattern.slice(root.length).split(sep).filter(Boolean)) {
    if (!/[*?]/.test(part)) {
      found = found.map((folder) => join(folder, part))
      continue
    }
    const lists = await Promise.all(
      found.map(async (folder) => {
        const names = await readdir(folder).catch(() => [])
        const visible = names.filter((name) => matchesPattern(name, part) && (part[0] === '.' || name[0] !== '.'))
        return visible.sort().map((name) => join(folder, name))
      }),
    )
    found = lists.flat()
  }
  return found
}

/** The files that ssh reads for a user: the given one alone, or the user's and then the system's. */
export function configFileOrder(homePath: string, path?: string): ConfigFilesOptions['files'] {
  const userFolder = join(homePath, '.ssh')
  if (path !== undefined) return [{ path, includeFolder: userFolder }]
  const system = process.platform === 'win32' ? 'C:\\ProgramData\\ssh\\ssh_config' : '/etc/ssh/ssh_config'
  return [
    { path: join(userFolder, 'config'), includeFolder: userFolder },
    { path: system, includeFolder: dirname(system) },
  ]
}

function invalid(path: string, line: number, detail: string): AppError {
  return new AppError('ssh.config-invalid', { path, line, detail })
}
