import type { Vm, VmCreateSpec } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { decideMedium } from '../create/decide-parts.ts'

/** Left out: the medium stays; null: the drive is to be empty. */
export type WantedMedium = VmCreateSpec['cdrom'] | undefined

/** Can the machine be given that medium where it is? Null: yes. Pure. */
export function decideMediumFor(model: ModelSnapshot, vm: Vm, cdrom: WantedMedium): AppError | null {
  const cluster = model.clusters.get(vm.clusterId)
  if (cluster === undefined || cdrom === undefined || cdrom === null) return null
  const refusal = decideMedium(model, cluster, cdrom)
  const disk = model.disks.get(cdrom.diskId)
  const domain = disk === undefined ? undefined : model.storageDomains.get(disk.storageDomainId)
  if (refusal !== null || domain === undefined) return refusal
  const isThere = domain.connections.some(({ hostId, status }) => hostId === vm.hostId && status === 'connected')
  if (isThere) return null
  const hostName = model.hosts.get(vm.hostId)?.name ?? vm.hostId
  return new AppError('vm.host-storage-missing', { hostName, storageName: domain.name }, { hostId: vm.hostId })
}

/** Where it is on the host; as {@link WantedMedium} where there is none. Pure. */
export function mediumPathOf(model: ModelSnapshot, cdrom: WantedMedium): string | null | undefined {
  return cdrom === undefined || cdrom === null ? cdrom : (model.disks.get(cdrom.diskId)?.path ?? null)
}
