import type { OperationHandler } from '../../engine/index.ts'
import { admitIdle } from '../decide-idle.ts'
import { createDiskWork, type DiskDependencies, diskLock, domainLock, hostIdOf } from '../disk-work.ts'
import {
  decideDiskThere,
  decideNoBase,
  decideNoBranch,
  decideUnused,
  diskSubject,
  firstRefusal,
  requireDisk,
} from '../rules.ts'
import { stepPlaceSchema } from '../step-place.ts'

/** A volume of LVM goes in several calls, which a host under load takes minutes for. */
const TIMEOUT_MS = 5 * 60_000

/** Removes a disk's file for good, and forgets it. Also one that nobody registered. */
export function createDiskRemove(dependencies: DiskDependencies): OperationHandler<'disk.remove'> {
  const work = createDiskWork(dependencies)
  return {
    name: 'disk.remove',
    subject: diskSubject,
    ...admitIdle,
    validate: (model, { diskId }) =>
      firstRefusal(
        decideDiskThere(model, diskId, { unregistered: true }),
        decideUnused(model, diskId),
        decideNoBranch(model, diskId, 'disk.remove'),
        decideNoBase(model, diskId, 'disk.remove'),
      ),
    plan: (model, { diskId }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const params = { fileName: disk.fileName, domain: domain.name }
      return {
        locks: [domainLock(domain.id), diskLock(diskId)],
        touches: [diskSubject(model, { diskId })],
        steps: [
          {
            action: 'remove',
            hostId: hostIdOf(model, domain.id),
            text: { key: 'removing-file', params },
            // A later look finds neither the disk nor its name in the model.
            data: { storageDomainId: domain.id, fileName: disk.fileName },
          },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      remove: {
        timeoutMs: TIMEOUT_MS,
        run: async ({ model, input, step }) => {
          const { storageDomainId, fileName } = stepPlaceSchema.parse(step.data)
          await work.remove(work.placeOf(model, storageDomainId), { id: input.diskId, fileName })
          return null
        },
        // Removing again what is gone does no harm, and forgets what was not forgotten.
        inspect: ({ model, step }) => work.inspectRepeatable(model, stepPlaceSchema.parse(step.data).storageDomainId),
      },
    },
    output: () => ({}),
  }
}
