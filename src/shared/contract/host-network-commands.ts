import { z } from 'zod'
import {
  bondWishSchema,
  clusterIdSchema,
  copiedAddressSchema,
  hostIdSchema,
  interfaceNameSchema,
  networkAttachmentSchema,
  networkIdSchema,
  wireErrorSchema,
} from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

const theHost = ({ hostId }: { readonly hostId: string }) => [{ kind: 'host', id: hostId }] as const

/** The host's networks as they are to be. What is not named stays as it is. */
const setupInput = z.object({
  hostId: hostIdSchema,
  /** Added, or changed where the network is attached already. */
  attachments: z.array(networkAttachmentSchema).max(256).default([]),
  /** Added, or changed where there is one of the name. */
  bonds: z.array(bondWishSchema).max(64).default([]),
  /** Networks taken off the host, and bonds dissolved. */
  removed: z
    .object({
      networkIds: z.array(networkIdSchema).max(256).default([]),
      bonds: z.array(interfaceNameSchema).max(64).default([]),
    })
    .default({ networkIds: [], bonds: [] }),
})

/** How long a host waits for us before it goes back by itself, milliseconds. */
const confirmMsSchema = z.number().int().min(10_000).max(600_000).default(60_000)

export const networkPlanFileSchema = z.object({
  path: z.string(),
  /** Null: there is none yet. */
  before: z.string().nullable(),
  /** Null: it goes. */
  after: z.string().nullable(),
})
export type NetworkPlanFile = z.infer<typeof networkPlanFileSchema>

export const hostPlanNetworks = defineCommand({
  name: 'host.plan-networks',
  summary: 'Says which commands and files would set up a host’s networks so. Writes nothing.',
  input: setupInput.extend({
    /** Beside that as `host.copy-networks` would. */
    copied: z
      .object({ fromHostId: hostIdSchema, addresses: z.array(copiedAddressSchema).max(256).default([]) })
      .optional(),
  }),
  output: z.object({
    /** As a shell would take them, in their order. */
    commands: z.array(z.string()),
    files: z.array(networkPlanFileSchema),
    warnings: z.array(wireErrorSchema),
    /** Why it would not be done, worst first; empty: it would. */
    refusals: z.array(wireErrorSchema),
  }),
  permission: 'network.setup-host',
  kind: 'instant',
  objects: ({ hostId, copied }) =>
    [hostId, ...(copied === undefined ? [] : [copied.fromHostId])].map((id) => ({ kind: 'host' as const, id })),
  stores: false,
})

export const hostSetupNetworks = defineCommand({
  name: 'host.setup-networks',
  summary:
    'Sets up a host’s networks. The host goes back by itself to what it was, unless it is reached again within the time to confirm.',
  input: setupInput.extend({ confirmMs: confirmMsSchema }),
  output: z.object({ hostId: hostIdSchema }),
  permission: 'network.setup-host',
  kind: 'task',
  objects: theHost,
})

export const hostSyncNetworks = defineCommand({
  name: 'host.sync-networks',
  summary:
    'Sets up again what is out of sync: on one host, on the hosts of a cluster, or on those that have a network; one after the other, until one fails.',
  input: z.object({
    hostId: hostIdSchema.optional(),
    clusterId: clusterIdSchema.optional(),
    networkId: networkIdSchema.optional(),
    confirmMs: confirmMsSchema,
  }),
  output: z.object({ hostIds: z.array(hostIdSchema) }),
  permission: 'network.setup-host',
  kind: 'task',
  objects: ({ hostId, clusterId, networkId }) => [
    ...(hostId === undefined ? [] : [{ kind: 'host' as const, id: hostId }]),
    ...(clusterId === undefined ? [] : [{ kind: 'cluster' as const, id: clusterId }]),
    ...(networkId === undefined ? [] : [{ kind: 'network' as const, id: networkId }]),
  ],
})

export const hostCopyNetworks = defineCommand({
  name: 'host.copy-networks',
  summary:
    'Sets up other hosts’ networks as those of one host, by the names of their NICs; one after the other, until one fails. Static addresses stay out: a host gets the one that is given for it, else keeps the one that it has in a network.',
  input: z.object({
    fromHostId: hostIdSchema,
    /** In this order. */
    hostIds: z.array(hostIdSchema).min(1).max(100),
    addresses: z
      .array(copiedAddressSchema.extend({ hostId: hostIdSchema }))
      .max(10_000)
      .default([]),
    confirmMs: confirmMsSchema,
  }),
  output: z.object({ hostIds: z.array(hostIdSchema) }),
  permission: 'network.setup-host',
  kind: 'task',
  objects: ({ fromHostId, hostIds }) => [fromHostId, ...hostIds].map((id) => ({ kind: 'host' as const, id })),
})

export const networkCheckReach = defineCommand({
  name: 'network.check-reach',
  summary:
    'Has the hosts of a cluster ask for each other over a network: out of the interface that each has there, in packets of the network’s MTU.',
  input: z.object({ networkId: networkIdSchema, clusterId: clusterIdSchema }),
  output: z.object({
    /** Each host that is connected and has an address there, to each other one. */
    pairs: z.array(
      z.object({
        fromHostId: hostIdSchema,
        toHostId: hostIdSchema,
        fromAddress: z.string(),
        address: z.string(),
        /** `small-only`: packets of the network’s whole MTU do not get there. */
        reach: z.enum(['reached', 'small-only', 'silent']),
      }),
    ),
    /** Hosts that could not ask. */
    failures: z.array(z.object({ hostId: hostIdSchema, error: wireErrorSchema })),
    /** Connected hosts of the cluster without an address there. */
    withoutAddress: z.array(hostIdSchema),
  }),
  permission: 'network.setup-host',
  kind: 'instant',
  objects: ({ networkId, clusterId }) => [
    { kind: 'network', id: networkId },
    { kind: 'cluster', id: clusterId },
  ],
  stores: false,
})
