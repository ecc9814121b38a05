import type { CommandName } from '../../shared/contract/index.ts'
import type { DiskDefinition, DomainStorage, StorageDomainId } from '../../shared/domain/index.ts'
import type { ModelSnapshot, StepContext, StepHandler } from '../engine/index.ts'
import { inspectNothing } from '../engine/index.ts'
import { type DiskWork, newDiskId, partName, throwUnlessDone } from './disk-work.ts'
import { runLong } from './on-host/run-long.ts'
import { aliasOf, nameOfDisk, withoutPacking } from './rules.ts'
import type { SettledFile } from './settle-file.ts'

/** Of several calls of LVM on a busy host, where it is a volume. */
const PUBLISH_TIMEOUT_MS = 10 * 60_000
const MAKE_TIMEOUT_MS = 60 * 60_000

/* Steps that commands share which make a new file: until it has its name, it is an unfinished one of its operation. */

/** Makes the operation's unfinished file; undone with all others of the operation. */
export function makePartStep<N extends CommandName>(
  work: DiskWork,
  domainOf: (context: StepContext<N>) => StorageDomainId,
  sizeOf: (context: StepContext<N>) => number = () => 0,
): StepHandler<N> {
  return {
    timeoutMs: MAKE_TIMEOUT_MS,
    run: async (context) => {
      const { model, operationId, signal } = context
      const place = work.placeOf(model, domainOf(context))
      const script = place.files.make(partName(operationId), sizeOf(context))
      // A volume is filled with zeros, by the storage itself where it can.
      throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal }), 'blkdiscard')
      return null
    },
    undo: (context) => work.removeParts(context.model, domainOf(context), context.operationId),
    inspect: (context) => work.inspectFile(context.model, domainOf(context), partName(context.operationId)),
  }
}

/** A step that only writes what `makePartStep` undoes. */
export const inPart = { inspect: inspectNothing } as const

/** Gives the file its name and registers the disk; undone by removing both. */
export function publishStep<N extends CommandName>(
  work: DiskWork,
  domainOf: (context: StepContext<N>) => StorageDomainId,
  finishedOf: (context: StepContext<N>) => { readonly part: string; readonly definition: DiskDefinition },
): StepHandler<N> {
  return {
    timeoutMs: PUBLISH_TIMEOUT_MS,
    run: async (context) => {
      const place = work.placeOf(context.model, domainOf(context))
      const { part, definition } = finishedOf(context)
      await work.publish(place, part, definition)
      await work.removeParts(context.model, domainOf(context), context.operationId)
      return { diskId: definition.id, fileName: definition.fileName }
    },
    undo: async (context) => {
      const { definition } = finishedOf(context)
      await work.remove(work.placeOf(context.model, domainOf(context)), definition)
    },
    inspect: async (context) => {
      const { part, definition } = finishedOf(context)
      const inspection = await work.inspectPublished(context.model, part, definition)
      // What it was made of may still be there.
      if (inspection === 'done') await work.removeParts(context.model, domainOf(context), context.operationId)
      return inspection
    },
  }
}

/** What an image that came from outside is called and kept as. Pure. */
export function describeArrived(
  settled: SettledFile,
  given: {
    readonly storageDomainId: StorageDomainId
    readonly fileName: string
    readonly alias?: string | undefined
    readonly ids: Readonly<Record<string, string>>
    readonly storage: DomainStorage
  },
): DiskDefinition {
  const id = newDiskId(given.ids)
  const alias = given.alias ?? aliasOf(given.fileName)
  const { format, kind, virtualBytes } = settled
  return {
    id,
    storageDomainId: given.storageDomainId,
    fileName: kind === 'image' ? withoutPacking(given.fileName) : nameOfDisk(given.storage, alias, id, format),
    alias,
    description: '',
    kind,
    format,
    virtualBytes,
    shareable: false,
    readOnly: kind === 'image',
    discard: kind === 'disk',
    revision: 1,
  }
}

/** The name of a domain, for the texts of steps. */
export function domainName(model: ModelSnapshot, storageDomainId: StorageDomainId): string {
  return model.storageDomains.get(storageDomainId)?.name ?? storageDomainId
}
