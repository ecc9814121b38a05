import { z } from 'zod'
import { storageDomainIdSchema, vmIdSchema, vmNameSchema } from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

export const vmClone = defineCommand({
  name: 'vm.clone',
  summary:
    'Makes another VM like one that is down, or like one as it was at a snapshot: its own name, UUID, MAC addresses and disks.',
  input: z.object({
    vmId: vmIdSchema,
    name: vmNameSchema,
    /** As it was then; the only way while it runs. */
    snapshotId: z.string().min(1).max(4_096).optional(),
    /** Layers on the disks of a snapshot, which stay as they are; else copies that lie on nothing. */
    thin: z.boolean().default(false),
    /** Where the copies go; default: each beside its original. */
    storageDomainId: storageDomainIdSchema.optional(),
  }),
  output: z.object({ vmId: vmIdSchema }),
  permission: 'vm.create',
  kind: 'task',
  objects: ({ vmId }) => [{ kind: 'vm', id: vmId }],
})
