import type { TopicEntity } from '../../shared/contract/index.ts'
import type { HostId, VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { AuditTrail, Clock, CommandHandlers, Log, TopicRegistry } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { DefinitionState, Inventory } from '../inventory/index.ts'
import { withoutSecrets } from '../xml/index.ts'
import { createDriftAccept } from './accept.ts'
import { watchMachines } from './watch-machines.ts'

export { decideDefinitionDrift } from './decide-definition-drift.ts'

/** What the keeper of definitions tells. */
export interface DefinitionListener {
  /** `isTold`: events told of these already. */
  onKept(definitions: readonly DefinitionState[], isTold: (vmId: VmId) => boolean): void
  onForgotten(hostId: HostId, vmIds: readonly VmId[]): void
}

export interface DriftsOptions {
  readonly registry: HostRegistry
  readonly inventory: Pick<Inventory, 'vmDefinitions' | 'hosts'>
  readonly topics: TopicRegistry
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
  readonly log: Log
}

/** What was changed on hosts by others. */
export interface Drifts extends DefinitionListener {
  readonly handlers: Pick<CommandHandlers, 'drift.accept'>
  /** Shows what the inventory has of before. Errors: those of the inventory. */
  load(): Promise<void>
  stop(): Promise<void>
}

/** Shows what is other on hosts than it was known: definitions, as their keeper finds them, and machines in the place of others. */
export function startDrifts({ registry, inventory, topics, audit, clock, log }: DriftsOptions): Drifts {
  const drifts = topics.collection('drifts')
  const watchers = new Map<string, Set<() => void>>()
  topics.produce('drift.versions', produceVersions)
  const machines = watchMachines({ registry, hosts: inventory.hosts, drifts, audit, clock, log })
  const stopListening = registry.onChange(({ kind, hostId }) => {
    if (kind !== 'removed') return
    for (const drift of [...drifts.entities.values()]) if (drift.hostId === hostId) drifts.remove(drift.id)
  })

  function show(state: DefinitionState): boolean {
    const { hostId, vmId, name, revision, drift } = state
    const id = `${vmId}@${hostId}`
    const isNew = drift !== null && drifts.entities.get(id)?.revision !== String(revision)
    if (drift === null) drifts.remove(id)
    // One that was removed meanwhile has nothing to drift.
    else if (registry.find(hostId) !== null) {
      drifts.upsert({
        ...drift,
        changes: [...drift.changes],
        id,
        hostId,
        vmId,
        name,
        revision: String(revision),
        machine: null,
      })
    }
    for (const read of watchers.get(id) ?? []) read()
    return isNew
  }

  function produceVersions(
    collection: { replaceAll(entities: Iterable<TopicEntity<'drift.versions'>>): void; close(error: AppError): void },
    key: string | undefined,
  ): () => void {
    const id = key ?? ''
    const drift = drifts.entities.get(id)
    if (drift === undefined || drift.vmId === null) throw new AppError('drift.not-found', { driftId: id })
    const { hostId, vmId } = drift
    let isStopped = false
    const read = async () => {
      const stored = await inventory.vmDefinitions.fetchOne({ hostId, vmId })
      if (isStopped) return
      if (stored?.drift == null) {
        collection.close(new AppError('drift.not-found', { driftId: id }))
        return
      }
      const { knownXml, knownAt } = stored.drift
      collection.replaceAll([
        { id: 'known', xml: knownXml === null ? null : withoutSecrets(knownXml), readAt: knownAt },
        { id: 'now', xml: withoutSecrets(stored.xml), readAt: stored.readAt },
      ])
    }
    const readSafely = () => {
      read().catch((error: unknown) =>
        log.error({ err: error, driftId: id }, 'versions of a definition could not be read'),
      )
    }
    const readers = watchers.get(id) ?? new Set()
    watchers.set(id, readers.add(readSafely))
    readSafely()
    return () => {
      isStopped = true
      readers.delete(readSafely)
      if (readers.size === 0) watchers.delete(id)
    }
  }

  return {
    handlers: {
      'drift.accept': createDriftAccept({
        inventory,
        drifts: {
          entities: drifts.entities,
          remove: (id) => {
            drifts.remove(id)
            for (const read of watchers.get(id) ?? []) read()
          },
        },
      }),
    },
    load: async () => {
      for (const state of await inventory.vmDefinitions.fetchDrifted()) show(state)
    },
    onKept(definitions, isTold) {
      for (const state of definitions) {
        if (!show(state) || isTold(state.vmId)) continue
        const { hostId, vmId, name } = state
        audit.record({
          kind: 'vm.drifted',
          severity: 'warning',
          subject: { kind: 'vm', id: vmId, name },
          hostId,
          user: null,
          params: { host: registry.find(hostId)?.definition.name ?? hostId },
        })
      }
    },
    onForgotten(hostId, vmIds) {
      for (const vmId of vmIds) drifts.remove(`${vmId}@${hostId}`)
    },
    stop: async () => {
      stopListening()
      await machines.stop()
    },
  }
}
