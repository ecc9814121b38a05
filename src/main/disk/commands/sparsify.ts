import { AppError } from '../../../shared/errors/index.ts'
import { inspectNothing, type OperationHandler } from '../../engine/index.ts'
import { admitIdle } from '../decide-idle.ts'
import { createDiskWork, type DiskDependencies, diskLock, domainLock, hostIdOf, throwUnlessDone } from '../disk-work.ts'
import { runLong } from '../on-host/run-long.ts'
import { sparsifyScript } from '../on-host/scripts.ts'
import {
  decideDiskThere,
  decideFileThere,
  decideInFolder,
  decideNoBase,
  decideUnused,
  diskSubject,
  firstRefusal,
  requireDisk,
} from '../rules.ts'

const DAY_MS = 24 * 60 * 60_000

/** Gives the space of a raw disk's zeros back. What is on it stays the same, so that it may be done in part and again. */
export function createDiskSparsify(dependencies: DiskDependencies): OperationHandler<'disk.sparsify'> {
  const { projection } = dependencies
  const work = createDiskWork(dependencies)
  return {
    name: 'disk.sparsify',
    subject: diskSubject,
    ...admitIdle,
    validate: (model, { diskId }) => {
      const disk = model.disks.get(diskId)
      const isRaw = disk === undefined || disk.format === 'raw'
      return firstRefusal(
        decideDiskThere(model, diskId),
        decideFileThere(model, diskId),
        decideInFolder(model, model.disks.get(diskId)?.storageDomainId, 'disk.sparsify'),
        decideUnused(model, diskId, { running: true }),
        decideNoBase(model, diskId, 'disk.sparsify'),
        isRaw
          ? null
          : new AppError('disk.wrong-format', { alias: disk.alias, format: disk.format, action: 'disk.sparsify' }),
      )
    },
    plan: (model, { diskId }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const params = { fileName: disk.fileName, domain: domain.name }
      const hostId = hostIdOf(model, domain.id)
      return {
        locks: [domainLock(domain.id), diskLock(diskId)],
        touches: [diskSubject(model, { diskId })],
        steps: [{ action: 'sparsify', hostId, text: { key: 'sparsifying', params }, cancellable: true }],
      }
    },
    afterCrash: 'finish',
    steps: {
      sparsify: {
        timeoutMs: DAY_MS,
        inspect: inspectNothing,
        run: async ({ input, model, signal }) => {
          const { disk, domain } = requireDisk(model(), input.diskId)
          const place = work.placeOf(model, domain.id)
          const end = await runLong(place.host, place.folder, sparsifyScript(disk.fileName), { signal })
          throwUnlessDone(place, end, 'fallocate')
          await projection.refresh(domain.id, { withPool: true })
          return null
        },
      },
    },
    output: () => ({}),
  }
}
