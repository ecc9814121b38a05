import { z } from 'zod'
import { datacenterIdSchema, diskIdSchema, storageDomainIdSchema, templateIdSchema, vmIdSchema } from './ids.ts'
import {
  memoryMiBSchema,
  vcpusSchema,
  vmDescriptionSchema,
  vmFirmwareSchema,
  vmNameSchema,
  vmNicSpecSchema,
  vmVideoSchema,
} from './vm-create.ts'

/** What a machine of a template is like where nothing else is said. Null: as for a machine of no template. */
export const templateHardwareSchema = z.object({
  memoryMiB: memoryMiBSchema,
  vcpus: vcpusSchema,
  operatingSystem: z.string().nullable(),
  architecture: z.string().nullable(),
  /** "q35" rather than a version of it: hosts have other ones. */
  machineType: z.string().nullable(),
  firmware: vmFirmwareSchema.nullable(),
  tpm: z.boolean(),
  clock: z.enum(['utc', 'localtime']).nullable(),
  video: vmVideoSchema.nullable(),
  nics: z.array(vmNicSpecSchema),
})
export type TemplateHardware = z.output<typeof templateHardwareSchema>

/** A disk of a template: registered, and only read. */
export const templateDiskSchema = z.object({
  diskId: diskIdSchema,
  storageDomainId: storageDomainIdSchema,
  fileName: z.string(),
  /** As the definition called the original: "vda". */
  target: z.string(),
  bus: z.string(),
})
export type TemplateDisk = z.output<typeof templateDiskSchema>

export const versionNameSchema = z
  .string()
  .trim()
  .max(120)
  .regex(/^\P{C}*$/u, 'no control characters')

/** A template as the inventory keeps it. Versions of one are templates with the same `baseId` and name. */
export const templateDefinitionSchema = z.object({
  id: templateIdSchema,
  datacenterId: datacenterIdSchema,
  /** The first version; its own id where it is that. */
  baseId: templateIdSchema,
  /** Counted up from 1. */
  version: z.number().int(),
  versionName: versionNameSchema,
  name: vmNameSchema,
  description: vmDescriptionSchema,
  /** What a machine knows itself by was removed from its disks. */
  sealed: z.boolean(),
  hardware: templateHardwareSchema,
  disks: z.array(templateDiskSchema),
  /** The machine that it was made from, as it was called then. */
  createdFrom: z.string(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  /** Counted up by each edit. */
  revision: z.number().int(),
})
export type TemplateDefinition = z.output<typeof templateDefinitionSchema>

export const templateSchema = templateDefinitionSchema.extend({
  /** The newest of its versions. */
  isLatest: z.boolean(),
  /** `away`: a storage domain of it is not in use; `incomplete`: a disk is not there, or not what it was. */
  status: z.enum(['ok', 'away', 'incomplete']),
  /** Sizes of all disks; null where nobody knows. */
  virtualBytes: z.number().nullable(),
  allocatedBytes: z.number().nullable(),
  /** Machines whose disks lie on its own. */
  usedBy: z.array(z.object({ vmId: vmIdSchema, name: z.string(), running: z.boolean() })),
})
export type Template = z.output<typeof templateSchema>
