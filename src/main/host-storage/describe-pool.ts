import type { HostId, HostPool, StorageDomainId, VolumeUser } from '../../shared/domain/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { ToldPool, ToldVolume } from './fetch-pools.ts'

/** A pool with the storage domain that it belongs to, and the machines of its host on its volumes. Pure. */
export function describePool(
  model: Pick<ModelSnapshot, 'vms' | 'storageDomains'>,
  hostId: HostId,
  pool: ToldPool,
): HostPool {
  // A domain's pool has the id of the domain, on every host.
  const domain = model.storageDomains.get(pool.id as StorageDomainId)
  return {
    ...pool,
    storageDomain: domain === undefined ? null : { id: domain.id, name: domain.name },
    volumes: pool.volumes.map((volume) => ({ ...volume, usedBy: usersOf(model, hostId, pool.name, volume) })),
  }
}

function usersOf(
  model: Pick<ModelSnapshot, 'vms'>,
  hostId: HostId,
  poolName: string,
  { name, path }: ToldVolume,
): VolumeUser[] {
  return model.vms
    .where('hostId', hostId)
    .filter((vm) =>
      vm.disks.some(({ source, sourceType }) =>
        sourceType === 'volume' ? source === `${poolName}/${name}` : source !== null && source === path,
      ),
    )
    .map((vm) => ({ vmId: vm.id, name: vm.name, isRunning: vm.domainId !== null }))
    .sort((one, other) => one.name.localeCompare(other.name))
}
