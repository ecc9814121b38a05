import { z } from 'zod'
import { diskIdSchema, storageDomainIdSchema, vmIdSchema } from './ids.ts'

/** Told by the file's header, never by its name. */
export const diskFormatSchema = z.enum(['raw', 'qcow2', 'iso', 'vmdk', 'vhdx', 'vpc', 'unknown'])
export type DiskFormat = z.infer<typeof diskFormatSchema>

/** A disk as the inventory keeps it: one that was made, uploaded or adopted. */
export const diskDefinitionSchema = z.object({
  id: diskIdSchema,
  storageDomainId: storageDomainIdSchema,
  /** Its place in the domain, without folders. */
  fileName: z.string(),
  alias: z.string(),
  description: z.string(),
  kind: z.enum(['disk', 'image', 'other']),
  format: diskFormatSchema,
  virtualBytes: z.number().nullable(),
  /** Several machines may write it at once. */
  shareable: z.boolean(),
  readOnly: z.boolean(),
  /** Space that the guest frees is given back. */
  discard: z.boolean(),
  /** Counted up by each edit. */
  revision: z.number().int(),
})
export type DiskDefinition = z.infer<typeof diskDefinitionSchema>

export const diskSchema = diskDefinitionSchema.extend({
  /** What lists call it: its alias, else its file’s name. */
  name: z.string(),
  /** Where it is on every host. */
  path: z.string(),
  /** False: found in the domain, and known to nobody. */
  registered: z.boolean(),
  allocatedBytes: z.number().nullable(),
  /** Of a layer: what it lies on. */
  backingPath: z.string().nullable(),
  /** `locked`: at work on it; `illegal`: it is not there, or not what it was. */
  status: z.enum(['ok', 'locked', 'illegal']),
  usedBy: z.array(z.object({ vmId: vmIdSchema, name: z.string(), running: z.boolean() })),
  /** The label of an installation medium. */
  volumeId: z.string().nullable(),
  /** When a host last told of it. */
  asOf: z.number().nullable(),
})
export type Disk = z.infer<typeof diskSchema>
