import { z } from 'zod'
import {
  chapPasswordSchema,
  chapUserSchema,
  clusterIdSchema,
  datacenterIdSchema,
  diskIdSchema,
  domainStorageSchema,
  hostIdSchema,
  iscsiTargetSchema,
  lunSchema,
  mountedAsSchema,
  storageDomainIdSchema,
  storageDomainTypeSchema,
  vmIdSchema,
  wireErrorSchema,
} from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

const theDomain = ({ storageDomainId }: { readonly storageDomainId: string }) =>
  [{ kind: 'storage-domain', id: storageDomainId }] as const
const theDatacenter = ({ datacenterId }: { readonly datacenterId: string }) =>
  [{ kind: 'datacenter', id: datacenterId }] as const

const nameSchema = z.string().trim().min(1).max(64)
const descriptionSchema = z.string().trim().max(4_096)
const warningFreePercentSchema = z.number().int().min(0).max(100)
const criticalFreeBytesSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

const domainInput = z.object({ storageDomainId: storageDomainIdSchema })
const domainOutput = z.object({ storageDomainId: storageDomainIdSchema })
const nothing = z.object({})
/** Of iSCSI targets that ask for one. Kept as other secrets are. */
const chapPassword = chapPasswordSchema.optional()
const SECRETS = ['chapPassword'] as const

export const storageCreate = defineCommand({
  name: 'storage.create',
  summary:
    'Creates a storage domain in an empty place that every host of the datacenter has, connects it on all of them and activates it.',
  input: z.object({
    datacenterId: datacenterIdSchema,
    name: nameSchema,
    description: descriptionSchema.default(''),
    type: storageDomainTypeSchema,
    storage: domainStorageSchema,
    chapPassword,
    warningFreePercent: warningFreePercentSchema.default(10),
    criticalFreeBytes: criticalFreeBytesSchema.default(5 * 1_024 ** 3),
    /** Go on where only some hosts can have it: the others may then run no machines of the datacenter. */
    force: z.boolean().default(false),
  }),
  output: domainOutput,
  permission: 'storage.create',
  kind: 'task',
  objects: theDatacenter,
  secrets: SECRETS,
})

/** What one host says of a place. */
export const storageHostCheckSchema = z.object({
  hostId: hostIdSchema,
  hostName: z.string(),
  /** What must be mended first, worst first; each with its remedy, where a command mends it. */
  errors: z.array(wireErrorSchema),
  warnings: z.array(wireErrorSchema),
  mounted: mountedAsSchema.nullable(),
  capacityBytes: z.number().nullable(),
  availableBytes: z.number().nullable(),
  /** The storage domain that is there already. */
  holds: z
    .object({ storageDomainId: storageDomainIdSchema, name: z.string(), type: storageDomainTypeSchema })
    .nullable(),
})
export type StorageHostCheck = z.infer<typeof storageHostCheckSchema>

export const storageCheck = defineCommand({
  name: 'storage.check',
  summary:
    'Looks at a place through every host of the datacenter that is up, before a storage domain is created or imported. Nothing is written.',
  input: z.object({
    datacenterId: datacenterIdSchema,
    type: storageDomainTypeSchema.default('data'),
    storage: domainStorageSchema,
    chapPassword,
    purpose: z.enum(['create', 'import']).default('create'),
  }),
  output: z.object({ hosts: z.array(storageHostCheckSchema) }),
  permission: 'storage.create',
  kind: 'instant',
  objects: theDatacenter,
  secrets: SECRETS,
  stores: false,
})

export const storageDiscoverTargets = defineCommand({
  name: 'storage.discover-targets',
  summary: 'Asks an iSCSI portal through a host which targets it serves. Nothing is kept on the host.',
  input: z.object({
    datacenterId: datacenterIdSchema,
    portal: iscsiTargetSchema.shape.portal,
    /** Through which host. Default: one that is up. */
    hostId: hostIdSchema.optional(),
  }),
  output: z.object({ targets: z.array(iscsiTargetSchema) }),
  permission: 'storage.create',
  kind: 'instant',
  objects: theDatacenter,
  stores: false,
})

export const storageListLuns = defineCommand({
  name: 'storage.list-luns',
  summary:
    'Lists the LUNs that the hosts of a datacenter see, and what is on them; those of the given iSCSI targets as well, which the hosts log in to for that time only.',
  input: z.object({
    datacenterId: datacenterIdSchema,
    targets: z.array(iscsiTargetSchema).max(16).default([]),
    chapUser: chapUserSchema.optional(),
    chapPassword,
  }),
  output: z.object({
    luns: z.array(lunSchema),
    /** Hosts that could not be asked, or could not log in. */
    failures: z.array(z.object({ hostId: hostIdSchema, hostName: z.string(), error: wireErrorSchema })),
  }),
  permission: 'storage.create',
  kind: 'instant',
  objects: theDatacenter,
  secrets: SECRETS,
  stores: false,
})

export const storageImport = defineCommand({
  name: 'storage.import',
  summary:
    'Takes a storage domain that is there already into the datacenter, by what it says of itself, and activates it.',
  input: z.object({
    datacenterId: datacenterIdSchema,
    storage: domainStorageSchema,
    chapPassword,
    /** Also where it says that it belongs to another engine: that one must not use it any more. */
    takeOver: z.boolean().default(false),
  }),
  output: domainOutput,
  permission: 'storage.create',
  kind: 'task',
  objects: theDatacenter,
  secrets: SECRETS,
})

export const storageAttach = defineCommand({
  name: 'storage.attach',
  summary: 'Attaches a storage domain that belongs to no datacenter, and activates it.',
  input: domainInput.extend({ datacenterId: datacenterIdSchema }),
  output: domainOutput,
  permission: 'storage.manage',
  kind: 'task',
  objects: ({ storageDomainId, datacenterId }) => [
    { kind: 'storage-domain', id: storageDomainId },
    { kind: 'datacenter', id: datacenterId },
  ],
})

export const storageActivate = defineCommand({
  name: 'storage.activate',
  summary: 'Connects a storage domain on every host of its datacenter that is up, and takes it into use.',
  input: domainInput,
  output: domainOutput,
  permission: 'storage.manage',
  kind: 'task',
  objects: theDomain,
})

export const storageMaintenance = defineCommand({
  name: 'storage.maintenance',
  summary: 'Takes a storage domain out of use and disconnects it on every host. Refused while machines use it.',
  input: domainInput,
  output: domainOutput,
  permission: 'storage.manage',
  kind: 'task',
  objects: theDomain,
})

export const storageDetach = defineCommand({
  name: 'storage.detach',
  summary: 'Takes a storage domain in maintenance out of its datacenter. What is in it stays.',
  input: domainInput,
  output: domainOutput,
  permission: 'storage.manage',
  kind: 'task',
  objects: theDomain,
})

export const storageRemove = defineCommand({
  name: 'storage.remove',
  summary:
    'Forgets a storage domain that is attached to no datacenter; with format, everything in it is deleted before.',
  input: domainInput.extend({
    format: z.boolean().default(false),
    /** Through which host it is formatted. Default: one that is up. */
    hostId: hostIdSchema.optional(),
  }),
  output: nothing,
  permission: 'storage.delete',
  kind: 'task',
  objects: theDomain,
})

export const storageDestroy = defineCommand({
  name: 'storage.destroy',
  summary: 'Forgets a storage domain that no host reaches any more. Nothing in it is deleted.',
  input: domainInput,
  output: nothing,
  permission: 'storage.delete',
  kind: 'task',
  objects: theDomain,
})

export const storageEdit = defineCommand({
  name: 'storage.edit',
  summary:
    'Changes a storage domain’s name, description and levels of free space; its mount options while it is in maintenance.',
  input: domainInput.extend({
    /** The revision that the edit was begun on: it is refused when somebody changed it meanwhile. */
    revision: z.number().int().optional(),
    name: nameSchema.optional(),
    description: descriptionSchema.optional(),
    warningFreePercent: warningFreePercentSchema.optional(),
    criticalFreeBytes: criticalFreeBytesSchema.optional(),
    /** Only in maintenance; '' for none. Not for a folder that the hosts have by themselves. */
    mountOptions: z
      .string()
      .trim()
      .max(1_024)
      .regex(/^[\w=.,:/@+-]*$/, 'letters, digits and = . , : / @ + - only')
      .optional(),
  }),
  output: domainOutput,
  permission: 'storage.edit',
  kind: 'instant',
  objects: theDomain,
})

export const storageRefresh = defineCommand({
  name: 'storage.refresh',
  summary: 'Lets every host look at a storage domain again: whether it is there, how much is free, and what is in it.',
  input: domainInput,
  output: domainOutput,
  permission: 'storage.manage',
  kind: 'instant',
  objects: theDomain,
  stores: false,
})

export const storageProve = defineCommand({
  name: 'storage.prove',
  summary:
    'Proves again that all hosts see one and the same storage domain, and that a disk locked on one is locked on another.',
  input: domainInput,
  output: domainOutput,
  permission: 'storage.manage',
  kind: 'task',
  objects: theDomain,
})

export const storageTakeOver = defineCommand({
  name: 'storage.take-over',
  summary: 'Takes a storage domain from another engine, which must not use it any more.',
  input: domainInput,
  output: domainOutput,
  permission: 'storage.manage',
  kind: 'task',
  objects: theDomain,
})

export const storageCandidates = defineCommand({
  name: 'storage.candidates',
  summary: 'Shows the machines and disks that a data domain describes and nobody has registered, as after an import.',
  input: domainInput,
  output: z.object({
    vms: z.array(
      z.object({
        vmId: vmIdSchema,
        name: z.string(),
        description: z.string().nullable(),
        /** The cluster that it was in when it was described. */
        clusterName: z.string().nullable(),
        vcpus: z.number().nullable(),
        memoryKiB: z.number().nullable(),
        /** Paths of its disks. */
        disks: z.array(z.string()),
        /** Parts of its definition that would reach beyond it, in libvirt's words; it is registered only without any. */
        unfit: z.array(z.string()),
      }),
    ),
    /** Registered by `disk.adopt`, with the id that they had. */
    disks: z.array(
      z.object({
        diskId: diskIdSchema,
        alias: z.string(),
        description: z.string(),
        fileName: z.string(),
        virtualBytes: z.number().nullable(),
      }),
    ),
  }),
  permission: 'storage.manage',
  kind: 'instant',
  objects: theDomain,
  stores: false,
})

export const storageRegisterVm = defineCommand({
  name: 'storage.register-vm',
  summary:
    'Registers a machine that a data domain describes, with its disks, in a cluster of the domain’s datacenter. It is not started.',
  input: domainInput.extend({ vmId: vmIdSchema, clusterId: clusterIdSchema }),
  output: z.object({ vmId: vmIdSchema }),
  permission: 'storage.manage',
  kind: 'task',
  objects: ({ storageDomainId, clusterId }) => [
    { kind: 'storage-domain', id: storageDomainId },
    { kind: 'cluster', id: clusterId },
  ],
})
