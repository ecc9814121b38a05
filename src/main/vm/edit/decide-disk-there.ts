import type { VmId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { requireVm } from '../rules.ts'

/** Has the VM such a disk, now or at its next start? Null: yes. Pure. */
export function decideDiskThere(model: ModelSnapshot, vmId: VmId, target: string): AppError | null {
  const { name, disks, pending } = requireVm(model, vmId)
  // One that waits for the next start is only in the stored definition.
  const isThere =
    disks.some((disk) => disk.target === target && disk.device === 'disk') ||
    pending.some(({ what, device }) => what === 'disk' && device === target)
  return isThere ? null : new AppError('vm.no-such-device', { name, device: target }, { subject: name })
}
