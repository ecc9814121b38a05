import { z } from 'zod'
import { datacenterIdSchema, hostIdSchema, storageDomainIdSchema } from './ids.ts'
import { chapUserSchema, iscsiTargetSchema, lunIdSchema } from './lun.ts'
import { problemSchema, wireErrorSchema } from './problem.ts'

/** `data`: disks and the definitions of machines; `iso`: installation media; `export`: archives, for moving and backup. */
export const storageDomainTypeSchema = z.enum(['data', 'iso', 'export'])
export type StorageDomainType = z.infer<typeof storageDomainTypeSchema>

/** An absolute path on a host. */
const pathSchema = z.string().trim().min(1).max(4_096)
const mountOptionsSchema = z
  .string()
  .trim()
  .max(1_024)
  .regex(/^[\w=.,:/@+-]*$/, 'letters, digits and = . , : / @ + - only')

/** `auto`: 4.2, else 4.1. */
export const nfsVersionSchema = z.enum(['auto', '4.2', '4.1', '3'])

const lunIdsSchema = z.array(lunIdSchema).min(1).max(64)

/** Where a storage domain lies, the same on every host. */
export const domainStorageSchema = z.discriminatedUnion('kind', [
  /** A file system that all hosts have: without `source` mounted by their own means, with it mounted there by libvirt. */
  z.object({
    kind: z.literal('posix'),
    path: pathSchema,
    source: z.string().trim().min(1).max(1_024).optional(),
    fileSystem: z.enum(['glusterfs', 'cifs']).optional(),
    mountOptions: mountOptionsSchema.optional(),
  }),
  z.object({
    kind: z.literal('nfs'),
    server: z
      .string()
      .trim()
      .min(1)
      .max(255)
      .regex(/^[\w.:-]+$/, 'a name or an address'),
    export: pathSchema,
    version: nfsVersionSchema.default('auto'),
    mountOptions: mountOptionsSchema.optional(),
  }),
  /** A folder of the only host of a local datacenter. */
  z.object({ kind: z.literal('local'), path: pathSchema }),
  /** A volume group on LUNs of iSCSI targets that each host logs in to. */
  z.object({
    kind: z.literal('iscsi'),
    targets: z.array(iscsiTargetSchema).min(1).max(16),
    chapUser: chapUserSchema.optional(),
    lunIds: lunIdsSchema,
  }),
  /** A volume group on LUNs that the hosts see by themselves: Fibre Channel, SAS, or iSCSI that somebody else logs in to. */
  z.object({ kind: z.literal('fc'), lunIds: lunIdsSchema }),
])
export type DomainStorage = z.infer<typeof domainStorageSchema>
export type BlockStorage = Extract<DomainStorage, { kind: 'iscsi' | 'fc' }>
export type FileStorage = Exclude<DomainStorage, BlockStorage>

/** Does the domain lie on LUNs, as a volume group of LVM, and not in a folder? */
export function isBlockStorage(storage: DomainStorage): storage is BlockStorage {
  return storage.kind === 'iscsi' || storage.kind === 'fc'
}

/** Is it the path of a disk of such a domain? There only while the volume is active on that host. */
export function isVolumeOnLuns(path: string): boolean {
  return path.startsWith('/dev/virtdeck-')
}

export type DomainStorageInput = z.input<typeof domainStorageSchema>

/** oVirt's statuses of a storage domain. Computed of what is wished, what is at work and what each host sees; never stored. */
export const storageDomainStatusSchema = z.enum([
  'unattached',
  'locked',
  'maintenance',
  'preparing-for-maintenance',
  'activating',
  'active',
  'inactive',
  'detaching',
  'unknown',
])
export type StorageDomainStatus = z.infer<typeof storageDomainStatusSchema>

/** How the domain is mounted on a host, as the host's kernel says. */
export const mountedAsSchema = z.object({
  /** Of NFS: "4.2". */
  version: z.string().nullable(),
  options: z.string(),
})
export type MountedAs = z.infer<typeof mountedAsSchema>

/** How one host of the datacenter stands to the domain. */
export const storageConnectionSchema = z.object({
  hostId: hostIdSchema,
  status: z.enum(['connected', 'connecting', 'failed', 'disconnected']),
  /** Why it failed. */
  error: wireErrorSchema.nullable(),
  since: z.number(),
  mounted: mountedAsSchema.nullable(),
})
export type StorageConnection = z.infer<typeof storageConnectionSchema>

/**
 * Whether QEMU's lock of an image, taken through one host, was refused through another. `exclusive-and-fencing`: the server also
 * takes the lock from a host that is cut off for longer than the lease, and refuses its writes from then on.
 */
export const lockProofSchema = z.object({
  verdict: z.enum(['unproved', 'none', 'exclusive', 'exclusive-and-fencing']),
  leaseSeconds: z.number().nullable(),
  provedAt: z.number().nullable(),
})
export type LockProof = z.infer<typeof lockProofSchema>

/** Who may write the domain's own files: the engine that holds its lock. `free`: nobody does. */
export const domainOwnerSchema = z.object({
  status: z.enum(['ours', 'foreign', 'free', 'unknown']),
  engine: z.object({ id: z.string(), name: z.string() }).nullable(),
})
export type DomainOwner = z.infer<typeof domainOwnerSchema>

/** A storage domain as the inventory keeps it. */
export const storageDomainDefinitionSchema = z.object({
  id: storageDomainIdSchema,
  /** Null: attached to none. */
  datacenterId: datacenterIdSchema.nullable(),
  /** Unique in the inventory, whatever its case. */
  name: z.string(),
  description: z.string(),
  type: storageDomainTypeSchema,
  storage: domainStorageSchema,
  /** Name of its storage pool, and where that lies: the same on every host. */
  poolName: z.string(),
  targetPath: z.string(),
  isMaster: z.boolean(),
  /** Counted up each time another domain of the datacenter becomes master. */
  masterVersion: z.number().int(),
  /** Less free space than this is warned of. */
  warningFreePercent: z.number().int(),
  /** With less free space than this, no disk is created here. */
  criticalFreeBytes: z.number(),
  locks: lockProofSchema,
  /** Counted up by each edit: an edit says on which one it was begun. */
  revision: z.number().int(),
})
export type StorageDomainDefinition = z.infer<typeof storageDomainDefinitionSchema>

export const storageDomainSchema = storageDomainDefinitionSchema.extend({
  status: storageDomainStatusSchema,
  statusSince: z.number(),
  /** Of the hosts of its datacenter that are in use. */
  connections: z.array(storageConnectionSchema),
  capacityBytes: z.number().nullable(),
  allocationBytes: z.number().nullable(),
  availableBytes: z.number().nullable(),
  /** Sum of the sizes that its disks show to machines; more than the capacity: over-allocated. Null: not known. */
  provisionedBytes: z.number().nullable(),
  /** When a host last told its sizes. */
  asOf: z.number().nullable(),
  /** True while nobody can say whether the values still hold. */
  stale: z.boolean(),
  owner: domainOwnerSchema,
  diskCount: z.number().int(),
  /** Worst first. */
  problems: z.array(problemSchema),
})
export type StorageDomain = z.infer<typeof storageDomainSchema>
