import { z } from 'zod'
import {
  clusterIdSchema,
  hostIdSchema,
  migrationEstimateSchema,
  migrationPolicySchema,
  migrationVerdictSchema,
  vmIdSchema,
} from '../domain/index.ts'
import { defineCommand } from './define-command.ts'
import { batchOutcomeSchema } from './vm-commands.ts'

const theVm = ({ vmId }: { readonly vmId: string }) => [{ kind: 'vm', id: vmId }] as const

export const vmMigrate = defineCommand({
  name: 'vm.migrate',
  summary:
    'Moves a VM to another host of its cluster, or of another one that is named. The guest of a running one runs on meanwhile; of one that is down its definition moves.',
  input: z.object({
    vmId: vmIdSchema,
    /** Left out: the host of the cluster that has the most memory left. */
    hostId: hostIdSchema.optional(),
    /** Another cluster of its datacenter, which it then belongs to. Left out: its own. */
    clusterId: clusterIdSchema.optional(),
    /** Left out: that of its cluster. */
    policy: migrationPolicySchema.optional(),
    /** MiB per second at most; left out: as fast as the line is. */
    bandwidthMiBs: z.number().int().min(1).max(1_000_000).optional(),
    /** Copy disks that only its host has to the same paths of the other host; they are removed here once it is there. */
    copyDisks: z.boolean().default(false),
    /** Compress memory pages on the way. */
    compressed: z.boolean().default(false),
    /** Send over so many connections at once; left out: as the policy says. */
    parallelConnections: z.number().int().min(2).max(64).optional(),
  }),
  output: batchOutcomeSchema.extend({
    hostId: hostIdSchema.optional(),
    /** How long the guest stood still, milliseconds, as the destination measured it; null: it did not tell. */
    downtimeMs: z.number().nullable().optional(),
    totalMs: z.number().optional(),
    /** Where the memory was sent to; null: as the destination calls itself. */
    address: z.string().nullable().optional(),
    /** The network that it went over; null: the way on which the destination is reached. */
    network: z.string().nullable().optional(),
  }),
  permission: 'vm.migrate',
  kind: 'task',
  objects: theVm,
  batch: { field: 'vmId', list: 'vmIds' },
})

export const vmCanMigrate = defineCommand({
  name: 'vm.can-migrate',
  summary: 'Says for each host whether the VMs can go there, and why not. With one host named, that host is asked too.',
  input: z.object({
    vmIds: z.array(vmIdSchema).min(1).max(1_000).optional(),
    vmId: vmIdSchema.optional(),
    hostId: hostIdSchema.optional(),
    /** As in `vm.migrate`. */
    copyDisks: z.boolean().default(false),
    /** Hosts of the other clusters of its datacenter, too. */
    otherClusters: z.boolean().default(false),
  }),
  output: z.object({ hosts: z.array(migrationVerdictSchema) }),
  permission: 'inventory.view',
  kind: 'instant',
  stores: false,
  objects: ({ vmId, vmIds = [] }) =>
    (vmId === undefined ? vmIds : [vmId, ...vmIds]).map((id) => ({ kind: 'vm', id }) as const),
})

export const vmMigrationEstimate = defineCommand({
  name: 'vm.migration-estimate',
  summary:
    'Measures for a second what a running VM writes to in its memory, and says how long sending it to a host would take, as far as the speed of the line is known.',
  input: z.object({
    vmId: vmIdSchema,
    /** How fast memory went there the last time is taken for the speed of the line. */
    hostId: hostIdSchema.optional(),
    /** As in `vm.migrate`. */
    bandwidthMiBs: z.number().int().min(1).max(1_000_000).optional(),
  }),
  output: migrationEstimateSchema,
  permission: 'inventory.view',
  kind: 'instant',
  stores: false,
  objects: theVm,
})

export const vmMigrationPostCopy = defineCommand({
  name: 'vm.migration-post-copy',
  summary:
    'Lets a VM under way run at its destination at once; what is left of its memory follows. There is no way back.',
  input: z.object({ vmId: vmIdSchema }),
  output: z.object({}),
  permission: 'vm.migrate',
  kind: 'instant',
  stores: false,
  objects: theVm,
})

export const vmMigrationPause = defineCommand({
  name: 'vm.migration-pause',
  summary: 'Pauses the guest of a VM under way, so that its memory can be sent; it runs on at its destination.',
  input: z.object({ vmId: vmIdSchema }),
  output: z.object({}),
  permission: 'vm.migrate',
  kind: 'instant',
  stores: false,
  objects: theVm,
})
