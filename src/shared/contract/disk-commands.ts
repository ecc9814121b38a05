import { z } from 'zod'
import { diskIdSchema, hostIdSchema, storageDomainIdSchema } from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

const theDisk = ({ diskId }: { readonly diskId: string }) => [{ kind: 'disk', id: diskId }] as const
const theDomain = ({ storageDomainId }: { readonly storageDomainId: string }) =>
  [{ kind: 'storage-domain', id: storageDomainId }] as const
const theDiskAndDomain = (input: { readonly diskId: string; readonly storageDomainId: string }) => [
  ...theDisk(input),
  ...theDomain(input),
]

/** A file directly in a domain's folder: no path, not hidden. */
export const diskFileNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^./\\\p{C}][^/\\\p{C}]*$/u, 'a name without folders that does not begin with a dot')
const aliasSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^\P{C}+$/u, 'no control characters')
const sizeSchema = z.number().int().positive().max(Number.MAX_SAFE_INTEGER)
export const sha256Schema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[0-9a-f]{64}$/, 'SHA-256 in 64 hexadecimal digits')
const createdSchema = z.object({ diskId: diskIdSchema })
const diskInput = z.object({ diskId: diskIdSchema })

export const diskTransferTicket = defineCommand({
  name: 'disk.transfer-ticket',
  summary:
    'Makes a ticket for the socket that the bytes of an upload or download go over: single use, valid 30 s. Asked for again after each interruption.',
  input: z.object({
    transferId: z.guid(),
    /** What the transfer is about: the domain that is uploaded into, the disk that is downloaded, or the host that a volume is on. */
    object: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('storage-domain'), id: storageDomainIdSchema }),
      z.object({ kind: z.literal('disk'), id: diskIdSchema }),
      z.object({ kind: z.literal('host'), id: hostIdSchema }),
    ]),
  }),
  output: z.object({
    ticket: z.string(),
    /** `/transfer/<ticket>`: a WebSocket with binary messages; see `src/shared/transfer`. */
    path: z.string(),
    expiresAt: z.number(),
  }),
  permission: 'disk.transfer',
  kind: 'instant',
  objects: ({ object }) => [object],
  stores: false,
})

export const diskUpload = defineCommand({
  name: 'disk.upload',
  summary:
    'Takes a disk image or an installation medium from a client, over the socket that disk.transfer-ticket opens. What is packed is unpacked, what has another format converted.',
  input: z.object({
    storageDomainId: storageDomainIdSchema,
    /** Made by the client, for disk.transfer-ticket. */
    transferId: z.guid(),
    /** As it is called where it comes from. */
    fileName: diskFileNameSchema,
    /** Of the file as it is sent. */
    sizeBytes: sizeSchema,
    /** Of the file as it is sent: it is refused when it is another one. */
    sha256: sha256Schema.optional(),
    /** Default: its name without its ending. */
    alias: aliasSchema.optional(),
  }),
  output: createdSchema,
  permission: 'disk.transfer',
  kind: 'task',
  objects: theDomain,
})

export const diskDownload = defineCommand({
  name: 'disk.download',
  summary: 'Gives a disk or an image to a client, over the socket that disk.transfer-ticket opens.',
  input: diskInput.extend({ transferId: z.guid() }),
  output: z.object({}),
  permission: 'disk.transfer',
  kind: 'task',
  objects: theDisk,
})

export const diskUploadUrl = defineCommand({
  name: 'disk.upload-url',
  summary: 'Has a host fetch a disk image or an installation medium from a web server.',
  input: z.object({
    storageDomainId: storageDomainIdSchema,
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .regex(/^[\x21-\x7e]+$/, 'no spaces'),
    /** Also over http, which nobody has signed. */
    allowHttp: z.boolean().default(false),
    /** Default: the last part of the address. */
    fileName: diskFileNameSchema.optional(),
    sha256: sha256Schema.optional(),
    alias: aliasSchema.optional(),
    /** It is given up when it has more. */
    limitBytes: sizeSchema.default(256 * 1024 ** 3),
  }),
  output: createdSchema,
  permission: 'disk.transfer',
  kind: 'task',
  objects: theDomain,
})

export const diskCreate = defineCommand({
  name: 'disk.create',
  summary: 'Creates an empty disk in a data domain.',
  input: z.object({
    storageDomainId: storageDomainIdSchema,
    alias: aliasSchema,
    description: z.string().trim().max(500).default(''),
    sizeBytes: sizeSchema.multipleOf(512),
    format: z.enum(['qcow2', 'raw']).default('qcow2'),
    /** `thin`: takes space as it is written; `preallocated`: has its space from the start. */
    allocation: z.enum(['thin', 'preallocated']).default('thin'),
    shareable: z.boolean().default(false),
    readOnly: z.boolean().default(false),
    discard: z.boolean().default(true),
  }),
  output: createdSchema,
  permission: 'disk.create',
  kind: 'task',
  objects: theDomain,
})

export const diskEdit = defineCommand({
  name: 'disk.edit',
  summary: 'Changes what a disk is called and how machines get it. Machines that have it keep it as they have it.',
  input: diskInput.extend({
    /** On which the edit was begun; without it whatever is there is changed. */
    revision: z.number().int().optional(),
    alias: aliasSchema.optional(),
    description: z.string().trim().max(500).optional(),
    shareable: z.boolean().optional(),
    readOnly: z.boolean().optional(),
    discard: z.boolean().optional(),
  }),
  output: z.object({}),
  permission: 'disk.edit',
  kind: 'task',
  objects: theDisk,
})

export const diskResize = defineCommand({
  name: 'disk.resize',
  summary: 'Makes a disk larger that no running machine uses. Never smaller: what lies at its end would be lost.',
  input: diskInput.extend({ sizeBytes: sizeSchema.multipleOf(512) }),
  output: z.object({}),
  permission: 'disk.edit',
  kind: 'task',
  objects: theDisk,
})

export const diskCopy = defineCommand({
  name: 'disk.copy',
  summary: 'Copies a disk that no running machine writes, within its domain or to another one of its datacenter.',
  input: diskInput.extend({ storageDomainId: storageDomainIdSchema, alias: aliasSchema.optional() }),
  output: createdSchema,
  permission: 'disk.create',
  kind: 'task',
  objects: theDiskAndDomain,
})

export const diskMove = defineCommand({
  name: 'disk.move',
  summary: 'Moves a disk to another domain of its datacenter, also while its machine runs.',
  input: diskInput.extend({
    storageDomainId: storageDomainIdSchema,
    /** What it becomes on the way. Default: what it is. */
    format: z.enum(['raw', 'qcow2']).optional(),
    /** Of a machine that runs: no faster than this. */
    maxMiBPerSecond: z.number().int().positive().max(1_000_000).optional(),
  }),
  output: createdSchema,
  permission: 'disk.edit',
  kind: 'task',
  objects: theDiskAndDomain,
})

export const diskSparsify = defineCommand({
  name: 'disk.sparsify',
  summary: 'Gives back the space of a raw disk’s zeros, while no running machine uses it.',
  input: diskInput,
  output: z.object({}),
  permission: 'disk.edit',
  kind: 'task',
  objects: theDisk,
})

export const diskRemove = defineCommand({
  name: 'disk.remove',
  summary: 'Removes a disk or an image with what is on it. Refused while a machine uses it.',
  input: diskInput,
  output: z.object({}),
  permission: 'disk.delete',
  kind: 'task',
  objects: theDisk,
})

export const diskAdopt = defineCommand({
  name: 'disk.adopt',
  summary: 'Registers a disk or an image that was found in a domain.',
  input: z.object({
    storageDomainId: storageDomainIdSchema,
    fileName: diskFileNameSchema,
    alias: aliasSchema.optional(),
  }),
  output: createdSchema,
  permission: 'disk.create',
  kind: 'task',
  objects: theDomain,
})
