import { z } from 'zod'
import {
  backupIdSchema,
  backupKindSchema,
  backupReasonSchema,
  storageDomainIdSchema,
  vmIdSchema,
  vmNameSchema,
} from '../domain/index.ts'
import { defineCommand, theSystem } from './define-command.ts'

/** More than these are kept by hand. */
const KEEP_LIMIT = 1_000

export const backupCreate = defineCommand({
  name: 'backup.create',
  summary: 'Backs up a VM’s disks and definition into a storage domain, running or not.',
  input: z.object({
    vmId: vmIdSchema,
    storageDomainId: storageDomainIdSchema,
    /** `auto`: incremental where that is possible. */
    kind: z.enum(['auto', ...backupKindSchema.options]).default('auto'),
    /** Of a VM that runs with qcow2 disks: libvirt keeps account of what changes, and takes no snapshots meanwhile. */
    checkpoint: z.boolean().default(true),
    description: z.string().trim().max(500).default(''),
    /** So many of this VM's backups in this domain are kept at least; older ones, with all that lies on them, are removed. */
    keep: z.number().int().min(1).max(KEEP_LIMIT).optional(),
  }),
  output: z.object({
    backupId: backupIdSchema,
    kind: backupKindSchema.optional(),
    /** Why it is full. */
    reason: backupReasonSchema.nullable().optional(),
  }),
  permission: 'vm.backup',
  kind: 'task',
  objects: ({ vmId, storageDomainId }) => [
    { kind: 'vm', id: vmId },
    { kind: 'storage-domain', id: storageDomainId },
  ],
})

export const backupRestore = defineCommand({
  name: 'backup.restore',
  summary: 'Makes a new VM of a backup, or puts its VM, which is off, back to it.',
  input: z.object({
    backupId: backupIdSchema,
    /** The VM that is put back: the one that it was taken of. Left out: a new one is made. */
    vmId: vmIdSchema.optional(),
    /** Of the new one. Default: as it was called, which must be free. */
    name: vmNameSchema.optional(),
    /** Where the disks of the new one go. Default: where the backup is. */
    storageDomainId: storageDomainIdSchema.optional(),
  }),
  output: z.object({ vmId: vmIdSchema }),
  permission: 'vm.backup',
  kind: 'task',
  objects: ({ vmId, storageDomainId }) => {
    const named = [
      ...(vmId === undefined ? [] : [{ kind: 'vm' as const, id: vmId }]),
      ...(storageDomainId === undefined ? [] : [{ kind: 'storage-domain' as const, id: storageDomainId }]),
    ]
    return named.length === 0 ? [theSystem] : named
  },
})

export const backupRemove = defineCommand({
  name: 'backup.remove',
  summary: 'Removes a backup for good.',
  input: z.object({
    backupId: backupIdSchema,
    /** With the incremental ones that lie on it. */
    withIncrements: z.boolean().default(false),
  }),
  output: z.object({}),
  permission: 'vm.backup',
  kind: 'task',
  objects: () => [theSystem],
})
