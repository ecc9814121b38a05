import type { ClusterId, Host, StorageDomain, StorageDomainId, VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import { type DescribedVm, domainSubject } from '../storage/index.ts'
import { parseDomain, XmlError } from '../xml/index.ts'
import { decideRegistrable, type RegistrableVm, type RegistrationPlace } from './decide-registrable.ts'

/** A data domain in use, or why it is none. Pure. */
export function findUsableDomain(model: ModelSnapshot, storageDomainId: StorageDomainId): StorageDomain | AppError {
  const domain = model.storageDomains.get(storageDomainId)
  if (domain === undefined) return new AppError('storage.not-found', { storageDomainId })
  const { name, status, type } = domain
  const { id } = domainSubject(model, { storageDomainId })
  if (status !== 'active') return new AppError('disk.domain-not-active', { name, status }, { subject: id })
  return type === 'data' ? domain : new AppError('disk.domain-type', { name, type }, { subject: id })
}

/** The host that is to have the definition: one of the cluster that is up and reaches the domain, with the fewest machines. Pure. */
export function decideDefiner(model: ModelSnapshot, clusterId: ClusterId, domain: StorageDomain): Host | null {
  const reach = new Set(domain.connections.filter(({ status }) => status === 'connected').map(({ hostId }) => hostId))
  const fit = model.hosts.where('clusterId', clusterId).filter(({ id, status }) => status === 'up' && reach.has(id))
  return [...fit].sort((one, other) => one.vmCount - other.vmCount)[0] ?? null
}

/** May a machine that this domain describes be registered in that cluster? Pure. */
export function decideRegister(
  model: ModelSnapshot,
  {
    storageDomainId,
    vmId,
    clusterId,
  }: { readonly storageDomainId: StorageDomainId; readonly vmId: VmId; readonly clusterId: ClusterId },
): AppError | null {
  const domain = findUsableDomain(model, storageDomainId)
  if (domain instanceof AppError) return domain
  const cluster = model.clusters.get(clusterId)
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId })
  const { name: clusterName, datacenterId } = cluster
  if (datacenterId !== domain.datacenterId) {
    return new AppError('storage.other-datacenter', { name: domain.name, clusterName })
  }
  const known = model.vms.get(vmId)
  if (known !== undefined) return new AppError('storage.vm-registered', { vmName: known.name })
  return decideDefiner(model, clusterId, domain) === null
    ? new AppError('storage.no-definer', { name: domain.name, clusterName }, { retry: 'safe' })
    : null
}

/** Where the files of a machine may lie that this domain describes. Pure. */
export function placeOf(model: ModelSnapshot, domain: StorageDomain, formerFolder: string | null): RegistrationPlace {
  const others = domain.datacenterId === null ? [] : model.storageDomains.where('datacenterId', domain.datacenterId)
  const otherFolders = others.filter(({ id }) => id !== domain.id).map(({ targetPath }) => targetPath)
  return { formerFolder, folder: domain.targetPath, otherFolders }
}

/** What a described machine is, and as what it can be registered; null: nobody can read it. Pure. */
export function readDescribed(
  { id, xml }: DescribedVm,
  place: RegistrationPlace,
): { readonly definition: ReturnType<typeof parseDomain>; readonly registrable: RegistrableVm } | null {
  try {
    const definition = parseDomain(xml)
    return definition.uuid === id ? { definition, registrable: decideRegistrable(xml, place) } : null
  } catch (error) {
    if (error instanceof XmlError) return null
    throw error
  }
}
