import { z } from 'zod'
import { clusterIdSchema, clusterSettingsChangesSchema, datacenterIdSchema } from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

const theCluster = ({ clusterId }: { readonly clusterId: string }) => [{ kind: 'cluster', id: clusterId }] as const

const nameSchema = z.string().trim().min(1).max(64)

export const clusterCreate = defineCommand({
  name: 'cluster.create',
  summary: 'Creates a cluster in a datacenter; settings that are not given have their defaults.',
  input: clusterSettingsChangesSchema.extend({ datacenterId: datacenterIdSchema, name: nameSchema }),
  output: z.object({ clusterId: clusterIdSchema }),
  permission: 'cluster.create',
  kind: 'instant',
  objects: ({ datacenterId }) => [{ kind: 'datacenter', id: datacenterId }],
})

export const clusterEdit = defineCommand({
  name: 'cluster.edit',
  summary: 'Changes a cluster’s name and settings; what is not given stays.',
  input: clusterSettingsChangesSchema.extend({
    clusterId: clusterIdSchema,
    /** The revision that the edit was begun on: it is refused when somebody changed the cluster meanwhile. */
    revision: z.number().int().optional(),
    name: nameSchema.optional(),
  }),
  output: z.object({ clusterId: clusterIdSchema }),
  permission: 'cluster.edit',
  kind: 'instant',
  objects: theCluster,
})

export const clusterRemove = defineCommand({
  name: 'cluster.remove',
  summary: 'Removes a cluster that holds no host any more.',
  input: z.object({ clusterId: clusterIdSchema }),
  output: z.object({}),
  permission: 'cluster.delete',
  kind: 'instant',
  objects: theCluster,
})
