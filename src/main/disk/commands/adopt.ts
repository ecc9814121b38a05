import { z } from 'zod'
import { diskFormatSchema, diskIdSchema, type StorageDomainId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { inspectNothing, type ModelSnapshot, type OperationHandler } from '../../engine/index.ts'
import { createDiskWork, type DiskDependencies, domainLock, hostIdOf, newDiskId } from '../disk-work.ts'
import { decideImage, readImageHeader } from '../formats/index.ts'
import { fetchHead } from '../on-host/list-files.ts'
import { aliasOf, decideDomainUsable, domainSubject, firstRefusal, requireDomain } from '../rules.ts'

const foundSchema = z.object({
  format: diskFormatSchema,
  kind: z.enum(['disk', 'image']),
  virtualBytes: z.number().nullable(),
})

/** Registers a file that lies in a domain, once it was looked at what it is: it may come from anywhere. */
export function createDiskAdopt(dependencies: DiskDependencies): OperationHandler<'disk.adopt'> {
  const { store, projection } = dependencies
  const work = createDiskWork(dependencies)
  return {
    name: 'disk.adopt',
    ids: ['diskId'],
    subject: domainSubject,
    validate: (model, { storageDomainId, fileName }) =>
      firstRefusal(decideDomainUsable(model, storageDomainId), decideFound(model, storageDomainId, fileName)),
    auditParams: ({ fileName }) => ({ fileName }),
    plan: (model, { storageDomainId, fileName }) => {
      const params = { fileName, domain: requireDomain(model, storageDomainId).name }
      const hostId = hostIdOf(model, storageDomainId)
      return {
        locks: [domainLock(storageDomainId)],
        touches: [domainSubject(model, { storageDomainId })],
        steps: [
          { action: 'look', hostId, text: { key: 'looking-at-file', params } },
          { action: 'register', hostId, text: { key: 'registering', params } },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      look: {
        inspect: inspectNothing,
        run: async ({ input: { storageDomainId, fileName }, model, signal }) => {
          const place = work.placeOf(model, storageDomainId)
          const header = readImageHeader(await fetchHead(place, fileName, signal))
          const disk = model()
            .disks.where('storageDomainId', storageDomainId)
            .find((one) => one.fileName === fileName)
          const fileBytes = disk?.virtualBytes ?? 0
          if (header.kind === 'compressed') {
            throw new AppError('disk.image-unsupported', { fileName, format: header.compression })
          }
          const refusal = decideImage(header, { fileName, fileBytes })
          // A layer on another file of its own domain is what snapshots leave.
          const isOwnLayer =
            disk?.backingPath?.startsWith(`${place.folder}/`) === true && !disk.backingPath.includes('/../')
          if (refusal !== null && !(refusal.code === 'disk.image-refers-elsewhere' && isOwnLayer)) throw refusal
          if (header.kind !== 'image') throw new Error('decideImage let pass what is no image')
          const { format, virtualBytes } = header
          const kind = format === 'iso' || place.domain.type === 'iso' ? 'image' : 'disk'
          return { format, kind, virtualBytes: virtualBytes ?? disk?.virtualBytes ?? null }
        },
      },
      register: {
        inspect: inspectNothing,
        run: async ({ input: { storageDomainId, fileName, alias }, model, ids, results }) => {
          const { format, kind, virtualBytes } = foundSchema.parse(results.look)
          const id = newDiskId(ids)
          const flags = { shareable: false, readOnly: kind === 'image', discard: kind === 'disk', revision: 1 }
          const called = { alias: alias ?? aliasOf(fileName), description: '' }
          await store.save({ id, storageDomainId, fileName, ...called, kind, format, virtualBytes, ...flags })
          await work.writeMetadata(work.placeOf(model, storageDomainId), id)
          await projection.refresh(storageDomainId)
          return { diskId: id }
        },
        undo: async ({ ids }) => store.remove(newDiskId(ids)),
      },
    },
    output: ({ results }) => z.object({ diskId: diskIdSchema }).parse(results.register),
  }
}

function decideFound(model: ModelSnapshot, storageDomainId: StorageDomainId, fileName: string): AppError | null {
  const disk = model.disks.where('storageDomainId', storageDomainId).find((one) => one.fileName === fileName)
  const name = model.storageDomains.get(storageDomainId)?.name ?? ''
  if (disk === undefined) return new AppError('disk.file-missing', { fileName, name })
  return disk.registered ? new AppError('disk.registered-already', { fileName, alias: disk.alias }) : null
}
