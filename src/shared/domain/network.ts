import { z } from 'zod'
import { clusterIdSchema, datacenterIdSchema, hostIdSchema, networkIdSchema, vnicProfileIdSchema } from './ids.ts'
import { problemSchema } from './problem.ts'
import { NETWORK_ROLES } from './schema-free.ts'

/** IFNAMSIZ of Linux without the closing zero. */
export const INTERFACE_NAME_LIMIT = 15

export const networkRoleSchema = z.enum(NETWORK_ROLES)
export type NetworkRole = z.infer<typeof networkRoleSchema>

/** Held by exactly one network of each cluster. */
export const EXCLUSIVE_ROLES = ['management', 'display', 'migration', 'default-route'] as const satisfies NetworkRole[]
export type ExclusiveRole = (typeof EXCLUSIVE_ROLES)[number]

/** That a cluster has a network, as the inventory keeps it. */
export const clusterNetworkDefinitionSchema = z.object({
  clusterId: clusterIdSchema,
  /** A host that misses it, while all others have it, may run no machines. */
  required: z.boolean(),
  roles: z.array(networkRoleSchema),
})
export type ClusterNetworkDefinition = z.infer<typeof clusterNetworkDefinitionSchema>

export const clusterNetworkSchema = clusterNetworkDefinitionSchema.extend({
  /**
   * A required network is `operational` once every host of the cluster that is in use has it; a host that misses it from then on
   * is out of use. One that is not required is it where any host has it.
   */
  status: z.enum(['operational', 'non-operational']),
  /** Hosts in use that do not have it, or have it down. */
  missingHostIds: z.array(hostIdSchema),
})
export type ClusterNetwork = z.infer<typeof clusterNetworkSchema>

/** A logical network as the inventory keeps it. */
export const networkDefinitionSchema = z.object({
  id: networkIdSchema,
  datacenterId: datacenterIdSchema,
  /** Unique in its datacenter, whatever its case. */
  name: z.string(),
  description: z.string(),
  comment: z.string(),
  /** IEEE 802.1Q, 1–4094; null: untagged. */
  vlanId: z.number().int().nullable(),
  /** Bytes; null: 1500. */
  mtu: z.number().int().nullable(),
  /** Machines may be attached to it: on hosts it has a bridge. */
  vmNetwork: z.boolean(),
  /** The bridge on hosts: the network's name, or a short one made of it. Stays as it was made. Unique in the datacenter. */
  bridgeName: z.string(),
  /** The one that the datacenter came with. */
  isManagement: z.boolean(),
  /** Counted up by each edit: an edit says on which one it was begun. */
  revision: z.number().int(),
})
export type NetworkDefinition = z.infer<typeof networkDefinitionSchema>

export const networkSchema = networkDefinitionSchema.extend({
  clusters: z.array(clusterNetworkSchema),
  /** Hosts that it is set up on, in sync or not. */
  hostIds: z.array(hostIdSchema),
  profileCount: z.number().int(),
  /** Machines with a network card in its bridge, in the clusters that have it. */
  vmCount: z.number().int(),
  /** Worst first. */
  problems: z.array(problemSchema),
})
export type Network = z.infer<typeof networkSchema>

/** Of one direction, as libvirt's `<bandwidth>` takes them: rates in KiB/s, the burst in KiB. */
const bandwidthSchema = z.object({
  averageKiBps: z.number().int().min(1).max(4_294_967_295),
  peakKiBps: z.number().int().min(1).max(4_294_967_295).nullable(),
  burstKiB: z.number().int().min(1).max(4_294_967_295).nullable(),
})

/** Seen from the machine. Null: not limited. */
export const vnicQosSchema = z.object({ inbound: bandwidthSchema.nullable(), outbound: bandwidthSchema.nullable() })
export type VnicQos = z.infer<typeof vnicQosSchema>

/** libvirt's own filter against forged MAC addresses: what a new profile has. */
export const DEFAULT_FILTER = 'no-mac-spoofing'

/** Name of a libvirt network filter. */
export const filterNameSchema = z
  .string()
  .trim()
  .regex(/^[\w.-]{1,64}$/, 'letters, digits and . _ - only')

/** Filters of libvirt that a host knows from the start (https://libvirt.org/formatnwfilter.html), narrowest last. */
export const KNOWN_FILTERS = [
  'no-mac-spoofing',
  'no-arp-mac-spoofing',
  'no-arp-spoofing',
  'no-ip-spoofing',
  'clean-traffic',
] as const

/** What a machine's network card is attached to, as the inventory keeps it. */
export const vnicProfileDefinitionSchema = z.object({
  id: vnicProfileIdSchema,
  networkId: networkIdSchema,
  /** Unique in its network, whatever its case. */
  name: z.string(),
  description: z.string(),
  /** The machine sees all packets of the network on its host. */
  portMirroring: z.boolean(),
  /** Name of a libvirt network filter; null: none. */
  filter: z.string().nullable(),
  /** The card is a virtual function of a NIC (SR-IOV). */
  passthrough: z.boolean(),
  qos: vnicQosSchema,
  /** The machine may send from addresses that are not its own: needed by machines inside it. */
  macSpoofing: z.boolean(),
  /** The machine may send and receive frames with VLAN tags. */
  trunk: z.boolean(),
  revision: z.number().int(),
})
export type VnicProfileDefinition = z.infer<typeof vnicProfileDefinitionSchema>

export const vnicProfileSchema = vnicProfileDefinitionSchema.extend({
  /** Of its network. */
  datacenterId: datacenterIdSchema,
  networkName: z.string(),
})
export type VnicProfile = z.infer<typeof vnicProfileSchema>
