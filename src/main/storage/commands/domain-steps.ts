import type { CommandName } from '../../../shared/contract/index.ts'
import {
  type Host,
  type HostId,
  hostIdSchema,
  type LockClaim,
  type StorageDomainId,
} from '../../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import {
  exclusive,
  inspectNothing,
  type StepContext,
  type StepDraft,
  type StepHandler,
  shared,
} from '../../engine/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import type { StorageDomainRecord } from '../../inventory/index.ts'
import { poolOf } from '../domain-pool.ts'
import { connectedLink, type StorageCommandDependencies, writerLink } from './dependencies.ts'

/* Steps that several commands on storage domains are made of. */

/** libvirt tries up to two versions of NFS, and waits for each. */
const CONNECT_TIMEOUT_MS = 6 * 60_000
/** On LUNs a volume group is made and formatted, by a host that may be slow; and whether one that was lost still writes shows after half a minute. */
export const WRITE_TIMEOUT_MS = 10 * 60_000
const PROVE_TIMEOUT_MS = 10 * 60_000

/** What a step works on: the domain of the input, or one that an earlier step has found or made. */
export type DomainOf<N extends CommandName> = (context: StepContext<N>) => StorageDomainId

/** What is held while a domain of a datacenter is at work: its other domains, and hosts that would go. */
export function domainLocks(
  datacenterId: string | null,
  storageDomainId: string | null,
  hosts: readonly Host[],
): LockClaim[] {
  return [
    ...(datacenterId === null ? [] : [exclusive(`storage-of:${datacenterId}`), shared(`datacenter:${datacenterId}`)]),
    ...(storageDomainId === null ? [] : [exclusive(`storage:${storageDomainId}`)]),
    ...hosts.map(({ id }) => shared(`host:${id}`)),
  ]
}

export function connectDrafts(hosts: readonly Host[]): StepDraft[] {
  return hosts.map(({ id, name }) => ({
    id: `connect:${id}`,
    action: 'connect',
    hostId: id,
    text: { key: 'storage-connecting', params: { host: name } },
  }))
}

export function disconnectDrafts(hosts: readonly Host[]): StepDraft[] {
  return hosts.map(({ id, name }) => ({
    id: `disconnect:${id}`,
    action: 'disconnect',
    hostId: id,
    text: { key: 'storage-disconnecting', params: { host: name } },
  }))
}

/**
 * Connects the domain on one host. One that cannot stops nothing as long as others can: that is seen to by the step `own`. `isNew`: there is
 * no descriptor yet that would tell that it is this domain.
 */
export function connectStep<N extends CommandName>(
  { registry, store, connections, onHost }: StorageCommandDependencies,
  domainOf: DomainOf<N>,
  { isNew }: { readonly isNew: boolean },
): StepHandler<N> {
  return {
    timeoutMs: CONNECT_TIMEOUT_MS,
    run: async (context) => {
      const record = store.get(domainOf(context))
      const { signal } = context
      try {
        const link = await connectedLink(registry, hostOf(context), signal)
        if (isNew) await connections.connect(record, link, { signal })
        else await connections.look(record, link, { signal })
        return { error: null }
      } catch (error) {
        if (!isAppError(error) || signal.aborted) throw error
        return { error: toWireError(error) }
      }
    },
    undo: async (context) => {
      const record = store.get(domainOf(context))
      const link = registry.find(hostOf(context))
      // A host that was removed meanwhile is no business of ours any more.
      if (link === null) return
      const { signal } = context
      await connections.disconnect(record, await connectedLink(registry, link.id, signal), { signal })
    },
    inspect: async (context) => {
      const { signal } = context
      const record = store.records.get(domainOf(context))
      if (record === undefined) return 'absent'
      const link = await connectedLink(registry, hostOf(context), signal)
      const state = await onHost.fetchPoolState(link, poolOf(record), { signal })
      return state === 'running' || state === 'defined' ? 'done' : 'absent'
    },
  }
}

/** Lets the inventory forget the domain, and all that was seen of it. */
export function forgetStep<N extends CommandName>(
  { store, connections, owners, passwords }: StorageCommandDependencies,
  domainOf: DomainOf<N>,
): StepHandler<N> {
  return {
    run: async (context) => {
      const id = domainOf(context)
      connections.forget(id)
      owners.forget(id)
      if (store.records.has(id)) await store.remove(id)
      await passwords.forget(id)
      return null
    },
    inspect: async (context) => (store.records.has(domainOf(context)) ? 'absent' : 'done'),
  }
}

/** Takes the domain off one host. One that is away is seen to by itself when it is back. */
export function disconnectStep<N extends CommandName>(
  { registry, store, connections, onHost }: StorageCommandDependencies,
  domainOf: DomainOf<N>,
): StepHandler<N> {
  return {
    timeoutMs: CONNECT_TIMEOUT_MS,
    run: async (context) => {
      const record = store.get(domainOf(context))
      const link = registry.find(hostOf(context))
      if (link === null || !link.isLive) return { isAway: true }
      try {
        await connections.disconnect(record, link, { signal: context.signal })
      } catch (error) {
        if (link.isLive) throw error
        return { isAway: true }
      }
      return { isAway: false }
    },
    undo: async (context) => {
      const link = registry.find(hostOf(context))
      if (link?.isLive !== true) return
      await connections.look(store.get(domainOf(context)), link, { signal: context.signal })
    },
    inspect: async (context) => {
      const record = store.records.get(domainOf(context))
      const link = registry.find(hostOf(context))
      if (record === undefined || link?.isLive !== true) return 'done'
      const state = await onHost.fetchPoolState(link, poolOf(record), { signal: context.signal })
      return state === 'running' || state === 'defined' ? 'absent' : 'done'
    },
  }
}

/** Takes the domain's lock: what is not ours is not written. Refused where another engine has it, or says in its descriptor that it is its. */
export function ownStep<N extends CommandName>(
  dependencies: StorageCommandDependencies,
  domainOf: DomainOf<N>,
  takesOver: (context: StepContext<N>) => boolean,
): StepHandler<N> {
  const { store, owners, onHost, engine } = dependencies
  return {
    timeoutMs: WRITE_TIMEOUT_MS,
    run: async (context) => {
      const record = store.get(domainOf(context))
      const { signal } = context
      const link = await writerLink(dependencies, record, context.model(), signal)
      const takeOver = takesOver(context)
      await owners.take(record, link, { signal, takeOver })
      const descriptor = await onHost.fetchDescriptor(link, poolOf(record), { signal })
      const isOthers = descriptor?.datacenter != null && descriptor.engine != null && descriptor.engine.id !== engine.id
      if (!isOthers || takeOver) return null
      await owners.release(record.id)
      const params = { name: record.name, engineName: descriptor.engine?.name ?? '?' }
      throw new AppError('storage.owned-elsewhere', params, { subject: record.name })
    },
    undo: async (context) => owners.release(domainOf(context)),
    inspect: async (context) => (owners.of(domainOf(context)).status === 'ours' ? 'done' : 'absent'),
  }
}

/**
 * Brings into the domain what it does not say yet of its VMs and disks: nothing is written there afterwards. One that cannot be written goes out of use
 * all the same.
 */
export function flushStep<N extends CommandName>(
  { flush, log }: StorageCommandDependencies,
  domainOf: DomainOf<N>,
): StepHandler<N> {
  return {
    timeoutMs: PROVE_TIMEOUT_MS,
    run: async (context) => {
      try {
        await flush(domainOf(context), context.signal)
      } catch (error) {
        if (!isAppError(error) || context.signal.aborted) throw error
        log.warn({ err: error }, 'a storage domain goes out of use without its last definitions')
      }
      return null
    },
    inspect: inspectNothing,
  }
}

/** Proves that all hosts see one and the same domain, and, for data, that a disk that is locked on one is locked on another. */
export function proveStep<N extends CommandName>(
  dependencies: StorageCommandDependencies,
  domainOf: DomainOf<N>,
): StepHandler<N> {
  const { store, connections, onHost, clock } = dependencies
  return {
    timeoutMs: PROVE_TIMEOUT_MS,
    run: async (context) => {
      const record = store.get(domainOf(context))
      const { signal } = context
      const writer = await writerLink(dependencies, record, context.model(), signal)
      const pool = poolOf(record)
      const others = connections.connectedHosts(record.id).filter(({ id }) => id !== writer.id)
      const refused = await onHost.proveShared(writer, others, pool, { signal })
      for (const [hostId, error] of refused) {
        const link = others.find(({ id }) => id === hostId)
        if (link !== undefined) await takeOff(link, record)
        connections.refuse(record.id, hostId, error)
      }
      const other = others.find(({ id }) => !refused.has(id))
      if (record.type !== 'data' || other === undefined) return { refused: [...refused.keys()], verdict: null }
      const mounted = connections.of(record.id).find(({ hostId }) => hostId === writer.id)?.mounted ?? null
      const finding = await onHost.proveLocks(writer, other, pool, mounted, { signal })
      await store.change(new Map([[record.id, { locks: { ...finding, provedAt: clock.now() } }]]))
      return { refused: [...refused.keys()], verdict: finding.verdict }

      async function takeOff(link: HostLink, domain: StorageDomainRecord): Promise<void> {
        try {
          await connections.disconnect(domain, link, { signal })
        } catch (error) {
          // It is taken off when it is looked at next.
          if (!isAppError(error) || signal.aborted) throw error
        }
      }
    },
    inspect: inspectNothing,
  }
}

/** The last step of what brings a domain into use: it says so of itself, and its hosts are to have it. */
export function activateStep<N extends CommandName>(
  dependencies: StorageCommandDependencies,
  domainOf: DomainOf<N>,
): StepHandler<N> {
  const { store } = dependencies
  return {
    timeoutMs: WRITE_TIMEOUT_MS,
    run: async (context) => {
      await writeDescription(dependencies, domainOf(context), context)
      await store.change(new Map([[domainOf(context), { wishedActive: true }]]))
      return null
    },
    undo: async (context) => store.change(new Map([[domainOf(context), { wishedActive: false }]])),
    inspect: async (context) => (store.records.get(domainOf(context))?.wishedActive === true ? 'done' : 'absent'),
  }
}

/** Lets a domain say of itself what is stored of it, with `changes` that are not stored yet. */
export async function writeDescription(
  dependencies: StorageCommandDependencies,
  storageDomainId: StorageDomainId,
  { model, signal }: Pick<StepContext<CommandName>, 'model' | 'signal'>,
  changes: Partial<StorageDomainRecord> = {},
): Promise<void> {
  const record = dependencies.store.get(storageDomainId)
  const link = await writerLink(dependencies, record, model(), signal)
  // Held already, but by an engine that goes on with what another one began.
  await dependencies.owners.take(record, link, { signal })
  await dependencies.writer.write(storageDomainId, link, { signal }, changes)
}

export function hostOf({ step }: { readonly step: StepContext<CommandName>['step'] }): HostId {
  return hostIdSchema.parse(step.hostId)
}
