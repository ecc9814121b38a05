/** Where this server may be addressed: what browsers send in `Host`, and the origins that belong to it. Lower case. */
export interface AllowedAddresses {
  /** `127.0.0.1:8443`; the default port of the scheme stands without it too. */
  readonly authorities: ReadonlySet<string>
  /** `http://127.0.0.1:8443` */
  readonly origins: ReadonlySet<string>
}

/**
 * Which `Host` and `Origin` values are this server's own. `names` are the addresses it is bound to and the DNS names it
 * was told; a page that had its own name rebound to this address is under none of them.
 */
export function createAllowedAddresses(
  scheme: 'http' | 'https',
  names: Iterable<string>,
  port: number,
): AllowedAddresses {
  const defaultPort = scheme === 'https' ? 443 : 80
  const authorities = new Set<string>()
  for (const name of names) {
    // Of all names only IPv6 addresses have colons.
    const host = name.includes(':') ? `[${name.toLowerCase()}]` : name.toLowerCase()
    authorities.add(`${host}:${port}`)
    if (port === defaultPort) authorities.add(host)
  }
  return { authorities, origins: new Set([...authorities].map((authority) => `${scheme}://${authority}`)) }
}

/** What of a request decides whether a foreign page may be behind it. */
export interface GuardedRequest {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly upgrade: boolean
  /** True when it carries the token of engine.json, which no page has. */
  readonly token: boolean
}

/**
 * `null`: it may go on to authentication. Otherwise the header that does not fit.
 * Host is always checked (DNS rebinding). An Origin that is there must be ours; a WebSocket upgrade or a changing request
 * without that token must have one.
 */
export function decideRequest(allowed: AllowedAddresses, request: GuardedRequest): 'host' | 'origin' | null {
  if (!allowed.authorities.has(request.host?.toLowerCase() ?? '')) return 'host'
  if (request.origin !== undefined) return allowed.origins.has(request.origin.toLowerCase()) ? null : 'origin'
  const changes = request.method !== 'GET' && request.method !== 'HEAD'
  return (changes || request.upgrade) && !request.token ? 'origin' : null
}
