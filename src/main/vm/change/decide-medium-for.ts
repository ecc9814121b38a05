import type { Vm, VmCreateSpec } from '../../../shared/domain/index.ts'
import type { AppError } from '../../../shared/errors/index.ts'
import { decideHostHas } from '../../disk/index.ts'
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
  return refusal ?? (disk === undefined ? null : decideHostHas(model, vm.hostId, disk.storageDomainId))
}

/** Where it is on the host; as {@link WantedMedium} where there is none. Pure. */
export function mediumPathOf(model: ModelSnapshot, cdrom: WantedMedium): string | null | undefined {
  return cdrom === undefined || cdrom === null ? cdrom : (model.disks.get(cdrom.diskId)?.path ?? null)
}
