import { z } from 'zod'
import { diskDefinitionSchema, diskIdSchema, type StorageDomainId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { inspectNothing, type ModelSnapshot, type OperationHandler } from '../../engine/index.ts'
import { decideFileIdle } from '../decide-idle.ts'
import { createDiskWork, type DiskDependencies, domainLock, hostIdOf, newDiskId } from '../disk-work.ts'
import { lookAtFile } from '../look-at-file.ts'
import { describeFound } from '../register-found.ts'
import { decideDomainUsable, decideInFolder, domainSubject, firstRefusal, requireDomain } from '../rules.ts'

/** Registers a file that lies in a domain, once it was looked at what it is: it may come from anywhere. */
export function createDiskAdopt(dependencies: DiskDependencies): OperationHandler<'disk.adopt'> {
  const { store, projection, contents } = dependencies
  const work = createDiskWork(dependencies)
  return {
    name: 'disk.adopt',
    ids: ['diskId'],
    subject: domainSubject,
    admit: async (_identity, { storageDomainId, fileName }, model) => decideFileIdle(model, storageDomainId, fileName),
    validate: (model, { storageDomainId, fileName }) =>
      firstRefusal(
        decideDomainUsable(model, storageDomainId),
        decideInFolder(model, storageDomainId, 'disk.adopt'),
        decideFound(model, storageDomainId, fileName),
      ),
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
        run: async ({ input: { storageDomainId, fileName, alias }, ids, model, signal }) => {
          const place = work.placeOf(model, storageDomainId)
          const seen = await lookAtFile(place, fileName, model(), signal)
          const found = { storageDomainId, fileName, seen, alias, newId: newDiskId(ids) }
          return describeFound(found, { contents, store, signal })
        },
      },
      register: {
        inspect: inspectNothing,
        run: async ({ input: { storageDomainId }, results }) => {
          const disk = diskDefinitionSchema.parse(results.look)
          await store.save(disk)
          await projection.refresh(storageDomainId)
          return { diskId: disk.id }
        },
        undo: async ({ results }) => store.remove(diskDefinitionSchema.parse(results.look).id),
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
