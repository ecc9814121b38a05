import type { CommandName } from '../../shared/contract/index.ts'
import type { DiskDefinition, StorageDomainId } from '../../shared/domain/index.ts'
import type { ModelSnapshot, StepContext, StepHandler } from '../engine/index.ts'
import { inspectNothing } from '../engine/index.ts'
import { type DiskWork, newDiskId, partName } from './disk-work.ts'
import { makeFileScript } from './on-host/scripts.ts'
import { aliasOf, diskFileName, withoutPacking } from './rules.ts'
import type { SettledFile } from './settle-file.ts'

/* Steps that commands share which make a new file: until it has its name, it is an unfinished one of its operation. */

/** Makes the operation's unfinished file; undone with all others of the operation. */
export function makePartStep<N extends CommandName>(
  work: DiskWork,
  domainOf: (context: StepContext<N>) => StorageDomainId,
): StepHandler<N> {
  return {
    run: async (context) => {
      const { model, operationId, signal } = context
      await work.run(work.placeOf(model, domainOf(context)), makeFileScript(partName(operationId), 0), signal)
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
  },
): DiskDefinition {
  const id = newDiskId(given.ids)
  const alias = given.alias ?? aliasOf(given.fileName)
  const { format, kind, virtualBytes } = settled
  return {
    id,
    storageDomainId: given.storageDomainId,
    fileName: kind === 'image' ? withoutPacking(given.fileName) : diskFileName(alias, id, format),
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
