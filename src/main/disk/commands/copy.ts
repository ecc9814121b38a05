import { z } from 'zod'
import { type DiskDefinition, diskIdSchema } from '../../../shared/domain/index.ts'
import type { OperationHandler, StepContext } from '../../engine/index.ts'
import { copyStep, decideCopy } from '../copy-file.ts'
import { admitIdle } from '../decide-idle.ts'
import {
  createDiskWork,
  type DiskDependencies,
  diskLock,
  domainLock,
  hostIdOf,
  newDiskId,
  partName,
} from '../disk-work.ts'
import { publishStep } from '../new-file.ts'
import {
  decideUnused,
  diskFileName,
  diskSubject,
  domainSubject,
  firstRefusal,
  requireDisk,
  requireDomain,
} from '../rules.ts'

type Context = StepContext<'disk.copy'>

/** Copies a disk, and compares the two. */
export function createDiskCopy(dependencies: DiskDependencies): OperationHandler<'disk.copy'> {
  const work = createDiskWork(dependencies)
  const domainOf = ({ input }: Context) => input.storageDomainId
  return {
    name: 'disk.copy',
    ids: ['diskId'],
    subject: diskSubject,
    ...admitIdle,
    validate: (model, { diskId, storageDomainId }) =>
      firstRefusal(decideCopy(model, diskId, storageDomainId), decideUnused(model, diskId, { running: true })),
    plan: (model, { diskId, storageDomainId }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const target = requireDomain(model, storageDomainId)
      const hostId = hostIdOf(model, storageDomainId)
      const params = { fileName: disk.fileName, domain: target.name }
      const locks = [...new Set([domain.id, storageDomainId])].map(domainLock)
      return {
        locks: [...locks, diskLock(diskId)],
        touches: [diskSubject(model, { diskId }), domainSubject(model, { storageDomainId })],
        steps: [
          { action: 'copy', hostId, text: { key: 'copying', params }, weight: 20, cancellable: true },
          { action: 'publish', hostId, text: { key: 'publishing', params } },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      copy: copyStep(work, domainOf),
      publish: publishStep(work, domainOf, (context) => ({
        part: partName(context.operationId),
        definition: definitionOf(context),
      })),
    },
    output: ({ results }) => z.object({ diskId: diskIdSchema }).parse(results.publish),
  }

  function definitionOf({ input, model, ids }: Context): DiskDefinition {
    const { disk } = requireDisk(model(), input.diskId)
    const id = newDiskId(ids)
    const alias = input.alias ?? disk.alias
    const { description, kind, format, virtualBytes, shareable, readOnly, discard } = disk
    const described = { alias, description, kind, format, virtualBytes, shareable, readOnly, discard, revision: 1 }
    return { id, storageDomainId: input.storageDomainId, fileName: diskFileName(alias, id, format), ...described }
  }
}
