import type { AuditEvent, HostId, Settings, StorageDomainId } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { AuditTrail, Clock, CommandHandlers, LiveTopics, Log } from '../engine/index.ts'
import type { HostLink, HostRegistry } from '../hosts/index.ts'
import type { Inventory, StorageDomainRecord } from '../inventory/index.ts'
import { createChapPasswords } from './chap-passwords.ts'
import { createStorageActivate } from './commands/activate.ts'
import { createStorageAttach } from './commands/attach.ts'
import { createStorageCheck } from './commands/check.ts'
import { createStorageCreate } from './commands/create.ts'
import type { StorageCommandDependencies } from './commands/dependencies.ts'
import { createStorageDestroy } from './commands/destroy.ts'
import { createStorageDetach } from './commands/detach.ts'
import { createStorageDiscoverTargets } from './commands/discover-targets.ts'
import { createStorageEdit } from './commands/edit.ts'
import { createStorageImport } from './commands/import.ts'
import { createStorageListLuns } from './commands/list-luns.ts'
import { createStorageMaintenance } from './commands/maintenance.ts'
import { createStorageProve } from './commands/prove.ts'
import { createStorageRefresh } from './commands/refresh.ts'
import { createStorageRemove } from './commands/remove.ts'
import { createStorageTakeOver } from './commands/take-over.ts'
import { decideNewMaster } from './decide-new-master.ts'
import { decideStorageObstacle } from './decide-storage-obstacle.ts'
import { DescriptorWriter } from './descriptor-writer.ts'
import { DomainConnections } from './domain-connections.ts'
import { createDomainContents, type DomainContents } from './domain-contents.ts'
import { DomainOwners } from './domain-owners.ts'
import { poolOf } from './domain-pool.ts'
import { type DomainDefinitions, startDomainDefinitions, startStorageManagers } from './manager/index.ts'
import { MasterElection } from './master-election.ts'
import { createOnHost } from './on-host/index.ts'
import type { OnHost, StorageManagers } from './on-host/types.ts'
import { domainSubject, storageHostsOf, strayHostsOf } from './rules.ts'
import { StorageDomainStore } from './storage-domain-store.ts'
import { StorageProjection } from './storage-projection.ts'
import { VolumeActivation } from './volume-activation.ts'

export type { DescribedVm, DomainContents } from './domain-contents.ts'
export { proveLunFree, type VolumeGroup, volumeGroupOf } from './on-host/block/index.ts'
export type { StorageManagers } from './on-host/types.ts'
export { decideHostJoinsStorage, domainSubject, referToDomain } from './rules.ts'

export type StorageHandlers = Omit<
  Pick<CommandHandlers, Extract<keyof CommandHandlers, `storage.${string}`>>,
  'storage.candidates' | 'storage.register-vm'
>

export interface StorageOptions {
  readonly registry: HostRegistry
  readonly inventory: Pick<
    Inventory,
    'storageDomains' | 'vmDefinitions' | 'removedDefinitions' | 'edits' | 'transaction' | 'secrets'
  >
  readonly topics: LiveTopics
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
  readonly log: Log
  readonly settings: () => Pick<Settings, 'storagePatienceMs'>
  /** What other engines call this one: the name of the computer that it runs on. */
  readonly engineName: string
  /** What is done on hosts; default: for real. */
  readonly onHost?: OnHost
}

export interface Storage {
  readonly handlers: StorageHandlers
  readonly managers: StorageManagers
  /** To be told when definitions of VMs change. */
  readonly definitions: DomainDefinitions
  /** What domains in use say of the machines and disks in them. */
  readonly contents: DomainContents
  /**
   * Has a host's libvirt look into a domain's folder, and shows how much is free there now. Errors: storage.not-found, host.not-found,
   * those of `OnHost.fetchSpace`.
   */
  look(storageDomainId: StorageDomainId, hostId: HostId): Promise<void>
  /** Why a host may not run VMs; null: its storage is no reason. */
  obstacleOf(hostId: HostId): AppError | null
  isStorageManager(hostId: HostId): boolean
  /** `VolumeActivation.activate`. */
  readonly activateVolumes: VolumeActivation['activate']
  /** `VolumeActivation.refresh`. */
  readonly refreshVolumes: VolumeActivation['refresh']
  /** Called with each host whose obstacle or role may be another one now. Returns how to stop. */
  onObstacle(listener: (hostId: HostId) => void): () => void
  /** Makes every domain of the inventory known. Errors: those of the inventory. */
  load(): Promise<void>
  stop(): Promise<void>
}

/** Keeps storage domains connected on their hosts, shows them, and gives the commands on them. */
export async function startStorage(options: StorageOptions): Promise<Storage> {
  const { registry, inventory, topics, audit, clock, log, settings, engineName } = options
  const passwords = createChapPasswords(inventory.secrets)
  const { onHost = createOnHost(passwords.fetch) } = options
  const engine = { id: await inventory.storageDomains.fetchEngineId(), name: engineName }
  const listeners = new Set<(hostId: HostId) => void>()
  const end = new AbortController()
  const electing = new Set<StorageDomainId>()
  const patienceMs = () => settings().storagePatienceMs
  const store: StorageDomainStore = new StorageDomainStore({
    inventory,
    clock,
    onChange: (id) => projection.update(id),
  })
  const projection: StorageProjection = new StorageProjection({
    topics,
    store,
    connections: () => connections,
    owners: () => owners,
    patienceMs,
    clock,
    onStatus: (id, status, before) => {
      if (status === 'inactive') void replaceMaster(id)
      if (status === 'inactive') tell(id, 'storage.lost', 'error')
      if (before === 'inactive' && status === 'active') tell(id, 'storage.regained', 'info')
      for (const { hostId } of connections.of(id)) notify(hostId)
    },
  })
  const isHeld = (id: StorageDomainId) => projection.workOf(id) !== null
  const connections: DomainConnections = new DomainConnections({
    registry,
    onHost,
    records: store.records,
    hostsOf: ({ datacenterId }) =>
      datacenterId === null ? [] : storageHostsOf(topics.model(), datacenterId).map(({ id }) => id),
    straysOf: (record) => strayHostsOf(topics.model(), record).map(({ id }) => id),
    isHeld,
    patienceMs,
    clock,
    log,
    onChange: (id, hostId) => {
      projection.update(id)
      notify(hostId)
    },
  })
  const datacenterName = (id: string) => topics.collection('datacenters').entities.get(id)?.name ?? id
  const hostName = (id: HostId) => topics.model().hosts.get(id)?.name ?? id
  const managers = startStorageManagers({
    topics,
    log,
    random: Math.random,
    onHandedOver: (datacenterId, { from, to }) =>
      audit.record({
        kind: 'storage.manager-changed',
        severity: 'info',
        subject: { kind: 'datacenter', id: datacenterId, name: datacenterName(datacenterId) },
        hostId: to,
        params: { hostName: hostName(to), beforeName: hostName(from) },
      }),
  })
  const writerOf = (record: StorageDomainRecord): HostLink | null => {
    const hosts = connections.connectedHosts(record.id)
    const { datacenterId } = record
    const manager = datacenterId === null ? null : managers.managerOf(datacenterId).hostId
    return hosts.find(({ id }) => id === manager) ?? hosts[0] ?? null
  }
  const owners: DomainOwners = new DomainOwners({
    onHost,
    engine,
    records: store.records,
    writerOf,
    isHeld,
    clock,
    log,
    onChange: (id) => projection.update(id),
  })
  const writer = new DescriptorWriter({ onHost, engine, store, datacenterName })
  const masters = new MasterElection({ store, writer, writerOf, log })
  const stopManagers = managers.onChange((datacenterId) => {
    for (const { id } of storageHostsOf(topics.model(), datacenterId)) notify(id)
  })
  const definitions = startDomainDefinitions({
    topics,
    definitions: inventory.vmDefinitions,
    removed: inventory.removedDefinitions,
    onHost,
    writerOf: (id) => {
      const record = store.records.get(id)
      const host = record === undefined || owners.of(id).status !== 'ours' ? null : writerOf(record)
      return record === undefined || host === null ? null : { host, pool: poolOf(record), owner: engine }
    },
    clock,
    log,
  })
  const dependencies: StorageCommandDependencies = {
    registry,
    store,
    connections,
    owners,
    writer,
    onHost,
    engine,
    clock,
    passwords,
    claim: (id, operationId) => projection.claim(id, operationId),
    writerOf,
    flush: definitions.flush,
    log,
  }

  const volumes = new VolumeActivation({ topics, registry, records: () => store.records.values(), log })

  function tell(id: StorageDomainId, kind: AuditEvent['kind'], severity: AuditEvent['severity']): void {
    audit.record({ kind, severity, subject: domainSubject(topics.model(), { storageDomainId: id }) })
  }

  function notify(hostId: HostId): void {
    for (const listener of [...listeners]) listener(hostId)
  }

  /** No host has reached the master for too long: another data domain follows it, where there is one. */
  async function replaceMaster(id: StorageDomainId): Promise<void> {
    const master = topics.model().storageDomains.get(id)
    if (master?.isMaster !== true || master.datacenterId === null || electing.has(id)) return
    const next = decideNewMaster(master, topics.model().storageDomains.where('datacenterId', master.datacenterId))
    if (next === null) return
    electing.add(id)
    try {
      await masters.elect(next.id, { signal: end.signal })
      tell(next.id, 'storage.master-elected', 'warning')
      log.warn(
        { from: master.name, to: next.name },
        'another storage domain became master: no host reached the former one',
      )
    } catch (error) {
      log.error({ err: error }, 'another master could not be stored')
    } finally {
      electing.delete(id)
    }
  }

  return {
    handlers: {
      'storage.create': createStorageCreate(dependencies),
      'storage.check': createStorageCheck(dependencies),
      'storage.discover-targets': createStorageDiscoverTargets(dependencies),
      'storage.list-luns': createStorageListLuns(dependencies),
      'storage.import': createStorageImport(dependencies),
      'storage.attach': createStorageAttach(dependencies),
      'storage.activate': createStorageActivate(dependencies),
      'storage.maintenance': createStorageMaintenance(dependencies, masters),
      'storage.detach': createStorageDetach(dependencies),
      'storage.remove': createStorageRemove(dependencies),
      'storage.destroy': createStorageDestroy(dependencies),
      'storage.edit': createStorageEdit(dependencies),
      'storage.refresh': createStorageRefresh(dependencies),
      'storage.prove': createStorageProve(dependencies),
      'storage.take-over': createStorageTakeOver(dependencies),
    },
    managers,
    definitions,
    contents: createDomainContents({ onHost, get: (id) => store.get(id), writerOf }),
    look: (id, hostId) => connections.look(store.get(id), registry.get(hostId), { signal: end.signal }),
    obstacleOf: (hostId) => {
      const host = topics.model().hosts.get(hostId)
      const cluster = host === undefined ? undefined : topics.model().clusters.get(host.clusterId)
      if (host === undefined || cluster === undefined) return null
      const troubles = topics
        .model()
        .storageDomains.where('datacenterId', cluster.datacenterId)
        .flatMap((domain) => {
          const trouble = connections.troubleOf(domain.id, hostId)
          if (trouble === null) return []
          const othersReachIt = connections.of(domain.id).some(({ status }) => status === 'connected')
          return [{ domain, ...trouble, othersReachIt }]
        })
      return decideStorageObstacle(host, troubles, patienceMs())
    },
    isStorageManager: (hostId) => {
      const host = topics.model().hosts.get(hostId)
      const cluster = host === undefined ? undefined : topics.model().clusters.get(host.clusterId)
      return cluster !== undefined && managers.managerOf(cluster.datacenterId).hostId === hostId
    },
    activateVolumes: volumes.activate,
    refreshVolumes: volumes.refresh,
    onObstacle: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    load: () => store.load(),
    stop: async () => {
      stopManagers()
      volumes.stop()
      end.abort()
      projection.stop()
      await managers.stop()
      await definitions.stop()
      await owners.stop()
      await connections.stop()
    },
  }
}
