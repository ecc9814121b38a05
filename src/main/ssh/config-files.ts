import { readdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, parse, sep } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../shared/errors/index.ts'
import { judgeMatch } from './config-match.ts'
import { type ConfigDirective, parseConfigText } from './config-syntax.ts'
import { expandHome, expandHostName } from './config-tokens.ts'
import { errorCodeOf, reasonOf } from './failure.ts'
import { matchesPattern, matchesPatternList } from './host-pattern.ts'

export const INCLUDE_DEPTH = 16
const FILE_LIMIT_BYTES = 1024 * 1024
export const FILES_LIMIT = 200

/** A part of the files that only OpenSSH itself can evaluate, and that may change how the host is reached. */
export interface SkippedDirective {
  readonly path: string
  readonly line: number
  /** `Match exec`, `CanonicalizeHostname` */
  readonly directive: string
  /** The command that OpenSSH would run for it, and nobody has allowed yet. */
  readonly command?: string
}

/** Directives that apply to one host: for each keyword the values in the order in which they were found. */
export interface HostConfig {
  readonly values: ReadonlyMap<string, readonly (readonly string[])[]>
  readonly skipped: readonly SkippedDirective[]
  /** Keywords whose values hold no tokens any more: a `%` that is still there is meant. */
  readonly expanded: ReadonlySet<string>
  /** True where each value is one text, as `ssh -G` prints it, and not a list of arguments. */
  readonly isPrinted: boolean
}

export interface ConfigFilesOptions {
  /** The name as the person gave it: what `Host` patterns are compared with. */
  readonly name: string
  /** The user that was given beside the name, which no `User` changes. */
  readonly user: string | undefined
  readonly localUser: string
  readonly homePath: string
  /** Files in order of precedence, each with the folder its relative `Include`s start from; missing ones are fine. */
  readonly files: readonly { readonly path: string; readonly includeFolder: string }[]
}

interface Walk {
  readonly options: ConfigFilesOptions
  readonly values: Map<string, (readonly string[])[]>
  readonly skipped: SkippedDirective[]
  /** What `Host` patterns are compared with: the name as it was given, in the final pass what it led to. */
  readonly name: string
  readonly isFinalPass: boolean
  wantsFinalPass: boolean
  filesRead: number
}

/**
 * Evaluates ssh_config files for one host, as ssh_config(5) says: in order, `Host` and `Match` blocks, `Include` in place,
 * and all once more where `Match final` asks for it. Used where OpenSSH is not installed. No program is run: what depends
 * on one is listed as skipped. Errors: ssh.config-invalid with path and line.
 */
export async function fetchHostConfig(options: ConfigFilesOptions): Promise<HostConfig> {
  const first = await readAll(options, new Map(), null)
  if (!first.wantsFinalPass)
    return { values: first.values, skipped: first.skipped, expanded: new Set(), isPrinted: false }
  // What the name has led to by now holds, as if it had been given.
  const name = hostNameOf(first)
  first.values.set('hostname', [[name]])
  const final = await readAll(options, first.values, name)
  const skipped = [...first.skipped, ...final.skipped]
  const once = skipped.filter(
    ({ path, line }, index) => skipped.findIndex((other) => other.path === path && other.line === line) === index,
  )
  return { values: final.values, skipped: once, expanded: new Set(['hostname']), isPrinted: false }
}

async function readAll(options: ConfigFilesOptions, values: Walk['values'], finalName: string | null): Promise<Walk> {
  const isFinalPass = finalName !== null
  const name = finalName ?? options.name
  const walk: Walk = { options, values, skipped: [], name, isFinalPass, wantsFinalPass: false, filesRead: 0 }
  for (const { path, includeFolder } of options.files) await readInto(walk, path, includeFolder, true, 0)
  return walk
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
      applies = active && matchesPatternList(walk.name, directive.args)
    } else if (directive.keyword === 'match') {
      applies = decideMatch(walk, path, directive, active)
    } else if (directive.keyword === 'include') {
      if (depth >= INCLUDE_DEPTH) throw invalid(path, directive.line, `Include deeper than ${INCLUDE_DEPTH}`)
      for (const pattern of directive.args) {
        const expanded = expandHome(pattern, walk.options.homePath)
        const absolute = isAbsolute(expanded) ? expanded : join(folder, expanded)
        for (const file of await listMatching(absolute)) await readInto(walk, file, folder, applies, depth + 1)
      }
    } else if (applies) {
      take(walk, path, directive)
    }
  }
}

/** Keeps a value beside those found before; of most keywords the first one is used. */
function take(walk: Walk, path: string, { keyword, args, line }: ConfigDirective): void {
  const values = walk.values.get(keyword) ?? []
  walk.values.set(keyword, values)
  // The final pass finds the same values again.
  if (values.some((known) => isDeepStrictEqual(known, args))) return
  values.push(args)
  if (keyword === 'canonicalizehostname' && values.length === 1 && !/^(?:no|none|false)$/i.test(args[0] ?? '')) {
    walk.skipped.push({ path, line, directive: 'CanonicalizeHostname' })
  }
}

function decideMatch(walk: Walk, path: string, { args, line }: ConfigDirective, active: boolean): boolean {
  const { name: originalName, localUser, user: givenUser } = walk.options
  const first = (keyword: string): string | undefined => walk.values.get(keyword)?.[0]?.join(' ')
  const verdict = judgeMatch(args, {
    originalName,
    hostName: hostNameOf(walk),
    user: givenUser ?? first('user') ?? localUser,
    localUser,
    tag: first('tag') ?? '',
    isFinalPass: walk.isFinalPass,
  })
  if (typeof verdict === 'string') throw invalid(path, line, verdict)
  walk.wantsFinalPass ||= verdict.wantsFinalPass
  if (active && verdict.unjudged.length > 0) {
    walk.skipped.push({ path, line, directive: `Match ${verdict.unjudged.join(' ')}` })
  }
  return active && verdict.matches
}

function hostNameOf({ values, options, isFinalPass, name }: Walk): string {
  if (isFinalPass) return name
  const hostName = values.get('hostname')?.[0]?.join(' ')
  return hostName === undefined ? options.name : expandHostName(hostName, options.name)
}

/** The text of a configuration file; null: there is none. Errors: ssh.config-invalid. */
export async function readConfigFile(path: string): Promise<string | null> {
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
export async function listMatching(pattern: string): Promise<string[]> {
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
