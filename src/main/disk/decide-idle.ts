import { type DiskId, isOpenStatus, type StorageDomainId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import { foundDiskId } from './rules.ts'

/** Operations on a machine that work on all of its disks. */
const ON_ALL_DISKS = /^(?:vm\.snapshot-(?:create|revert|remove)|vm\.migrate|backup\.(?:create|restore))$/

/**
 * Is nobody at work on a disk? Who comes second is told who was first, instead of waiting for hours. Asked when a command is accepted, never
 * once it holds its locks: by then it would find itself. Pure.
 */
export function decideDiskIdle(model: ModelSnapshot, diskId: DiskId): AppError | null {
  const disk = model.disks.get(diskId)
  const machines = new Set<string>(disk?.usedBy.map(({ vmId }) => vmId))
  for (const { status, command, user, subject, touches } of model.tasks.values()) {
    if (!isOpenStatus(status)) continue
    const isOnIt = [subject, ...touches].some(({ kind, id }) => kind === 'disk' && id === diskId)
    const isOnMachine = ON_ALL_DISKS.test(command) && subject.kind === 'vm' && machines.has(subject.id)
    if (!isOnIt && !isOnMachine) continue
    const alias = disk?.alias ?? diskId
    return new AppError('disk.at-work', { alias, command, user }, { subject: alias, retry: 'safe' })
  }
  return null
}

/** The same of a file that nobody has registered. */
export function decideFileIdle(
  model: ModelSnapshot,
  storageDomainId: StorageDomainId,
  fileName: string,
): AppError | null {
  return decideDiskIdle(model, foundDiskId(storageDomainId, fileName))
}

/** For the handlers of commands on one disk. */
export const admitIdle = {
  admit: async (_identity: unknown, { diskId }: { readonly diskId: DiskId }, model: ModelSnapshot) =>
    decideDiskIdle(model, diskId),
}
