import type { HostId, HostPool, StorageDomain, StorageDomainId, VolumeUser } from '../../shared/domain/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { ToldPool, ToldVolume } from './fetch-pools.ts'

/** A pool with the storage domain that it belongs to, and the machines on its volumes. Pure. */
export function describePool(
  model: Pick<ModelSnapshot, 'vms' | 'storageDomains'>,
  hostId: HostId,
  pool: ToldPool,
): HostPool {
  const domain = domainOf(model, pool)
  return {
    ...pool,
    storageDomain: domain === null ? null : { id: domain.id, name: domain.name },
    volumes: pool.volumes.map((volume) => ({ ...volume, usedBy: usersOf(model, hostId, pool, volume) })),
  }
}

/** The storage domain whose pool it is: that has the id of the domain, on every host. Null: a host's own. Pure. */
export function domainOf(
  model: Pick<ModelSnapshot, 'storageDomains'>,
  { id }: Pick<ToldPool, 'id'>,
): StorageDomain | null {
  return model.storageDomains.get(id as StorageDomainId) ?? null
}

/** The machines of a host with a drive on a volume; where servers keep the volume, those of other hosts, too. Pure. */
export function usersOf(
  model: Pick<ModelSnapshot, 'vms'>,
  hostId: HostId,
  pool: Pick<ToldPool, 'name' | 'type'>,
  { name, path }: Pick<ToldVolume, 'name' | 'path'>,
): VolumeUser[] {
  const candidates = pool.type === 'netfs' ? [...model.vms.values()] : model.vms.where('hostId', hostId)
  return candidates
    .filter((vm) =>
      vm.disks.some(({ source, sourceType }) =>
        sourceType === 'volume' ? source === `${pool.name}/${name}` : source !== null && source === path,
      ),
    )
    .map((vm) => ({ vmId: vm.id, name: vm.name, isRunning: vm.domainId !== null }))
    .sort((one, other) => one.name.localeCompare(other.name))
}
