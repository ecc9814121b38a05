import type { DiskId, StorageDomainId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot, StepContext, StepHandler } from '../engine/index.ts'
import { type DiskWork, partName, throwUnlessDone } from './disk-work.ts'
import { runLong } from './on-host/run-long.ts'
import { convertFromScript, copyScript } from './on-host/scripts.ts'
import {
  decideDiskThere,
  decideDomainTakes,
  decideFileThere,
  decideInFolder,
  firstRefusal,
  requireDisk,
} from './rules.ts'

const DAY_MS = 24 * 60 * 60_000

/** May a disk be copied there? Pure. */
export function decideCopy(model: ModelSnapshot, diskId: DiskId, storageDomainId: StorageDomainId): AppError | null {
  return firstRefusal(
    decideDiskThere(model, diskId),
    decideFileThere(model, diskId),
    decideDomainTakes(model, storageDomainId, model.disks.get(diskId)?.allocatedBytes ?? 0),
    decideFits(model, diskId, storageDomainId),
    decideInFolder(model, storageDomainId, 'disk.copy'),
    decideInFolder(model, model.disks.get(diskId)?.storageDomainId, 'disk.copy'),
  )
}

function decideFits(model: ModelSnapshot, diskId: DiskId, storageDomainId: StorageDomainId): AppError | null {
  const target = model.storageDomains.get(storageDomainId)
  const disk = model.disks.get(diskId)
  const domain = disk === undefined ? undefined : model.storageDomains.get(disk.storageDomainId)
  if (target === undefined || disk === undefined || domain === undefined) return null
  if (target.datacenterId !== domain.datacenterId) {
    return new AppError('disk.other-datacenter', { name: domain.name, otherName: target.name })
  }
  if (disk.kind === 'disk' && target.type !== 'data') {
    return new AppError('disk.domain-type', { name: target.name, type: target.type })
  }
  // A layer without what it lies on would be a broken disk.
  if (disk.backingPath !== null) {
    return new AppError('disk.wrong-format', { alias: disk.alias, format: disk.format, action: 'disk.copy' })
  }
  return null
}

/** Copies the disk's file into an unfinished one, and compares the two. A host of the target that has the source too does it. */
export function copyStep<N extends 'disk.copy' | 'disk.move'>(
  work: DiskWork,
  domainOf: (context: StepContext<N>) => StorageDomainId,
  /** What it becomes on its way; undefined: what it is. */
  formatOf: (context: StepContext<N>) => string | undefined = () => undefined,
): StepHandler<N> {
  return {
    timeoutMs: DAY_MS,
    run: async (context) => {
      const { input, model, operationId, signal, say, progress } = context
      const { disk, domain } = requireDisk(model(), input.diskId)
      const place = work.placeOf(model, domainOf(context))
      const source = { folder: domain.targetPath, name: disk.fileName }
      try {
        const format = formatOf(context)
        const isConverted = format !== undefined && format !== disk.format
        const script = isConverted
          ? convertFromScript(source, disk.format, { name: partName(operationId), format })
          : copyScript(source, partName(operationId))
        const onOutput = (text: string) => {
          if (text.includes('@copied')) say('comparing', { fileName: disk.fileName })
        }
        const tool = isConverted ? 'qemu-img' : 'cp'
        throwUnlessDone(
          place,
          await runLong(place.host, place.folder, script, { signal, onOutput, report: progress }),
          tool,
        )
      } catch (error) {
        await work.removeParts(model, domainOf(context), operationId)
        throw error
      }
      return null
    },
    undo: (context) => work.removeParts(context.model, domainOf(context), context.operationId),
    // One that was cut is not whole, and nobody can say whether it is: it is made anew.
    inspect: async (context) => {
      await work.removeParts(context.model, domainOf(context), context.operationId)
      return 'absent'
    },
  }
}
