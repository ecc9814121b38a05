import { z } from 'zod'
import {
  hostIdSchema,
  hostPoolNameSchema,
  hostPoolSourceSchema,
  hostVolumeFormatSchema,
  hostVolumeNameSchema,
} from '../domain/index.ts'
import { defineCommand } from './define-command.ts'
import { sha256Schema } from './disk-commands.ts'

const theHost = ({ hostId }: { readonly hostId: string }) => [{ kind: 'host', id: hostId }] as const
/** Larger than what any file system takes. */
const LARGEST_BYTES = 2 ** 53 - 1

/** One pool of a host. Those of storage domains are not worked on by these. */
const onePool = z.object({ hostId: hostIdSchema, poolId: z.guid() })
/** Also where machines use it. */
const evenIfUsed = z.boolean().default(false)
const nothing = z.object({})

export const hostPoolCreate = defineCommand({
  name: 'host-pool.create',
  summary:
    'Creates a storage pool of one host’s libvirt (a folder, a file system, a network file system, an LVM volume group, ZFS) and starts it. Nothing is formatted.',
  input: z.object({
    hostId: hostIdSchema,
    name: hostPoolNameSchema,
    source: hostPoolSourceSchema,
    /** With the host. */
    autostart: z.boolean().default(true),
    start: z.boolean().default(true),
  }),
  output: z.object({ poolId: z.string() }),
  permission: 'storage.create',
  kind: 'task',
  objects: theHost,
})

export const hostPoolStart = defineCommand({
  name: 'host-pool.start',
  summary: 'Starts a storage pool of one host’s libvirt.',
  input: onePool,
  output: nothing,
  permission: 'storage.manage',
  kind: 'task',
  objects: theHost,
})

export const hostPoolStop = defineCommand({
  name: 'host-pool.stop',
  summary:
    'Stops a storage pool of one host’s libvirt. What is in it stays. Refused while running machines use its volumes.',
  input: onePool.extend({ evenIfUsed }),
  output: nothing,
  permission: 'storage.manage',
  kind: 'task',
  objects: theHost,
})

export const hostPoolAutostart = defineCommand({
  name: 'host-pool.autostart',
  summary: 'Sets whether a storage pool of one host’s libvirt starts with its host.',
  input: onePool.extend({ enabled: z.boolean() }),
  output: nothing,
  permission: 'storage.manage',
  kind: 'task',
  objects: theHost,
})

export const hostPoolRefresh = defineCommand({
  name: 'host-pool.refresh',
  summary: 'Has one host’s libvirt look again for what is in a storage pool.',
  input: onePool,
  output: nothing,
  permission: 'storage.manage',
  kind: 'task',
  objects: theHost,
})

export const hostPoolRemove = defineCommand({
  name: 'host-pool.remove',
  summary:
    'Stops and forgets a storage pool of one host’s libvirt. What is in it stays. Refused while machines use its volumes.',
  input: onePool.extend({ evenIfUsed }),
  output: nothing,
  permission: 'storage.delete',
  kind: 'task',
  objects: theHost,
})

export const hostVolumeCreate = defineCommand({
  name: 'host-volume.create',
  summary: 'Creates an empty volume in a storage pool of one host’s libvirt.',
  input: onePool.extend({
    name: hostVolumeNameSchema,
    sizeBytes: z.number().int().min(1).max(LARGEST_BYTES),
    /** Default: qcow2 where volumes are files, else raw. */
    format: hostVolumeFormatSchema.optional(),
    /** `thin`: it takes room as it is written. A volume group gives all of it at once. */
    allocation: z.enum(['thin', 'preallocated']).default('thin'),
  }),
  output: z.object({
    /** As machines name it; null where the host does not tell. */
    path: z.string().nullable(),
  }),
  permission: 'disk.create',
  kind: 'task',
  objects: theHost,
})

export const hostVolumeRemove = defineCommand({
  name: 'host-volume.remove',
  summary:
    'Deletes a volume of a storage pool of one host’s libvirt, with what is in it. Refused while a machine or another volume uses it.',
  input: onePool.extend({ name: z.string().min(1).max(1_024) }),
  output: nothing,
  permission: 'disk.delete',
  kind: 'task',
  objects: theHost,
})

export const hostVolumeUpload = defineCommand({
  name: 'host-volume.upload',
  summary:
    'Makes a volume in a storage pool of one host’s libvirt of what a client sends over the socket that disk.transfer-ticket opens. It is written as it is.',
  input: onePool.extend({
    name: hostVolumeNameSchema,
    /** Made by the client, for disk.transfer-ticket. */
    transferId: z.guid(),
    sizeBytes: z.number().int().min(1).max(LARGEST_BYTES),
    /** It is refused when it is another one. */
    sha256: sha256Schema.optional(),
  }),
  output: nothing,
  permission: 'disk.transfer',
  kind: 'task',
  objects: theHost,
})

export const hostVolumeDownload = defineCommand({
  name: 'host-volume.download',
  summary:
    'Gives a volume of a storage pool of one host’s libvirt to a client, over the socket that disk.transfer-ticket opens. Refused while a running machine uses it.',
  input: onePool.extend({ name: z.string().min(1).max(1_024), transferId: z.guid() }),
  output: nothing,
  permission: 'disk.transfer',
  kind: 'task',
  objects: theHost,
})
