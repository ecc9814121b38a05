import type { Disk, DiskId, HostId, StorageDomain, StorageDomainId, VmId } from '../../../shared/domain/index.ts'
import type { DefinitionListener } from '../../drift/index.ts'
import type { Clock, Entity, LiveTopics, Log, ModelSnapshot } from '../../engine/index.ts'
import type { Inventory, VmDefinitionRecord } from '../../inventory/index.ts'
import { withoutSecrets } from '../../xml/index.ts'
import type { OnHost } from '../on-host/types.ts'
import { DefinitionWriter, type DefinitionWriterOptions, type WantedFiles } from './definition-writer.ts'
import { belongsInto, decideWantedFiles, type VmToWrite } from './wanted-files.ts'

export interface DomainDefinitionsOptions {
  readonly topics: Pick<LiveTopics, 'model' | 'subscribe'>
  readonly definitions: Pick<Inventory['vmDefinitions'], 'fetchForVm'>
  /** Kept until their files are gone: a domain may be away for longer than this engine runs. */
  readonly removed: Inventory['removedDefinitions']
  readonly onHost: Pick<OnHost, 'writeFiles' | 'fetchDigests'>
  readonly writerOf: DefinitionWriterOptions['writerOf']
  readonly clock: Clock
  readonly log: Log
}

export interface DomainDefinitions extends DefinitionListener {
  /** A disk is not in that domain any more. Errors: those of the inventory. */
  diskRemoved(storageDomainId: StorageDomainId, diskId: DiskId): Promise<void>
  /** Brings into a domain what was not written yet: it goes out of use. Errors: storage.…, those of the link. */
  flush(storageDomainId: StorageDomainId, signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

/**
 * Writes into each domain in use what is known of its disks, and into data domains the definitions of the VMs with disks there: at each change,
 * and when the domain's lock becomes ours again.
 */
export function startDomainDefinitions(options: DomainDefinitionsOptions): DomainDefinitions {
  const { topics, definitions, removed, onHost, writerOf, clock, log } = options
  /** What of a domain, and of a disk, decides about its files. */
  const domainsSeen = new Map<string, string>()
  const disksSeen = new Map<string, { readonly storageDomainId: StorageDomainId; readonly text: string }>()
  const writer = new DefinitionWriter({ onHost, writerOf, fetchWanted, clock, log })

  function changedOn(hostIds: Iterable<HostId>): void {
    const model = topics.model()
    const datacenterIds = new Set(
      [...hostIds].flatMap((hostId) => {
        const clusterId = model.hosts.get(hostId)?.clusterId
        return clusterId === undefined ? [] : (model.clusters.get(clusterId)?.datacenterId ?? [])
      }),
    )
    for (const datacenterId of datacenterIds) {
      for (const domain of model.storageDomains.where('datacenterId', datacenterId)) {
        if (isWritten(domain)) writer.changed(domain.id)
      }
    }
  }

  async function fetchWanted(storageDomainId: StorageDomainId): Promise<WantedFiles> {
    const model = topics.model()
    const domain = model.storageDomains.get(storageDomainId)
    if (domain === undefined) return { files: [], isOurs: () => false, onWritten: async () => undefined }
    const gone = await removed.fetchIds(storageDomainId)
    const own = vmsOf(model, domain).filter((vm) => belongsInto(domain, vm))
    const vms: VmToWrite[] = []
    for (const vm of own) {
      const records = await definitions.fetchForVm(vm.id)
      const record = records.find(({ hostId }) => hostId === vm.hostId) ?? records[0]
      if (record !== undefined)
        vms.push({ vm, clusterName: model.clusters.get(vm.clusterId)?.name ?? null, xml: xmlOf(record) })
    }
    const kept = new Set<string>(own.map(({ id }) => id))
    const disks = model.disks.where('storageDomainId', storageDomainId)
    const isOurs = (id: string) => {
      if (kept.has(id) || disks.some((disk) => disk.id === id && disk.registered)) return false
      // Of a VM whose host is away not all is known.
      const vm = model.vms.get(id as VmId)
      return (
        gone.includes(id) || (vm !== undefined && vm.hostId !== null && model.hosts.get(vm.hostId)?.stale === false)
      )
    }
    return {
      files: decideWantedFiles(domain, vms, disks),
      isOurs,
      onWritten: async () => {
        if (gone.length > 0) await removed.drop(storageDomainId, gone)
      },
    }
  }

  /** Definitions that a host does not have any more may lie in every data domain of its datacenter. */
  async function keepRemoved(hostId: HostId, vmIds: readonly VmId[]): Promise<void> {
    const model = topics.model()
    const ids = vmIds.filter((id) => !model.vms.has(id))
    const clusterId = model.hosts.get(hostId)?.clusterId
    const datacenterId = clusterId === undefined ? undefined : model.clusters.get(clusterId)?.datacenterId
    if (ids.length > 0 && datacenterId !== undefined) {
      const domains = model.storageDomains.where('datacenterId', datacenterId)
      for (const { id, type } of domains) if (type === 'data') await removed.add(id, ids)
    }
    changedOn([hostId])
  }

  function onDomains(upsert: readonly Entity[], remove: readonly string[]): void {
    for (const id of remove) {
      domainsSeen.delete(id)
      writer.forget(id as StorageDomainId)
    }
    for (const domain of upsert as readonly StorageDomain[]) {
      const text = [domain.datacenterId, domain.status, domain.owner.status, domain.isMaster, domain.targetPath].join(
        ' ',
      )
      if (domainsSeen.get(domain.id) === text) continue
      domainsSeen.set(domain.id, text)
      if (isWritten(domain)) writer.changed(domain.id)
      else writer.forget(domain.id)
      // It belongs to nobody now: what another engine writes there meanwhile is not ours to remove.
      if (domain.datacenterId === null) keep(removed.drop(domain.id))
    }
  }

  function onDisks(upsert: readonly Entity[], remove: readonly string[]): void {
    const changed = new Set<StorageDomainId>()
    for (const id of remove) {
      const seen = disksSeen.get(id)
      if (seen === undefined) continue
      disksSeen.delete(id)
      changed.add(seen.storageDomainId)
    }
    for (const { id, storageDomainId, registered, ...disk } of upsert as readonly Disk[]) {
      if (!registered) continue
      const text = [
        storageDomainId,
        disk.fileName,
        disk.alias,
        disk.description,
        disk.kind,
        disk.shareable,
        disk.readOnly,
        disk.discard,
      ].join('\n')
      const before = disksSeen.get(id)
      if (before?.text === text) continue
      // Moved: it goes from there.
      if (before !== undefined) changed.add(before.storageDomainId)
      disksSeen.set(id, { storageDomainId, text })
      changed.add(storageDomainId)
    }
    for (const id of changed) if (isWritten(topics.model().storageDomains.get(id))) writer.changed(id)
  }

  const keeping = new Set<Promise<void>>()
  function keep(work: Promise<void>): void {
    const kept = work
      .catch((error: unknown) => log.error({ err: error }, 'what was removed from storage domains could not be stored'))
      .finally(() => keeping.delete(kept))
    keeping.add(kept)
  }

  const follow = (topic: 'storage-domains' | 'disks', act: typeof onDisks) =>
    topics.subscribe({ topic }, (frame) => {
      if (frame.t === 'snapshot') act(frame.entities, [])
      else if (frame.t === 'patch') act(frame.upsert, frame.remove)
    })
  const subscriptions = [follow('storage-domains', onDomains), follow('disks', onDisks)]
  return {
    onKept: (states) => changedOn(new Set(states.map(({ hostId }) => hostId))),
    onForgotten: (hostId, vmIds) => keep(keepRemoved(hostId, vmIds)),
    diskRemoved: async (storageDomainId, diskId) => {
      await removed.add(storageDomainId, [diskId])
      if (isWritten(topics.model().storageDomains.get(storageDomainId))) writer.changed(storageDomainId)
    },
    flush: (storageDomainId, signal) => writer.flush(storageDomainId, signal),
    stop: async () => {
      for (const { unsubscribe } of subscriptions) unsubscribe()
      await Promise.all(keeping)
      await writer.stop()
    },
  }
}

function isWritten(domain: StorageDomain | undefined): boolean {
  return domain?.status === 'active' && domain.owner.status === 'ours'
}

function vmsOf(model: ModelSnapshot, { datacenterId, type }: StorageDomain) {
  if (datacenterId === null || type !== 'data') return []
  return model.clusters.where('datacenterId', datacenterId).flatMap(({ id }) => model.vms.where('clusterId', id))
}

/** The folder is shared with whoever may read it. */
function xmlOf({ xml }: VmDefinitionRecord): string {
  return withoutSecrets(xml)
}
