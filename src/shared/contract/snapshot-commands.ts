import { z } from 'zod'
import {
  snapshotDescriptionSchema,
  snapshotKindSchema,
  snapshotNameSchema,
  snapshotReasonSchema,
  vmIdSchema,
} from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

const theVm = ({ vmId }: { readonly vmId: string }) => [{ kind: 'vm', id: vmId }] as const
/** The snapshot's name: that of one which others made may be any. */
const snapshotInput = z.object({ vmId: vmIdSchema, snapshotId: z.string().min(1).max(4_096) })

export const vmSnapshotCreate = defineCommand({
  name: 'vm.snapshot-create',
  summary: 'Takes a snapshot of a VM’s disks, and of its memory where asked, running or not.',
  input: z.object({
    vmId: vmIdSchema,
    name: snapshotNameSchema,
    description: snapshotDescriptionSchema.default(''),
    /** Of one that runs: going back to it goes on where it was. */
    memory: z.boolean().default(false),
    /** Has the guest agent settle the file systems, where it is connected and the memory is not taken. */
    quiesce: z.boolean().default(false),
  }),
  output: z.object({
    snapshotId: z.string(),
    kind: snapshotKindSchema.optional(),
    /** Why it is of that kind. */
    reason: snapshotReasonSchema.optional(),
    /** False: the guest was not asked, or its agent is not there. */
    quiesced: z.boolean().optional(),
  }),
  permission: 'vm.snapshot',
  kind: 'task',
  objects: theVm,
})

export const vmSnapshotRevert = defineCommand({
  name: 'vm.snapshot-revert',
  summary: 'Puts a VM back to a snapshot. What it has become since then is lost; snapshots taken since stay.',
  input: snapshotInput.extend({
    /** Start it where the snapshot has no memory to go on from. */
    start: z.boolean().default(false),
  }),
  output: z.object({}),
  permission: 'vm.snapshot',
  kind: 'task',
  objects: theVm,
})

export const vmSnapshotRemove = defineCommand({
  name: 'vm.snapshot-remove',
  summary: 'Removes a snapshot; what its layers hold is merged, so the VM stays as it is now.',
  input: snapshotInput,
  output: z.object({}),
  permission: 'vm.snapshot',
  kind: 'task',
  objects: theVm,
})

export const vmSnapshotEdit = defineCommand({
  name: 'vm.snapshot-edit',
  summary: 'Changes the description of a snapshot.',
  input: snapshotInput.extend({ description: snapshotDescriptionSchema }),
  output: z.object({}),
  permission: 'vm.snapshot',
  kind: 'task',
  objects: theVm,
})
