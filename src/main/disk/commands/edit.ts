import { inspectNothing, type OperationHandler } from '../../engine/index.ts'
import { type DiskDependencies, diskLock, domainLock } from '../disk-work.ts'
import { decideDiskThere, decideNoBase, diskSubject, firstRefusal, requireDisk } from '../rules.ts'

/** Changes what is kept of a disk. Its domain is told of it as of every change. */
export function createDiskEdit({ store }: Pick<DiskDependencies, 'store'>): OperationHandler<'disk.edit'> {
  return {
    name: 'disk.edit',
    subject: diskSubject,
    validate: (model, { diskId, readOnly, shareable }) =>
      firstRefusal(
        decideDiskThere(model, diskId),
        // To be written is what a base must not be.
        readOnly === false || shareable === true ? decideNoBase(model, diskId, 'disk.edit') : null,
      ),
    plan: (model, { diskId }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const params = { fileName: disk.fileName, domain: domain.name }
      return {
        locks: [domainLock(domain.id), diskLock(diskId)],
        touches: [diskSubject(model, { diskId })],
        steps: [{ action: 'store', text: { key: 'storing-disk', params } }],
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
    },
    output: () => ({}),
  }
}
