import {
  type ClusterId,
  type Datacenter,
  type DatacenterId,
  type DiskId,
  type DomainStorage,
  findRefusedMountOption,
  type Host,
  type HostId,
  isBlockStorage,
  lunPathOf,
  type StorageDomain,
  type StorageDomainId,
  type StorageDomainType,
  type Subject,
  type Task,
} from '../../shared/domain/index.ts'
import { AppError, type Reference } from '../../shared/errors/index.ts'
import { clustersOf, REFERENCES_NAMED } from '../cluster/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import { decideOverlap, placeOf } from './domain-pool.ts'

/* What may be done with storage domains now. All pure; null: it may. */

/** What the audit and the task list call a storage domain. */
export function domainSubject(
  model: ModelSnapshot,
  { storageDomainId }: { readonly storageDomainId: StorageDomainId },
) {
  const name = model.storageDomains.get(storageDomainId)?.name ?? storageDomainId
  return { kind: 'storage-domain', id: storageDomainId, name } as const
}

/** The domain, or why it cannot be worked on. */
export function findDomain(model: ModelSnapshot, storageDomainId: StorageDomainId): StorageDomain | AppError {
  return model.storageDomains.get(storageDomainId) ?? new AppError('storage.not-found', { storageDomainId })
}

/** Is a name free (for a domain other than `except`)? Names differ by more than case. */
export function decideDomainNameFree(
  model: ModelSnapshot,
  name: string | undefined,
  except?: StorageDomainId,
): AppError | null {
  if (name === undefined) return null
  const taken = model.storageDomains.where('name', name).some(({ id }) => id !== except)
  return taken ? new AppError('storage.name-taken', { name }) : null
}

/** Is a place free of other domains, inside and around it? */
export function decidePlaceFree(
  model: ModelSnapshot,
  storage: DomainStorage,
  except?: StorageDomainId,
): AppError | null {
  const { path } = placeOf(storage)
  for (const domain of model.storageDomains.values()) {
    if (domain.id === except) continue
    const overlap = decideOverlap(storage, domain.storage)
    if (overlap === 'same') return new AppError('storage.place-taken', { path, other: domain.name })
    if (overlap === 'nested') {
      return new AppError('storage.path-nested', { path, other: domain.name, otherPath: placeOf(domain.storage).path })
    }
  }
  return null
}

/** Can a domain be mounted with these options? `options`: others than it has. */
export function decideMountOptions(storage: DomainStorage, options?: string): AppError | null {
  const refused = findRefusedMountOption(storage, options)
  return refused === null ? null : new AppError(`storage.mount-option-${refused.why}`, { option: refused.option })
}

/** Hosts of a datacenter. */
export function hostsOfDatacenter(model: ModelSnapshot, datacenterId: DatacenterId): readonly Host[] {
  return clustersOf(model, datacenterId).flatMap(({ id }) => model.hosts.where('clusterId', id))
}

/** Those through which storage can be worked on: that can be asked, and are in use. */
export function storageHostsOf(model: ModelSnapshot, datacenterId: DatacenterId): readonly Host[] {
  return hostsOfDatacenter(model, datacenterId).filter(isStorageHost)
}

/** Also one whose storage is the reason why it may not run VMs: it is tried again. */
export function isStorageHost({ status, maintenance, stale }: Pick<Host, 'status' | 'maintenance' | 'stale'>): boolean {
  return (status === 'up' || status === 'non-operational') && maintenance === null && !stale
}

/** Hosts that can be asked and should not have a domain: it is out of use, or they are in maintenance, or in another datacenter. */
export function strayHostsOf(
  model: ModelSnapshot,
  { datacenterId, wishedActive }: { readonly datacenterId: DatacenterId | null; readonly wishedActive: boolean },
): readonly Host[] {
  return [...model.hosts.values()].filter(({ clusterId, status, stale }) => {
    if (stale) return false
    const isMember = model.clusters.get(clusterId)?.datacenterId === datacenterId
    return !wishedActive || !isMember || status === 'maintenance'
  })
}

/** May a datacenter take another domain of this type there? `except`: one that is in it already. */
export function decideDatacenterTakes(
  model: ModelSnapshot,
  datacenterId: DatacenterId,
  wanted: { readonly type: StorageDomainType | null; readonly storage: DomainStorage },
  except?: StorageDomainId,
): AppError | null {
  const datacenter = model.datacenters.get(datacenterId)
  if (datacenter === undefined) return new AppError('datacenter.not-found', { datacenterId })
  const datacenterName = datacenter.name
  const isLocal = wanted.storage.kind === 'local'
  if (isBlockStorage(wanted.storage) && wanted.type !== null && wanted.type !== 'data')
    return new AppError('storage.block-data-only', { type: wanted.type })
  if (datacenter.storageType === 'local' && !isLocal) return new AppError('storage.local-only', { datacenterName })
  if (datacenter.storageType === 'shared' && isLocal) return new AppError('storage.shared-only', { datacenterName })
  const { type } = wanted
  return decideUpHost(model, datacenter) ?? (type === null ? null : decideTypeFits(model, datacenter, type, except))
}

/** Is there a host to work through? */
function decideUpHost(model: ModelSnapshot, { id, name }: Datacenter): AppError | null {
  return storageHostsOf(model, id).length > 0 ? null : new AppError('storage.no-up-host', { datacenterName: name })
}

/** The first is data; the others need an active master; of ISO and export there is one at most. */
export function decideTypeFits(
  model: ModelSnapshot,
  { id, name: datacenterName }: Pick<Datacenter, 'id' | 'name'>,
  type: StorageDomainType,
  except?: StorageDomainId,
): AppError | null {
  const others = model.storageDomains.where('datacenterId', id).filter((domain) => domain.id !== except)
  const master = others.find(({ isMaster }) => isMaster)
  if (type !== 'data') {
    const same = others.find((domain) => domain.type === type)
    if (same !== undefined) return new AppError('storage.type-taken', { datacenterName, type, other: same.name })
  }
  if (master === undefined) {
    return type === 'data' ? null : new AppError('storage.first-must-be-data', { datacenterName, type })
  }
  if (master.status === 'active') return null
  return new AppError('storage.master-not-active', { datacenterName, masterName: master.name })
}

/** A LUN is the same on every host: one that is larger here than there is not, or not yet. */
export function decideSameLuns(
  hosts: readonly {
    readonly hostName: string
    readonly luns: readonly { readonly lunId: string; readonly sizeBytes: number }[]
  }[],
): AppError | null {
  const seen = new Map<string, { readonly hostName: string; readonly sizeBytes: number }>()
  for (const { hostName, luns } of hosts) {
    for (const { lunId, sizeBytes } of luns) {
      const other = seen.get(lunId)
      if (other === undefined) seen.set(lunId, { hostName, sizeBytes })
      else if (other.sizeBytes !== sizeBytes) {
        const there = { otherHostName: other.hostName, otherBytes: other.sizeBytes }
        return new AppError('storage.lun-size-differs', { lunId, hostName, sizeBytes, ...there })
      }
    }
  }
  return null
}

/** No domain is made of a LUN that a machine has whole, whatever is on it. */
export function decideLunsUnused(model: ModelSnapshot, storage: DomainStorage): AppError | null {
  if (!isBlockStorage(storage)) return null
  const byPath = new Map(storage.lunIds.map((lunId) => [lunPathOf(lunId), lunId]))
  for (const { name, disks } of model.vms.values()) {
    const lunId = disks.map(({ source }) => byPath.get(source)).find((each) => each !== undefined)
    if (lunId !== undefined) return new AppError('vm.lun-taken', { lunId, otherName: name })
  }
  return null
}

/** Will a domain be the master of its datacenter? */
export function isFirstData(model: ModelSnapshot, datacenterId: DatacenterId, type: StorageDomainType): boolean {
  return type === 'data' && !model.storageDomains.where('datacenterId', datacenterId).some(({ isMaster }) => isMaster)
}

/** May it be taken into use? */
export function decideActivate(model: ModelSnapshot, storageDomainId: StorageDomainId): AppError | null {
  const domain = findDomain(model, storageDomainId)
  if (domain instanceof AppError) return domain
  const datacenter = domain.datacenterId === null ? undefined : model.datacenters.get(domain.datacenterId)
  if (datacenter === undefined) return new AppError('storage.not-attached', { name: domain.name })
  if (!['maintenance', 'inactive', 'unknown', 'activating'].includes(domain.status)) {
    return wrongStatus(domain, 'storage.activate')
  }
  const { id, name: datacenterName } = datacenter
  const master = model.storageDomains.where('datacenterId', id).find(({ isMaster }) => isMaster)
  if (!domain.isMaster && master !== undefined && master.status !== 'active') {
    return new AppError('storage.master-not-active', { datacenterName, masterName: master.name })
  }
  return decideUpHost(model, datacenter)
}

/** May it be taken out of use? */
export function decideMaintenance(model: ModelSnapshot, storageDomainId: StorageDomainId): AppError | null {
  const domain = findDomain(model, storageDomainId)
  if (domain instanceof AppError) return domain
  if (domain.datacenterId === null) return new AppError('storage.not-attached', { name: domain.name })
  if (!['active', 'inactive', 'unknown', 'preparing-for-maintenance'].includes(domain.status)) {
    return wrongStatus(domain, 'storage.maintenance')
  }
  return decideNotUsed(model, domain) ?? decideNoTasks(model, domain) ?? decideMasterFree(model, domain)
}

/** May it leave its datacenter? */
export function decideDetach(model: ModelSnapshot, storageDomainId: StorageDomainId): AppError | null {
  const domain = findDomain(model, storageDomainId)
  if (domain instanceof AppError) return domain
  const { name, datacenterId, status, isMaster } = domain
  const datacenter = datacenterId === null ? undefined : model.datacenters.get(datacenterId)
  if (datacenter === undefined) return new AppError('storage.not-attached', { name })
  if (status !== 'maintenance' && status !== 'detaching') {
    return new AppError('storage.not-in-maintenance', { name, status, action: 'storage.detach' }, { subject: name })
  }
  const others = model.storageDomains.where('datacenterId', datacenter.id).filter(({ id }) => id !== domain.id)
  if (isMaster && others.length > 0) return refer('storage.master-last', domain, others.map(referToDomain))
  return decideUpHost(model, datacenter)
}

/** May it join a datacenter? */
export function decideAttach(
  model: ModelSnapshot,
  storageDomainId: StorageDomainId,
  datacenterId: DatacenterId,
): AppError | null {
  const domain = findDomain(model, storageDomainId)
  if (domain instanceof AppError) return domain
  if (domain.datacenterId !== null && domain.datacenterId !== datacenterId) return attached(model, domain)
  if (domain.status !== 'unattached' && domain.status !== 'locked') {
    return domain.datacenterId === null ? wrongStatus(domain, 'storage.attach') : attached(model, domain)
  }
  return decideDatacenterTakes(model, datacenterId, domain, domain.id)
}

/**
 * May it be forgotten? With `format`, which deletes what is in it, only when no template and no machine here still has its disks there. What is only
 * forgotten is had again: the domain is imported, and its disks are adopted with the ids that they had.
 */
export function decideRemove(model: ModelSnapshot, storageDomainId: StorageDomainId, format: boolean): AppError | null {
  const domain = findDomain(model, storageDomainId)
  if (domain instanceof AppError) return domain
  if (domain.datacenterId !== null) return attached(model, domain)
  const holders = format ? holdersOf(model, domain) : []
  return holders.length === 0 ? null : refer('storage.holds-disks', domain, holders)
}

/** Templates, and machines on whatever host, running or not, whose disks lie in a domain. Media in their drives are not theirs. */
function holdersOf(model: ModelSnapshot, { id: domainId, targetPath }: StorageDomain): readonly Reference[] {
  const folder = `${targetPath}/`
  const templates = [...model.templates.values()]
    .filter(({ disks }) => disks.some(({ storageDomainId }) => storageDomainId === domainId))
    .map(({ id, name, version }) => ({
      kind: 'template' as const,
      id,
      name: version === 1 ? name : `${name} (${version})`,
    }))
  const machines = [...model.vms.values()]
    .filter(({ disks }) =>
      disks.some(({ device, source }) => device !== 'cdrom' && source?.startsWith(folder) === true),
    )
    .map(({ id, name }) => ({ kind: 'vm' as const, id, name }))
  return [...templates, ...machines]
}

/** May it be forgotten though it is attached? Not while hosts reach it, nor while others of the datacenter need it as their master. */
export function decideDestroy(model: ModelSnapshot, storageDomainId: StorageDomainId): AppError | null {
  const domain = findDomain(model, storageDomainId)
  if (domain instanceof AppError) return domain
  const { datacenterId, status, isMaster } = domain
  if (status === 'active') return wrongStatus(domain, 'storage.destroy')
  const used = decideNotUsed(model, domain) ?? decideNoTasks(model, domain)
  if (used !== null || !isMaster || datacenterId === null) return used
  const others = model.storageDomains.where('datacenterId', datacenterId).filter(({ id }) => id !== domain.id)
  return others.length > 0 ? refer('storage.master-last', domain, others.map(referToDomain)) : null
}

/** May its mount options be edited? Only what libvirt mounts has any, and only while it is mounted nowhere. */
export function decideMountOptionsEdit(domain: StorageDomain, options: string): AppError | null {
  const { name, status, storage } = domain
  if (status === 'maintenance' || status === 'unattached') return decideMountOptions(storage, options)
  return new AppError('storage.not-in-maintenance', { name, status, action: 'storage.edit' }, { subject: name })
}

/** Refuses while machines run with disks in it, or with a medium of it inserted. */
function decideNotUsed(model: ModelSnapshot, domain: StorageDomain): AppError | null {
  const users = usersOf(model, domain)
  return users.length === 0 ? null : refer('storage.in-use', domain, users)
}

/** Refuses while files of it are worked on: an upload may take days, and nobody is to wait for it without knowing. */
function decideNoTasks(model: ModelSnapshot, { id, name }: StorageDomain): AppError | null {
  const isIts = ({ kind, id: of }: Subject) =>
    kind === 'storage-domain' ? of === id : kind === 'disk' && model.disks.get(of as DiskId)?.storageDomainId === id
  const tasks = [...model.tasks.values()].filter(
    ({ command, status, subject, touches }) =>
      command.startsWith('disk.') && TASK_AT_WORK.has(status) && [subject, ...touches].some(isIts),
  )
  return tasks.length === 0 ? null : new AppError('storage.busy', { name, count: tasks.length }, { subject: name })
}

/** What waits for a host or a person is told of by its lock. */
const TASK_AT_WORK: ReadonlySet<Task['status']> = new Set<Task['status']>(['queued', 'running', 'undoing'])

function usersOf(model: ModelSnapshot, { datacenterId, targetPath }: StorageDomain): readonly Reference[] {
  if (datacenterId === null) return []
  const folder = `${targetPath}/`
  return hostsOfDatacenter(model, datacenterId)
    .flatMap(({ id }) => model.vms.where('hostId', id))
    .filter(({ status, lastStatus }) => !WITHOUT_PROCESS.has(status === 'unknown' ? (lastStatus ?? 'up') : status))
    .filter(({ disks }) => disks.some(({ source }) => source?.startsWith(folder) === true))
    .map(({ id, name }) => ({ kind: 'vm', id, name }))
}

/** Statuses of a VM without a QEMU process. */
export const WITHOUT_PROCESS: ReadonlySet<string> = new Set(['down', 'suspended', 'image-locked', 'image-illegal'])

/** A master goes out of use when another data domain can follow it, or when nothing is in use that would need one. */
function decideMasterFree(model: ModelSnapshot, domain: StorageDomain): AppError | null {
  const { id, isMaster, datacenterId } = domain
  if (!isMaster || datacenterId === null) return null
  const others = model.storageDomains.where('datacenterId', datacenterId).filter((other) => other.id !== id)
  const atWork = others.filter(({ status }) =>
    ['locked', 'activating', 'preparing-for-maintenance', 'detaching'].includes(status),
  )
  if (atWork.length > 0) return refer('storage.master-in-use', domain, atWork.map(referToDomain))
  if (others.some(({ type, status, storage }) => type === 'data' && status === 'active' && storage.kind !== 'local'))
    return null
  const inUse = others.filter(({ status }) => status !== 'maintenance')
  return inUse.length > 0 ? refer('storage.master-in-use', domain, inUse.map(referToDomain)) : null
}

function attached(model: ModelSnapshot, { name, datacenterId }: StorageDomain): AppError {
  const datacenterName = datacenterId === null ? '' : (model.datacenters.get(datacenterId)?.name ?? datacenterId)
  return new AppError('storage.attached', { name, datacenterName }, { subject: name })
}

function wrongStatus({ name, status }: StorageDomain, action: string): AppError {
  return new AppError('storage.wrong-status', { name, status, action }, { subject: name })
}

function refer(
  code: 'storage.in-use' | 'storage.master-last' | 'storage.master-in-use' | 'storage.holds-disks',
  { name }: StorageDomain,
  references: readonly Reference[],
): AppError {
  const params = { name, count: references.length, references: references.slice(0, REFERENCES_NAMED) }
  return new AppError(code, params, { subject: name })
}

/** A domain as an error names it. */
export function referToDomain({ id, name }: Pick<StorageDomain, 'id' | 'name'>): Reference {
  return { kind: 'storage-domain', id, name }
}

/** A datacenter with local storage has one host: may this one (null: a new one) come into a cluster of it? */
export function decideHostJoinsStorage(
  model: ModelSnapshot,
  clusterId: ClusterId,
  hostId: HostId | null,
): AppError | null {
  const datacenterId = model.clusters.get(clusterId)?.datacenterId
  const datacenter = datacenterId === undefined ? undefined : model.datacenters.get(datacenterId)
  if (datacenter?.storageType !== 'local') return null
  const other = hostsOfDatacenter(model, datacenter.id).find(({ id }) => id !== hostId)
  if (other === undefined) return null
  return new AppError('storage.local-taken', { datacenterName: datacenter.name, hostName: other.name })
}
