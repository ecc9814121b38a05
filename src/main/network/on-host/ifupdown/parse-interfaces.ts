/** A part of an interfaces(5) file: from a line that begins a stanza to the next one. Its lines are as they stand there. */
export interface Stanza {
  readonly kind: 'iface' | 'auto' | 'source' | 'mapping' | 'other'
  /** Of `iface`: one; of `auto` and `allow-…`: all that it names. */
  readonly names: readonly string[]
  readonly text: string
}

export const INTERFACES_PATH = '/etc/network/interfaces'
export const INTERFACES_FOLDER = '/etc/network/interfaces.d'
/** What Virtdeck writes. */
export const OWN_INTERFACES_PATH = `${INTERFACES_FOLDER}/virtdeck`

/** Begins the line of a stanza that was put out of use: what stood there can be read, and taken up by hand. */
const SET_ASIDE = '#virtdeck# '

const BEGINS =
  /^\s*(iface|auto|allow-\S+|mapping|source|source-directory|no-auto-down|no-scripts|template|rename)\s+(.*)\n?$/

/**
 * Cuts an interfaces(5) file into stanzas. Joined again, they are the file. A comment or an empty line belongs to what stands before it. A line that
 * ends with a backslash goes on in the next. Pure.
 */
export function parseInterfaces(text: string): readonly Stanza[] {
  const stanzas: { kind: Stanza['kind']; names: readonly string[]; text: string }[] = []
  let isGoingOn = false
  for (const line of splitLines(text)) {
    const [, word, rest = ''] = isGoingOn ? [] : (BEGINS.exec(line) ?? [])
    isGoingOn = /\\\r?\n?$/.test(line)
    const last = stanzas.at(-1)
    if (word === undefined && last !== undefined) last.text += line
    else stanzas.push({ ...readHead(word, rest), text: line })
  }
  return stanzas
}

function readHead(word: string | undefined, rest: string): Pick<Stanza, 'kind' | 'names'> {
  const names = rest
    .replace(/\\?\r?\n?$/, '')
    .split(/\s+/)
    .filter((name) => name !== '')
  if (word === 'iface') return { kind: 'iface', names: names.slice(0, 1) }
  if (word === 'auto' || word?.startsWith('allow-') === true) return { kind: 'auto', names }
  if (word === 'source' || word === 'source-directory') return { kind: 'source', names }
  if (word === 'mapping') return { kind: 'mapping', names }
  return { kind: 'other', names: [] }
}

/** With their ends. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** The files that ifup reads on this host, of those that were read of it: the main one, and those that it sources by Debian's line. Pure. */
export function interfacesFiles(files: ReadonlyMap<string, string>): readonly string[] {
  const main = files.get(INTERFACES_PATH)
  if (main === undefined) return []
  const others = [...files.keys()].filter((path) => path.startsWith(`${INTERFACES_FOLDER}/`)).toSorted()
  return [INTERFACES_PATH, ...(sourcesFolder(main) ? others : [])]
}

/** Whether a main file reads the folder. Pure. */
export function sourcesFolder(main: string): boolean {
  return parseInterfaces(main).some(
    ({ kind, names: [path = ''] }) => kind === 'source' && /(^|\/)interfaces\.d(\/\*)?\/?$/.test(path),
  )
}

/** Interfaces that these files configure, but the loopback. Pure. */
export function ifupdownInterfaces(files: ReadonlyMap<string, string>): ReadonlySet<string> {
  const stanzas = interfacesFiles(files).flatMap((path) => parseInterfaces(files.get(path) ?? ''))
  return new Set(stanzas.flatMap(({ kind, names }) => (kind === 'iface' ? names : [])).filter((name) => name !== 'lo'))
}

/** The file with the stanzas of these interfaces put aside, as comments. Names of others on an `auto` line stay. Pure. */
export function setAside(text: string, names: ReadonlySet<string>): string {
  return parseInterfaces(text)
    .map((stanza) => {
      if (stanza.kind === 'iface' && stanza.names.some((name) => names.has(name))) return commentOut(stanza.text)
      if (stanza.kind !== 'auto' || !stanza.names.some((name) => names.has(name))) return stanza.text
      const rest = stanza.names.filter((name) => !names.has(name))
      if (rest.length === 0) return commentOut(stanza.text)
      const [head = '', ...tail] = splitLines(stanza.text)
      const word = head.trim().split(/\s+/)[0] ?? 'auto'
      const gone = stanza.names.filter((name) => names.has(name)).map((name) => `${SET_ASIDE}${word} ${name}\n`)
      return `${word} ${rest.join(' ')}\n${gone.join('')}${tail.join('')}`
    })
    .join('')
}

/** Comments and empty lines between options stay what they are. */
function commentOut(text: string): string {
  return splitLines(text)
    .map((line) => (isBlank(line) ? line : `${SET_ASIDE}${line}`))
    .join('')
}

function isBlank(line: string): boolean {
  return /^\s*(#.*)?\n?$/.test(line)
}
