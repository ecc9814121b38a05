import type { Disk, HostId, StorageDomain, StorageDomainId, VmId } from '../../../shared/domain/index.ts'
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
  readonly onHost: Pick<OnHost, 'writeFiles' | 'fetchDigests'>
  readonly writerOf: DefinitionWriterOptions['writerOf']
  readonly clock: Clock
  readonly log: Log
}

export interface DomainDefinitions extends DefinitionListener {
  stop(): Promise<void>
}

/** Ids of what was removed are kept, so that their files go also from domains that are away then. The oldest are forgotten. */
const FORGOTTEN_MAX = 10_000

/**
 * Writes into each data domain in use the definitions of the VMs with disks there, and what is known of its disks: at each change, and when
 * the domain's lock becomes ours again.
 */
export function startDomainDefinitions(options: DomainDefinitionsOptions): DomainDefinitions {
  const { topics, definitions, onHost, writerOf, clock, log } = options
  const forgotten = new Set<string>()
  /** What of a domain, and of a disk, decides about its files. */
  const domainsSeen = new Map<string, string>()
  const disksSeen = new Map<string, { readonly storageDomainId: StorageDomainId; readonly text: string }>()
  const writer = new DefinitionWriter({ onHost, writerOf, fetchWanted, clock, log })

  function forget(id: string): void {
    forgotten.add(id)
    const [oldest] = forgotten
    if (forgotten.size > FORGOTTEN_MAX && oldest !== undefined) forgotten.delete(oldest)
  }

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
    if (domain === undefined) return { files: [], isOurs: () => false }
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
        forgotten.has(id) || (vm !== undefined && vm.hostId !== null && model.hosts.get(vm.hostId)?.stale === false)
      )
    }
    return { files: decideWantedFiles(domain, vms, disks), isOurs }
  }

  function onDomains(upsert: readonly Entity[], remove: readonly string[]): void {
    for (const id of remove) {
      domainsSeen.delete(id)
      writer.forget(id as StorageDomainId)
    }
    for (const domain of upsert as readonly StorageDomain[]) {
      const text = `${domain.status} ${domain.owner.status} ${domain.isMaster} ${domain.targetPath}`
      if (domainsSeen.get(domain.id) === text) continue
      domainsSeen.set(domain.id, text)
      if (isWritten(domain)) writer.changed(domain.id)
      else writer.forget(domain.id)
    }
  }

  function onDisks(upsert: readonly Entity[], remove: readonly string[]): void {
    const changed = new Set<StorageDomainId>()
    for (const id of remove) {
      const seen = disksSeen.get(id)
      if (seen === undefined) continue
      disksSeen.delete(id)
      forget(id)
      changed.add(seen.storageDomainId)
    }
    for (const { id, storageDomainId, registered, ...disk } of upsert as readonly Disk[]) {
      if (!registered) continue
      const text = [
        disk.fileName,
        disk.alias,
        disk.description,
        disk.kind,
        disk.shareable,
        disk.readOnly,
        disk.discard,
      ].join('\n')
      if (disksSeen.get(id)?.text === text) continue
      disksSeen.set(id, { storageDomainId, text })
      changed.add(storageDomainId)
    }
    for (const id of changed) if (isWritten(topics.model().storageDomains.get(id))) writer.changed(id)
  }

  const follow = (topic: 'storage-domains' | 'disks', act: typeof onDisks) =>
    topics.subscribe({ topic }, (frame) => {
      if (frame.t === 'snapshot') act(frame.entities, [])
      else if (frame.t === 'patch') act(frame.upsert, frame.remove)
    })
  const subscriptions = [follow('storage-domains', onDomains), follow('disks', onDisks)]
  return {
    onKept: (states) => changedOn(new Set(states.map(({ hostId }) => hostId))),
    onForgotten: (hostId, vmIds) => {
      for (const id of vmIds) if (!topics.model().vms.has(id)) forget(id)
      changedOn([hostId])
    },
    stop: async () => {
      for (const { unsubscribe } of subscriptions) unsubscribe()
      await writer.stop()
    },
  }
}

function isWritten(domain: StorageDomain | undefined): boolean {
  return domain?.type === 'data' && domain.status === 'active' && domain.owner.status === 'ours'
}

function vmsOf(model: ModelSnapshot, { datacenterId }: StorageDomain) {
  if (datacenterId === null) return []
  return model.clusters.where('datacenterId', datacenterId).flatMap(({ id }) => model.vms.where('clusterId', id))
}

/** The folder is shared with whoever may read it. */
function xmlOf({ xml }: VmDefinitionRecord): string {
  return withoutSecrets(xml)
}
