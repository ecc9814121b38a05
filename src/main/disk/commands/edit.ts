import { inspectNothing, type OperationHandler } from '../../engine/index.ts'
import { createDiskWork, type DiskDependencies, diskLock, domainLock, hostIdOf } from '../disk-work.ts'
import { decideDiskThere, diskSubject, requireDisk } from '../rules.ts'

/** Changes what is kept of a disk, here and in its domain. */
export function createDiskEdit(dependencies: DiskDependencies): OperationHandler<'disk.edit'> {
  const { store } = dependencies
  const work = createDiskWork(dependencies)
  return {
    name: 'disk.edit',
    subject: diskSubject,
    validate: (model, { diskId }) => decideDiskThere(model, diskId),
    plan: (model, { diskId }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const params = { fileName: disk.fileName, domain: domain.name }
      return {
        locks: [domainLock(domain.id), diskLock(diskId)],
        touches: [diskSubject(model, { diskId })],
        steps: [
          { action: 'store', text: { key: 'storing-disk', params } },
          { action: 'describe', hostId: hostIdOf(model, domain.id), text: { key: 'describing-disk', params } },
        ],
      }
    },
    afterCrash: 'finish',
    steps: {
      store: {
        run: async ({ input: { diskId, revision, ...changes }, user }) => {
          await store.edit(diskId, changes, { user, base: revision })
          return null
        },
        // Storing the same again changes nothing.
        inspect: inspectNothing,
      },
      describe: {
        run: async ({ input: { diskId }, model }) => {
          const { domain } = requireDisk(model(), diskId)
          await work.writeMetadata(work.placeOf(model, domain.id), diskId)
          return null
        },
        inspect: inspectNothing,
      },
    },
    output: () => ({}),
  }
}
