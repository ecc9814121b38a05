import { z } from 'zod'
import {
  clusterIdSchema,
  datacenterIdSchema,
  filterNameSchema,
  networkIdSchema,
  networkRoleSchema,
  vnicProfileIdSchema,
  vnicQosSchema,
} from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

const theDatacenter = ({ datacenterId }: { readonly datacenterId: string }) =>
  [{ kind: 'datacenter', id: datacenterId }] as const
const theNetwork = ({ networkId }: { readonly networkId: string }) => [{ kind: 'network', id: networkId }] as const
const theProfile = ({ vnicProfileId }: { readonly vnicProfileId: string }) =>
  [{ kind: 'vnic-profile', id: vnicProfileId }] as const
const theNetworkAndCluster = ({ networkId, clusterId }: { readonly networkId: string; readonly clusterId: string }) =>
  [
    { kind: 'network', id: networkId },
    { kind: 'cluster', id: clusterId },
  ] as const

const nameSchema = z.string().trim().min(1).max(256)
const descriptionSchema = z.string().trim().max(4_096)
/** IEEE 802.1Q; 0 and 4095 are reserved. */
const vlanIdSchema = z.number().int().min(1).max(4_094).nullable()
/** Bytes: the least of IPv4, and what Linux takes at most. */
const mtuSchema = z.number().int().min(68).max(65_520).nullable()

export const networkCreate = defineCommand({
  name: 'network.create',
  summary: 'Creates a logical network in a datacenter, with a vNIC profile of its name.',
  input: z.object({
    datacenterId: datacenterIdSchema,
    name: nameSchema,
    description: descriptionSchema.default(''),
    comment: descriptionSchema.default(''),
    /** Null: untagged. */
    vlanId: vlanIdSchema.default(null),
    /** Bytes; null: 1500. */
    mtu: mtuSchema.default(null),
    /** Machines may be attached to it. */
    vmNetwork: z.boolean().default(true),
    /** Not required there, so that no host has to have it at once. */
    attachToAllClusters: z.boolean().default(false),
  }),
  output: z.object({ networkId: networkIdSchema }),
  permission: 'network.create',
  kind: 'instant',
  objects: theDatacenter,
})

export const networkEdit = defineCommand({
  name: 'network.edit',
  summary: 'Changes a logical network; what is not given stays. On hosts it is then out of sync until it is synced.',
  input: z.object({
    networkId: networkIdSchema,
    /** The revision that the edit was begun on: it is refused when somebody changed the network meanwhile. */
    revision: z.number().int().optional(),
    name: nameSchema.optional(),
    description: descriptionSchema.optional(),
    comment: descriptionSchema.optional(),
    vlanId: vlanIdSchema.optional(),
    mtu: mtuSchema.optional(),
    vmNetwork: z.boolean().optional(),
  }),
  output: z.object({ networkId: networkIdSchema }),
  permission: 'network.edit',
  kind: 'instant',
  objects: theNetwork,
})

export const networkRemove = defineCommand({
  name: 'network.remove',
  summary: 'Removes a logical network that no cluster, host or machine uses any more, with its vNIC profiles.',
  input: z.object({ networkId: networkIdSchema }),
  output: z.object({}),
  permission: 'network.delete',
  kind: 'instant',
  objects: theNetwork,
})

export const clusterAttachNetwork = defineCommand({
  name: 'cluster.attach-network',
  summary:
    'Gives a cluster a network of its datacenter, or changes what the network is for there. A role that another network holds moves over.',
  input: z.object({
    clusterId: clusterIdSchema,
    networkId: networkIdSchema,
    /** Default: `vm` for a network of machines, else none. */
    roles: z.array(networkRoleSchema).max(5).optional(),
    /** A host that misses it, while all others have it, may run no machines. */
    required: z.boolean().default(true),
  }),
  output: z.object({ clusterId: clusterIdSchema, networkId: networkIdSchema }),
  permission: 'network.edit',
  kind: 'instant',
  objects: theNetworkAndCluster,
})

export const clusterDetachNetwork = defineCommand({
  name: 'cluster.detach-network',
  summary: 'Takes a network from a cluster. Its roles go back to the management network.',
  input: z.object({ clusterId: clusterIdSchema, networkId: networkIdSchema }),
  output: z.object({ clusterId: clusterIdSchema, networkId: networkIdSchema }),
  permission: 'network.edit',
  kind: 'instant',
  objects: theNetworkAndCluster,
})

const filterSchema = filterNameSchema.nullable()

const profileFields = z.object({
  name: nameSchema,
  description: descriptionSchema,
  portMirroring: z.boolean(),
  filter: filterSchema,
  passthrough: z.boolean(),
  qos: vnicQosSchema,
  macSpoofing: z.boolean(),
  trunk: z.boolean(),
})

export const vnicProfileCreate = defineCommand({
  name: 'vnic-profile.create',
  summary: 'Creates a vNIC profile of a network: what a machine’s network card may do there.',
  input: z.object({
    networkId: networkIdSchema,
    name: nameSchema,
    description: descriptionSchema.default(''),
    portMirroring: z.boolean().default(false),
    /** Not given: `no-mac-spoofing`, and none where the profile allows that or passes the card through. */
    filter: filterSchema.optional(),
    passthrough: z.boolean().default(false),
    qos: vnicQosSchema.default({ inbound: null, outbound: null }),
    macSpoofing: z.boolean().default(false),
    trunk: z.boolean().default(false),
  }),
  output: z.object({ vnicProfileId: vnicProfileIdSchema }),
  permission: 'network.create',
  kind: 'instant',
  objects: theNetwork,
})

export const vnicProfileEdit = defineCommand({
  name: 'vnic-profile.edit',
  summary:
    'Changes a vNIC profile; what is not given stays. The machines that have it are told at once: what libvirt cannot change while they run waits for their next start.',
  input: profileFields.partial().extend({
    vnicProfileId: vnicProfileIdSchema,
    revision: z.number().int().optional(),
  }),
  output: z.object({ vnicProfileId: vnicProfileIdSchema }),
  permission: 'network.edit',
  kind: 'task',
  objects: theProfile,
})

export const vnicProfileRemove = defineCommand({
  name: 'vnic-profile.remove',
  summary: 'Removes a vNIC profile that no machine has a network card of.',
  input: z.object({ vnicProfileId: vnicProfileIdSchema }),
  output: z.object({}),
  permission: 'network.delete',
  kind: 'instant',
  objects: theProfile,
})
