import { z } from 'zod'
import { capacitySchema, populationSchema } from './capacity.ts'
import { clusterSettingsSchema } from './cluster-settings.ts'
import { clusterIdSchema, datacenterIdSchema, hostIdSchema } from './ids.ts'
import { subjectProblemSchema } from './problem.ts'

/** A cluster as the inventory keeps it. What is computed of its hosts is not part of it. */
export const clusterDefinitionSchema = z.object({
  id: clusterIdSchema,
  datacenterId: datacenterIdSchema,
  /** Unique in the whole inventory, whatever its case. */
  name: z.string(),
  /** Counted up by each edit: an edit says on which one it was begun. */
  revision: z.number().int(),
  settings: clusterSettingsSchema,
})
export type ClusterDefinition = z.infer<typeof clusterDefinitionSchema>

/** What VMs of a cluster may count on in every host's CPU. */
export const clusterCpuSchema = z.object({
  /** `chosen` by a person, or `detected` as what the hosts have in common. */
  source: z.enum(['chosen', 'detected']),
  /** The model; null while no host could be asked. */
  model: z.string().nullable(),
  vendor: z.string().nullable(),
  /** Flags beyond the model, and flags of it that not all hosts have (detected only). */
  extraFeatures: z.array(z.string()),
  lackingFeatures: z.array(z.string()),
  /** Models that the libvirt of every host knows, for the choice; empty while no host could be asked. */
  knownModels: z.array(z.string()),
  /**
   * As old as the oldest that a host told which counts and is away now, milliseconds since the epoch; null: all that count are there,
   * or none was ever asked.
   */
  asOf: z.number().nullable(),
  /** Hosts that have less than the level. */
  shortOf: z.array(
    z.object({
      hostId: hostIdSchema,
      hostName: z.string(),
      /** `unknown-model`: its libvirt does not know the model by name. */
      reason: z.enum(['lacks', 'unknown-model']),
      /** Flags that its CPU lacks, as far as libvirt names them. */
      missing: z.array(z.string()),
    }),
  ),
})
export type ClusterCpu = z.infer<typeof clusterCpuSchema>

/** What not every libvirt and QEMU can do. */
export const clusterFeatureSchema = z.enum([
  'emulated-tpm',
  'uefi-by-name',
  'parallel-migration',
  'shared-folders',
  'io-uring',
  'free-page-reporting',
  'guest-ssh-keys',
  'dirty-rate',
  'incremental-backup',
  'memory-unplug',
  'vnc-clipboard',
  'post-copy-recovery',
  'zero-copy-migration',
  'external-snapshot-removal',
])
export type ClusterFeature = z.infer<typeof clusterFeatureSchema>

/** What the oldest libvirt and QEMU of the hosts allow. */
export const clusterCompatibilitySchema = z.object({
  libvirtVersion: z.string(),
  libvirtHostId: hostIdSchema,
  hypervisorVersion: z.string(),
  hypervisorHostId: hostIdSchema,
  features: z.array(
    z.object({
      feature: clusterFeatureSchema,
      offered: z.boolean(),
      /** The least versions; null where any will do. */
      libvirt: z.string().nullable(),
      hypervisor: z.string().nullable(),
    }),
  ),
})
export type ClusterCompatibility = z.infer<typeof clusterCompatibilitySchema>

export const clusterSchema = clusterDefinitionSchema.extend({
  /** Of its hosts; null without one that was ever reached, or when they differ. */
  architecture: z.string().nullable(),
  cpu: clusterCpuSchema,
  /** Null while it has no host that was ever reached. */
  compatibility: clusterCompatibilitySchema.nullable(),
  /** Addresses of its MAC range that no VM has. */
  freeMacAddresses: z.number().int(),
  capacity: capacitySchema,
  population: populationSchema,
  /** Worst first; at most {@link PROBLEMS_SHOWN}, of `problemCount`. */
  problems: z.array(subjectProblemSchema),
  problemCount: z.number().int(),
})
export type Cluster = z.infer<typeof clusterSchema>

/** Problems that a cluster or a datacenter shows. */
export const PROBLEMS_SHOWN = 50
