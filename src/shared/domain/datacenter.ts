import { z } from 'zod'
import { capacitySchema, populationSchema, storageCapacitySchema } from './capacity.ts'
import { clusterIdSchema, datacenterIdSchema, hostIdSchema } from './ids.ts'
import { subjectProblemSchema } from './problem.ts'

/** oVirt's statuses of a datacenter. Computed of its clusters, hosts and storage, never stored. */
export const datacenterStatusSchema = z.enum([
  'uninitialized',
  'up',
  'maintenance',
  'not-operational',
  'non-responsive',
  'contend',
])
export type DatacenterStatus = z.infer<typeof datacenterStatusSchema>

/** `local`: its one host's own folders; `shared`: storage that all its hosts reach. */
export const datacenterStorageTypeSchema = z.enum(['shared', 'local'])
export type DatacenterStorageType = z.infer<typeof datacenterStorageTypeSchema>

/** A datacenter as the inventory keeps it. */
export const datacenterDefinitionSchema = z.object({
  id: datacenterIdSchema,
  /** Unique in the inventory, whatever its case. */
  name: z.string(),
  description: z.string(),
  storageType: datacenterStorageTypeSchema,
  /** Counted up by each edit: an edit says on which one it was begun. */
  revision: z.number().int(),
})
export type DatacenterDefinition = z.infer<typeof datacenterDefinitionSchema>

/** What activates a datacenter, in this order. */
export const activationStepSchema = z.enum(['cluster', 'host', 'data-domain'])
export type ActivationStep = z.infer<typeof activationStepSchema>

export const activationSchema = z.object({
  steps: z.array(z.object({ step: activationStepSchema, done: z.boolean() })),
  /**
   * What to do now; null: all three hold. `waiting-host`: there is a host and it is not up; `hostId` says which one.
   * `clusterId`: the cluster that a first host goes to.
   */
  next: z
    .object({
      action: z.enum(['create-cluster', 'add-host', 'waiting-host', 'create-data-domain']),
      clusterId: clusterIdSchema.nullable(),
      hostId: hostIdSchema.nullable(),
    })
    .nullable(),
})
export type Activation = z.infer<typeof activationSchema>

export const datacenterSchema = datacenterDefinitionSchema.extend({
  status: datacenterStatusSchema,
  activation: activationSchema,
  clusterCount: z.number().int(),
  capacity: capacitySchema,
  /** Sums over its data domains, of those that have told. */
  storageCapacity: storageCapacitySchema,
  /** The host that writes the metadata of its storage; null: none does. */
  storageManagerHostId: hostIdSchema.nullable(),
  population: populationSchema,
  /** Worst first; of its clusters and hosts. At most PROBLEMS_SHOWN, of `problemCount`. */
  problems: z.array(subjectProblemSchema),
  problemCount: z.number().int(),
})
export type Datacenter = z.infer<typeof datacenterSchema>
