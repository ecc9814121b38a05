import { z } from 'zod'
import { macRangeSchema } from './mac-range.ts'

/** How far the memory of VMs may exceed that of the hosts, in percent of it. */
export const memoryOvercommitSchema = z.literal([100, 150, 200])

/** Kernel same-page merging on the hosts: over all memory, or within each NUMA node only. */
export const ksmPolicySchema = z.enum(['off', 'across-numa-nodes', 'within-numa-nodes'])

export const diskAllocationSchema = z.enum(['thin', 'preallocated'])

/** oVirt's migration policies; what each does is a table of the migrations. */
export const migrationPolicySchema = z.enum(['minimal-downtime', 'suspend-if-needed', 'post-copy', 'very-large-vms'])

/** What new VMs boot with; `auto`: UEFI where the hosts have it for the machine type, else BIOS. */
export const clusterFirmwareSchema = z.enum(['auto', 'bios', 'uefi', 'uefi-secure-boot'])

/** The screen that new VMs get; `headless`: none, only a serial port. */
export const consoleTypeSchema = z.enum(['vnc', 'spice', 'headless'])

const nameOfLibvirt = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_.+-]{1,64}$/, 'expected a name as libvirt lists them')

const fields = z.object({
  description: z.string().trim().max(4_096),
  /** A CPU model that libvirt knows; null: what all hosts of the cluster have in common. */
  cpuModel: nameOfLibvirt.nullable(),
  memoryOvercommitPercent: memoryOvercommitSchema,
  ksm: ksmPolicySchema,
  /** Take memory back from VMs that do not use it, when a host runs short. */
  ballooning: z.boolean(),
  diskAllocation: diskAllocationSchema,
  migrationPolicy: migrationPolicySchema,
  macRange: macRangeSchema,
  /** "q35", or one version of it ("pc-q35-7.2"); `auto`: what suits the architecture of the hosts. */
  machineType: nameOfLibvirt,
  firmware: clusterFirmwareSchema,
  consoleType: consoleTypeSchema,
})

/** What a person sets of a cluster. */
export const clusterSettingsSchema = fields
export type ClusterSettings = z.infer<typeof fields>

/** Some of the settings: what is not named stays as it is. */
export const clusterSettingsChangesSchema = fields.partial()
export type ClusterSettingsChanges = z.infer<typeof clusterSettingsChangesSchema>

/** What a new cluster has, but for its MAC range, which no other one may have. */
export const defaultClusterSettings: Omit<ClusterSettings, 'macRange'> = {
  description: '',
  cpuModel: null,
  memoryOvercommitPercent: 100,
  ksm: 'across-numa-nodes',
  ballooning: true,
  diskAllocation: 'thin',
  migrationPolicy: 'minimal-downtime',
  machineType: 'auto',
  firmware: 'auto',
  consoleType: 'vnc',
}

/** The names of the settings, in the order in which they are shown. */
export const CLUSTER_SETTING_NAMES = Object.keys(fields.shape) as readonly (keyof ClusterSettings)[]
