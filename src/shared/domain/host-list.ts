/** Most hosts that one list may name. */
export const HOST_LIST_LIMIT = 256

/** A host as a line of a list or a saved connection names it. Null: not said. */
export interface NamedHost {
  readonly address: string
  readonly user: string | null
  readonly port: number | null
}

/** Why a list cannot be read: the entry it is about, and what is wrong with it. */
export interface HostListProblem {
  readonly entry: string
  readonly reason: 'unreadable' | 'too-many'
}

/**
 * Reads a list of hosts: `[user@]host[:port]`, separated by blanks, commas or lines. Ranges stand in brackets, as `node[01-20].example.org`
 * or `rack[1-2]-[a,c]`; leading zeros are kept. An IPv6 address with a port is written `[fd77::1]:22`. The same host is there once. Pure.
 */
export function expandHostList(text: string): {
  readonly hosts: readonly NamedHost[]
  readonly problem: HostListProblem | null
} {
  const hosts = new Map<string, NamedHost>()
  for (const entry of text.match(/(?:\[[^\]\s]*\]|[^\s,;])+/g) ?? []) {
    const names = expandRanges(entry)
    if (names === null) return { hosts: [], problem: { entry, reason: 'unreadable' } }
    for (const name of names) {
      const host = parseNamedHost(name)
      if (host === null) return { hosts: [], problem: { entry, reason: 'unreadable' } }
      hosts.set(`${host.user ?? ''}@${host.address.toLowerCase()}:${host.port ?? ''}`, host)
      if (hosts.size > HOST_LIST_LIMIT) return { hosts: [], problem: { entry, reason: 'too-many' } }
    }
  }
  return { hosts: [...hosts.values()], problem: null }
}

/** Reads `[user@]host[:port]`; null: it is none. Pure. */
export function parseNamedHost(text: string): NamedHost | null {
  const match =
    /^(?:([^@\s]{1,255})@)?(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([^\s@:[\]]+)|([0-9A-Fa-f:]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*))(?::(\d{1,5}))?$/.exec(
      text,
    )
  const address = match?.[2] ?? match?.[3] ?? match?.[4]
  const port = match?.[5] === undefined ? null : Number(match[5])
  if (match === null || address === undefined || address.length > 253) return null
  if (port !== null && (port < 1 || port > 65_535)) return null
  return { address, user: match[1] ?? null, port }
}

/** All names of an entry; null where a bracket cannot be read. More than the limit are cut off one behind it. */
function expandRanges(entry: string): readonly string[] | null {
  let names = ['']
  for (const part of entry.split(/(\[[^\]]*\])/)) {
    const inner = /^\[(.*)\]$/.exec(part)?.[1]
    const values = inner === undefined || inner.includes(':') ? [part] : expandBracket(inner)
    if (values === null) return null
    names = names.flatMap((name) => values.map((value) => name + value)).slice(0, HOST_LIST_LIMIT + 1)
  }
  return names
}

function expandBracket(inner: string): readonly string[] | null {
  const values: string[] = []
  for (const item of inner.split(',')) {
    const [, first, last] = /^(\d{1,9})-(\d{1,9})$/.exec(item) ?? []
    if (first !== undefined && last !== undefined) {
      const [from, to] = [Number(first), Number(last)]
      if (from > to) return null
      const width = first.startsWith('0') ? first.length : 0
      for (let number = from; number <= to && values.length <= HOST_LIST_LIMIT; number += 1) {
        values.push(String(number).padStart(width, '0'))
      }
    } else if (/^[\w-]{1,63}$/.test(item)) values.push(item)
    else return null
  }
  return values
}

/** A value that `ProxyJump` of ssh_config takes: `none`, or hosts by commas. Pure. */
export function isJumpHost(text: string): boolean {
  if (text.trim().toLowerCase() === 'none') return true
  return text.split(',').every((part) => {
    const host = parseNamedHost(part.trim())
    return host !== null && /^[\w.:%-]+$/.test(host.address) && !host.address.startsWith('-')
  })
}
