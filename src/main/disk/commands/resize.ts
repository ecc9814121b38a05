import type { DiskId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, OperationHandler } from '../../engine/index.ts'
import { createDiskWork, type DiskDependencies, diskLock, domainLock, hostIdOf, throwUnlessDone } from '../disk-work.ts'
import { readImageHeader } from '../formats/index.ts'
import { fetchHead } from '../on-host/list-files.ts'
import { runLong } from '../on-host/run-long.ts'
import { resizeScript } from '../on-host/scripts.ts'
import {
  decideDiskThere,
  decideFileThere,
  decideUnused,
  decideWithoutSnapshots,
  diskSubject,
  firstRefusal,
  requireDisk,
} from '../rules.ts'

const TIMEOUT_MS = 60 * 60_000

/** Makes a disk larger. */
export function createDiskResize(dependencies: DiskDependencies): OperationHandler<'disk.resize'> {
  const { store, projection } = dependencies
  const work = createDiskWork(dependencies)
  return {
    name: 'disk.resize',
    subject: diskSubject,
    validate: (model, { diskId, sizeBytes }) =>
      firstRefusal(
        decideDiskThere(model, diskId),
        decideFileThere(model, diskId),
        decideUnused(model, diskId, { running: true }),
        decideWithoutSnapshots(model, diskId, 'disk.resize'),
        decideLarger(model, diskId, sizeBytes),
      ),
    auditParams: ({ sizeBytes }) => ({ sizeBytes }),
    plan: (model, { diskId, sizeBytes }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const params = {
        fileName: disk.fileName,
        domain: domain.name,
        gib: Math.round((sizeBytes / 1024 ** 3) * 10) / 10,
      }
      return {
        locks: [domainLock(domain.id), diskLock(diskId)],
        touches: [diskSubject(model, { diskId })],
        steps: [{ action: 'resize', hostId: hostIdOf(model, domain.id), text: { key: 'resizing', params } }],
      }
    },
    afterCrash: 'finish',
    steps: {
      resize: {
        timeoutMs: TIMEOUT_MS,
        run: async ({ input: { diskId, sizeBytes }, model, signal, user }) => {
          const { disk, domain } = requireDisk(model(), diskId)
          const place = work.placeOf(model, domain.id)
          const script = resizeScript(disk.fileName, disk.format, sizeBytes)
          throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal }), 'qemu-img')
          await store.edit(diskId, { virtualBytes: sizeBytes }, { user, base: undefined })
          await projection.refresh(domain.id, { withPool: true })
          return null
        },
        inspect: async ({ input: { diskId, sizeBytes }, model }) => {
          const { disk, domain } = requireDisk(model(), diskId)
          const place = work.placeOf(model, domain.id)
          if (disk.format === 'raw') return disk.virtualBytes === sizeBytes ? 'done' : 'absent'
          const header = readImageHeader(await fetchHead(place, disk.fileName))
          return header.kind === 'image' && header.virtualBytes === sizeBytes ? 'done' : 'absent'
        },
      },
    },
    output: () => ({}),
  }
}

function decideLarger(model: ModelSnapshot, diskId: DiskId, sizeBytes: number): AppError | null {
  const disk = model.disks.get(diskId)
  if (disk === undefined) return null
  const { alias, format, virtualBytes } = disk
  if (format !== 'raw' && format !== 'qcow2') {
    return new AppError('disk.wrong-format', { alias, format, action: 'disk.resize' })
  }
  if (virtualBytes === null || sizeBytes > virtualBytes) return null
  return new AppError('disk.shrink-refused', { alias, sizeBytes, virtualBytes })
}
