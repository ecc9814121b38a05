import type { HostId } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import type { Log } from '../engine/index.ts'
import { fetchGuestAges, type GuestAges, type HostRegistry, isActiveState } from '../hosts/index.ts'

export interface GuestAgesOptions {
  readonly hosts: HostRegistry
  readonly log: Log
  readonly onAges: (hostId: HostId, ages: GuestAges) => void
}

/**
 * Asks each host how long its guests have been running, once each time it comes back: what starts while we look on is told by
 * its event. Returns how to stop.
 */
export function watchGuestAges({ hosts, log, onAges }: GuestAgesOptions): () => void {
  const live = new Set<HostId>()
  const stopping = new AbortController()

  async function ask(hostId: HostId): Promise<void> {
    const link = hosts.find(hostId)
    if (link === null || ![...link.domains.values()].some(({ state }) => isActiveState(state))) return
    try {
      const ages = await fetchGuestAges(link, stopping.signal)
      if (hosts.find(hostId) === link && link.isLive && !stopping.signal.aborted) onAges(hostId, ages)
    } catch (error) {
      if (stopping.signal.aborted) return
      if (isAppError(error)) {
        log.info({ hostId, code: error.code }, 'the host does not say how long its guests have been running')
      } else log.error({ err: error, hostId }, 'reading the ages of guests failed by a bug')
    }
  }

  const stopListening = hosts.onChange(({ kind, hostId }) => {
    if (kind === 'removed') live.delete(hostId)
    if (kind !== 'state') return
    if (hosts.find(hostId)?.isLive !== true) live.delete(hostId)
    else if (!live.has(hostId)) {
      live.add(hostId)
      void ask(hostId)
    }
  })
  return () => {
    stopListening()
    stopping.abort()
  }
}
