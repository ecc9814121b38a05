import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { AppError } from '../../../shared/errors/index.ts'

export interface BindRequest {
  readonly host: string
  readonly tls: boolean
  readonly password: boolean
}

/** True for addresses that only this computer can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** `null` when the server may listen there; else `server.bind-refused`, saying what lacks. Off loopback it needs TLS and a password. */
export function decideBind(request: BindRequest): AppError<'server.bind-refused'> | null {
  if (isLoopback(request.host)) return null
  const lacking = [request.tls ? [] : ['TLS'], request.password ? [] : ['password']].flat()
  if (lacking.length === 0) return null
  return new AppError('server.bind-refused', { address: request.host, lacking: lacking.join(', ') })
}

/** The names a browser may know this server by: where it is bound, and, for a wildcard, every address of this computer. */
export function fetchOwnNames(host: string, extra: readonly string[]): string[] {
  if (isLoopback(host)) return [host, ...(host === '127.0.0.1' ? ['localhost'] : []), ...extra]
  if (host !== '0.0.0.0' && host !== '::') return [host, ...extra]
  const addresses = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .map((entry) => entry.address)
  return [...addresses, 'localhost', hostname(), ...extra]
}
