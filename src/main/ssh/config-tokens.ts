import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** What the percent tokens of ssh_config(5), section TOKENS, stand for. */
export interface TokenValues {
  /** %h: the host name after `HostName`. */
  readonly hostName: string
  /** %n: the name as the person gave it. */
  readonly originalName: string
  /** %p */
  readonly port: number
  /** %r: the remote user. */
  readonly remoteUser: string
  /** %u: the local user. */
  readonly localUser: string
  /** %d: the local user's home folder. */
  readonly homePath: string
  /** %i: the local user's id, or '' where there is none. */
  readonly userId: string
  /** %l: the local host's name; %L is its first label. */
  readonly localHost: string
  /** %k: `HostKeyAlias`, else the original name. */
  readonly hostKeyAlias: string
  /** %j: what `ProxyJump` says, or ''. */
  readonly jumpHost: string
  /** What `KnownHostsCommand` is asked. */
  readonly lookup?: {
    /** %H: the name that is looked up. */
    readonly name: string
    /** %I: the order of algorithms, or a key that the host shows. */
    readonly reason: 'ORDER' | 'HOSTNAME'
    /** %t, %f and %K: the key's type, fingerprint and base64 form; each `NONE` where there is no key yet. */
    readonly keyType: string
    readonly fingerprint: string
    readonly key: string
  }
}

/**
 * Replaces percent tokens; what is no token stays as it is, as it may be part of a name. `allowed` are the letters of those
 * that the keyword takes (ssh_config(5), TOKENS); default all.
 */
export function expandTokens(text: string, values: TokenValues, allowed?: string): string {
  return text.replace(/%(.)/g, (whole, token: string) => {
    if (token !== '%' && allowed?.includes(token) === false) return whole
    switch (token) {
      case '%':
        return '%'
      case 'h':
        return values.hostName
      case 'n':
        return values.originalName
      case 'p':
        return String(values.port)
      case 'r':
        return values.remoteUser
      case 'u':
        return values.localUser
      case 'd':
        return values.homePath
      case 'i':
        return values.userId
      case 'l':
        return values.localHost
      case 'L':
        return values.localHost.split('.')[0] ?? values.localHost
      case 'k':
        return values.hostKeyAlias
      case 'j':
        return values.jumpHost
      case 'C':
        return connectionHash(values)
      default:
        return expandLookup(token, values) ?? whole
    }
  })
}

/** %C: stands for the whole connection in the name of a file. */
function connectionHash({ localHost, hostName, port, remoteUser, jumpHost }: TokenValues): string {
  return createHash('sha1').update(`${localHost}${hostName}${port}${remoteUser}${jumpHost}`).digest('hex')
}

function expandLookup(token: string, { lookup }: TokenValues): string | undefined {
  switch (token) {
    case 'H':
      return lookup?.name
    case 'I':
      return lookup?.reason
    case 't':
      return lookup?.keyType
    case 'f':
      return lookup?.fingerprint
    case 'K':
      return lookup?.key
    default:
      return undefined
  }
}

/** Expands the value of `HostName`, which takes `%h` (the name as the person gave it) and `%%` only. */
export function expandHostName(hostName: string, originalName: string): string {
  return hostName.replace(/%([%h])/g, (_, token: string) => (token === '%' ? '%' : originalName))
}

/** Expands a path of ssh_config: `~`, `${VARIABLE}` and percent tokens. An unset variable gives null. */
export function expandPath(
  text: string,
  values: TokenValues,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  let unset = false
  const withVariables = text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = environment[name]
    if (value === undefined) unset = true
    return value ?? ''
  })
  if (unset) return null
  const expanded = expandTokens(withVariables, values)
  return expandHome(expanded, values.homePath)
}

/** Expands a leading `~` or `~/`; another user's home (`~bob`) is left alone. */
export function expandHome(path: string, homePath: string): string {
  if (path === '~') return homePath
  return /^~[/\\]/.test(path) ? join(homePath, path.slice(2)) : path
}
