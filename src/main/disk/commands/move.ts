import { z } from 'zod'
import { type DiskDefinition, diskIdSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { copyStep, decideCopy } from '../copy-file.ts'
import { createDiskWork, type DiskDependencies, diskLock, domainLock, hostIdOf, partName } from '../disk-work.ts'
import { removeFileScript } from '../on-host/scripts.ts'
import {
  decideFileFree,
  decideUnused,
  diskSubject,
  domainSubject,
  firstRefusal,
  requireDisk,
  requireDomain,
} from '../rules.ts'
import { stepPlaceSchema } from '../step-place.ts'

type Context = StepContext<'disk.move'>

/** Moves a disk: copied and compared, then known at its new place, then removed from the old one. */
export function createDiskMove(dependencies: DiskDependencies): OperationHandler<'disk.move'> {
  const { store, projection, onRemoved } = dependencies
  const work = createDiskWork(dependencies)
  return {
    name: 'disk.move',
    subject: diskSubject,
    validate: (model, { diskId, storageDomainId }) =>
      firstRefusal(
        decideCopy(model, diskId, storageDomainId),
        decideUnused(model, diskId),
        decideElsewhere(model.disks.get(diskId)?.storageDomainId === storageDomainId, model, diskId),
        decideFileFree(model, storageDomainId, model.disks.get(diskId)?.fileName ?? ''),
      ),
    plan: (model, { diskId, storageDomainId }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const target = requireDomain(model, storageDomainId)
      const params = { fileName: disk.fileName, domain: target.name, from: domain.name }
      const data = { storageDomainId: domain.id, fileName: disk.fileName }
      const hostId = hostIdOf(model, storageDomainId)
      return {
        locks: [domainLock(domain.id), domainLock(storageDomainId), diskLock(diskId)],
        touches: [diskSubject(model, { diskId }), domainSubject(model, { storageDomainId })],
        steps: [
          { action: 'copy', hostId, text: { key: 'copying', params }, weight: 20, cancellable: true, data },
          { action: 'publish', hostId, text: { key: 'publishing', params }, data },
          { action: 'remove', hostId: hostIdOf(model, domain.id), text: { key: 'removing-source', params }, data },
        ],
      }
    },
    // What is in doubt is looked at; once it is known at its new place it goes on to the end.
    afterCrash: 'finish',
    steps: {
      copy: copyStep(work, ({ input }: Context) => input.storageDomainId),
      publish: {
        run: async (context) => {
          const { input, model, operationId } = context
          await work.publish(
            work.placeOf(model, input.storageDomainId),
            partName(operationId),
            definitionThere(context),
          )
          return { diskId: input.diskId }
        },
        undo: async (context) => {
          const { input, model, step } = context
          const { storageDomainId, fileName } = stepPlaceSchema.parse(step.data)
          const place = work.placeOf(model, input.storageDomainId)
          await work.run(place, removeFileScript(fileName))
          await onRemoved(input.storageDomainId, input.diskId)
          await store.save({ ...definitionAt(context), storageDomainId })
          await projection.refresh(input.storageDomainId, { withPool: true })
        },
        inspect: (context) =>
          work.inspectPublished(context.model, partName(context.operationId), definitionThere(context)),
      },
      remove: {
        // Once the source may be gone, the copy is the disk: it is never taken back.
        noReturn: true,
        run: async ({ input, model, step }) => {
          const { storageDomainId, fileName } = stepPlaceSchema.parse(step.data)
          const place = work.placeOf(model, storageDomainId)
          await work.run(place, removeFileScript(fileName))
          await onRemoved(storageDomainId, input.diskId)
          await projection.refresh(storageDomainId, { withPool: true })
          return null
        },
        inspect: ({ model, step }) => work.inspectRepeatable(model, stepPlaceSchema.parse(step.data).storageDomainId),
      },
    },
    output: ({ results }) => z.object({ diskId: diskIdSchema }).parse(results.publish),
  }

  function definitionAt({ input, step }: Context): DiskDefinition {
    const record = store.get(input.diskId)
    if (record === undefined) throw new AppError('disk.not-found', { diskId: input.diskId })
    return { ...record, fileName: stepPlaceSchema.parse(step.data).fileName }
  }

  function definitionThere(context: Context): DiskDefinition {
    return { ...definitionAt(context), storageDomainId: context.input.storageDomainId }
  }
}

function decideElsewhere(
  isSame: boolean,
  model: Parameters<typeof requireDisk>[0],
  diskId: Parameters<typeof requireDisk>[1],
): AppError | null {
  if (!isSame) return null
  const { disk, domain } = requireDisk(model, diskId)
  return new AppError('disk.same-domain', { alias: disk.alias, name: domain.name })
}
