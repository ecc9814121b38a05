import { type HostFacts, type HostId, hostFactsSchema } from '../../shared/domain/index.ts'
import type { Log } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { ToldByHostsRepository } from '../inventory/index.ts'

export interface HostMemoryOptions {
  readonly registry: HostRegistry
  readonly store: ToldByHostsRepository
  readonly log: Log
}

/**
 * Keeps what hosts tell of themselves for an engine that starts while they are away: stored when a host tells it, with the time at which
 * it was last heard when it is lost and when the engine stops.
 */
export function startHostMemory({ registry, store, log }: HostMemoryOptions): {
  /** Shows what is kept of the hosts that are there. Errors: those of the inventory. */
  recall(): Promise<void>
  stop(): Promise<void>
} {
  const kept = new Map<HostId, { readonly facts: HostFacts; readonly wasLive: boolean }>()
  let saving: Promise<void> = Promise.resolve()

  function keep(hostId: HostId, facts: HostFacts, heardAt: number): void {
    saving = saving
      .then(() => store.save(hostId, 'facts', { value: facts, toldAt: heardAt }))
      .catch((error: unknown) => log.warn({ err: error, hostId }, 'what a host is could not be kept'))
  }

  const stopListening = registry.onChange(({ kind, hostId }) => {
    if (kind === 'removed') kept.delete(hostId)
    if (kind !== 'state') return
    const link = registry.find(hostId)
    if (link === null) return
    const { facts, asOf } = link.state
    const before = kept.get(hostId)
    const isNew = link.isLive && before?.facts !== facts
    if (facts === null || asOf === null || !(isNew || (before !== undefined && before.wasLive !== link.isLive))) return
    kept.set(hostId, { facts, wasLive: link.isLive })
    keep(hostId, facts, asOf)
  })

  return {
    recall: async () => {
      for (const [hostId, { value, toldAt }] of await store.fetchAll('facts', hostFactsSchema)) {
        registry.find(hostId)?.remember(value, toldAt)
      }
    },
    stop: async () => {
      stopListening()
      for (const { id, isLive, state } of registry.list()) {
        if (isLive && state.facts !== null && state.asOf !== null) keep(id, state.facts, state.asOf)
      }
      await saving
    },
  }
}
