import { isAppError } from '../../shared/errors/index.ts'
import type { HostLink } from './host-link.ts'

/**
 * Reads a domain again wherever it is known, because somebody looks at it: what no event told of is shown at once. Nobody waits
 * for it; a host that cannot be asked keeps what it said last.
 */
export function lookAgain(links: Iterable<Pick<HostLink, 'domains' | 'isLive' | 'refreshDomain'>>, uuid: string): void {
  for (const link of links) {
    if (!link.isLive || !link.domains.has(uuid)) continue
    link.refreshDomain(uuid).catch((error: unknown) => {
      if (!isAppError(error)) throw error
    })
  }
}
