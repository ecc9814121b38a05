import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { requireVm } from '../../vm/index.ts'
import { findSnapshot } from '../decide-removal.ts'
import { redefineSnapshot } from '../redefine-snapshot.ts'
import type { SnapshotDependencies, SnapshotWork } from '../snapshot-work.ts'
import { withDescription } from '../snapshot-xml.ts'

/** Changes what is written down of a snapshot. */
export function createSnapshotEdit(
  dependencies: SnapshotDependencies,
  work: SnapshotWork,
): OperationHandler<'vm.snapshot-edit'> {
  const { known } = dependencies
  return {
    name: 'vm.snapshot-edit',
    ...work.base,
    validate: (model, { vmId }) => work.decide(model, vmId, 'snapshot-edit'),
    auditParams: ({ snapshotId }) => ({ snapshot: snapshotId }),
    plan: (model, { vmId, snapshotId }) => {
      const found = findSnapshot(requireVm(model, vmId), work.snapshotsOf(model, vmId), snapshotId)
      if (found instanceof AppError) throw found
      return work.plan(model, vmId, [{ action: 'describe', key: 'snapshot-describing' }])
    },
    afterCrash: 'undo',
    steps: {
      describe: {
        run: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          const { snapshotId, description } = context.input
          await work.doing(context, { vm, link, command: 'vm.snapshot-edit' }, async () => {
            const found = findSnapshot(vm, await known.read(link, vm), snapshotId)
            if (found instanceof AppError) throw found
            await redefineSnapshot(link, vm, found, (xml) => withDescription(xml, description))
          })
          return null
        },
        inspect: async (context) => {
          const { vm, link } = work.vmAndLink(context)
          const found = (await known.read(link, vm)).find(({ name }) => name === context.input.snapshotId)
          return (found?.description ?? '') === context.input.description ? 'done' : 'absent'
        },
      },
    },
    output: () => ({}),
  }
}
