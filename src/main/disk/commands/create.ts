import { z } from 'zod'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import {
  type DiskDefinition,
  type DomainStorage,
  diskIdSchema,
  isBlockStorage,
  type StorageDomainId,
} from '../../../shared/domain/index.ts'
import type { ModelSnapshot, OperationHandler, StepContext } from '../../engine/index.ts'
import {
  createDiskWork,
  type DiskDependencies,
  domainLock,
  hostIdOf,
  newDiskId,
  partName,
  throwUnlessDone,
} from '../disk-work.ts'
import { domainName, publishStep } from '../new-file.ts'
import { runLong } from '../on-host/run-long.ts'
import {
  decideDataDomain,
  decideDomainTakes,
  domainSubject,
  firstRefusal,
  nameOfDisk,
  requireDomain,
} from '../rules.ts'

const TIMEOUT_MS = 60 * 60_000

/** Creates an empty disk. Its space is there from the start only where that is asked for. */
export function createDiskCreate(dependencies: DiskDependencies): OperationHandler<'disk.create'> {
  const work = createDiskWork(dependencies)
  const domainOf = ({ input }: StepContext<'disk.create'>) => input.storageDomainId
  return {
    name: 'disk.create',
    ids: ['diskId'],
    subject: domainSubject,
    validate: (model, { storageDomainId, sizeBytes, allocation }) =>
      firstRefusal(
        decideDomainTakes(
          model,
          storageDomainId,
          allocation === 'preallocated' || isOnLuns(model, storageDomainId) ? sizeBytes : 0,
        ),
        decideDataDomain(model, storageDomainId),
      ),
    auditParams: ({ alias, sizeBytes, format, allocation }) => ({ alias, sizeBytes, format, allocation }),
    plan: (model, { storageDomainId, alias }) => {
      const hostId = hostIdOf(model, storageDomainId)
      const params = { fileName: alias, domain: domainName(model, storageDomainId) }
      return {
        locks: [domainLock(storageDomainId)],
        touches: [domainSubject(model, { storageDomainId })],
        steps: [
          { action: 'make', hostId, text: { key: 'making-disk', params }, weight: 5, cancellable: true },
          { action: 'publish', hostId, text: { key: 'publishing', params } },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      make: {
        timeoutMs: TIMEOUT_MS,
        run: async ({ input, model, operationId, signal }) => {
          const place = work.placeOf(model, input.storageDomainId)
          const { format, sizeBytes, allocation } = input
          const disk = { format, sizeBytes, isPreallocated: allocation === 'preallocated' }
          try {
            const script = place.files.create(partName(operationId), disk)
            throwUnlessDone(place, await runLong(place.host, place.folder, script, { signal }), 'qemu-img')
          } catch (error) {
            await work.removeParts(model, input.storageDomainId, operationId)
            throw error
          }
          return null
        },
        undo: (context) => work.removeParts(context.model, domainOf(context), context.operationId),
        inspect: (context) => work.inspectFile(context.model, domainOf(context), partName(context.operationId)),
      },
      publish: publishStep(work, domainOf, ({ input, ids, operationId, model }) => ({
        part: partName(operationId),
        definition: definitionOf(input, ids, requireDomain(model(), input.storageDomainId).storage),
      })),
    },
    output: ({ results }) => z.object({ diskId: diskIdSchema }).parse(results.publish),
  }
}

function definitionOf(
  input: ParsedInput<'disk.create'>,
  ids: Readonly<Record<string, string>>,
  storage: DomainStorage,
): DiskDefinition {
  const { storageDomainId, alias, description, format, sizeBytes, shareable, readOnly, discard } = input
  const id = newDiskId(ids)
  const fileName = nameOfDisk(storage, alias, id, format)
  const flags = { shareable, readOnly, discard }
  return {
    id,
    storageDomainId,
    fileName,
    alias,
    description,
    kind: 'disk',
    format,
    virtualBytes: sizeBytes,
    ...flags,
    revision: 1,
  }
}

/** There a disk has all its space from the start. */
function isOnLuns(model: ModelSnapshot, storageDomainId: StorageDomainId): boolean {
  const domain = model.storageDomains.get(storageDomainId)
  return domain !== undefined && isBlockStorage(domain.storage)
}
