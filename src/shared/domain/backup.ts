import { z } from 'zod'
import { diskFormatSchema } from './disk.ts'
import { storageDomainIdSchema, vmIdSchema } from './ids.ts'

/** Virtdeck's own id of a backup, made when it is taken; its folder in the domain is called so. */
export const backupIdSchema = z.guid().brand<'BackupId'>()
export type BackupId = z.infer<typeof backupIdSchema>

/** `full`: all that the disks hold. `incremental`: what changed since its parent, without which it is nothing. */
export const backupKindSchema = z.enum(['full', 'incremental'])
export type BackupKind = z.infer<typeof backupKindSchema>

/** Why it became full. */
export const backupReasonSchema = z.enum([
  'asked',
  /** There is none before it, or none that kept a checkpoint. */
  'first',
  /** The machine is off: nobody keeps account of what changes. */
  'off',
  /** libvirt keeps no checkpoints of machines with snapshots. */
  'snapshots',
  /** A raw disk has no place for the account of what changed. */
  'format',
  /** The one before it lies in another domain. */
  'elsewhere',
  /** libvirt does not have the checkpoint of the one before it any more. */
  'checkpoint-lost',
  /** The machine has other disks than then, or they have other sizes. */
  'disks-changed',
])
export type BackupReason = z.infer<typeof backupReasonSchema>

/** A disk as a backup has it. */
export const backupDiskSchema = z.object({
  /** "vda", as the definition calls it. */
  target: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\w-]+$/),
  /** What it was. The backup itself is qcow2. */
  format: diskFormatSchema,
  virtualBytes: z.number().nonnegative(),
  /** What the backup takes of it. */
  sizeBytes: z.number().nonnegative(),
})
export type BackupDisk = z.infer<typeof backupDiskSchema>

/** A backup of a VM's disks and definition, in a storage domain, which tells of it itself. */
export const backupSchema = z.object({
  id: backupIdSchema,
  /** What lists call it: its machine's name then. */
  name: z.string(),
  vmId: vmIdSchema,
  storageDomainId: storageDomainIdSchema,
  /** Its folder on every host that has the domain. */
  path: z.string(),
  kind: backupKindSchema,
  parentId: backupIdSchema.nullable(),
  description: z.string(),
  /** Milliseconds since the epoch: when its content was that of the machine. */
  createdAt: z.number(),
  /** The machine ran: its file systems are as after a power cut, unless its agent had settled them. */
  fromRunning: z.boolean(),
  /** What libvirt keeps so that the next one may be incremental. */
  checkpoint: z.string().nullable(),
  disks: z.array(backupDiskSchema).max(256),
  sizeBytes: z.number(),
})
export type Backup = z.infer<typeof backupSchema>
