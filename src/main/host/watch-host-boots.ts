import type { HostId } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import type { Log } from '../engine/index.ts'
import { fetchBootId, type HostRegistry } from '../hosts/index.ts'
import { decideHeardWish } from './host-wish.ts'
import type { HostWishes } from './host-wishes.ts'

export interface WatchHostBootsOptions {
  readonly registry: HostRegistry
  readonly wishes: HostWishes
  readonly log: Log
}

/** Looks, each time a host is heard again that was asked to reboot or to shut down, whether it has been through that. Returns how to stop. */
export function watchHostBoots({ registry, wishes, log }: WatchHostBootsOptions): () => Promise<void> {
  const life = new AbortController()
  /** Hosts that were lost since their reboot or shutdown was asked for. */
  const away = new Set<HostId>()
  const looking = new Map<HostId, Promise<void>>()

  async function look(hostId: HostId): Promise<void> {
    const link = registry.find(hostId)
    const session = link?.session() ?? null
    if (session === null) return
    try {
      const bootId = await fetchBootId(session, { signal: life.signal })
      const wish = wishes.of(hostId)
      const now = decideHeardWish(wish, { bootId, wasAway: away.has(hostId) })
      if (now === wish) return
      away.delete(hostId)
      await wishes.change(hostId, now)
    } catch (error) {
      // Lost again: it is looked at when it is back.
      if (!isAppError(error)) log.error({ err: error, hostId }, 'looking for a host’s boot failed by a bug')
    }
  }

  const stopListening = registry.onChange(({ kind, hostId }) => {
    if (kind === 'removed') away.delete(hostId)
    if (kind !== 'state' || wishes.of(hostId).power === null) return
    const link = registry.find(hostId)
    if (link === null) return
    if (!link.isLive) {
      away.add(hostId)
      return
    }
    if (link.state.status !== 'up' || looking.has(hostId)) return
    looking.set(
      hostId,
      look(hostId).finally(() => looking.delete(hostId)),
    )
  })
  return async () => {
    stopListening()
    life.abort()
    await Promise.all(looking.values())
  }
}
