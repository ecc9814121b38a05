import { z } from 'zod'
import { hostIdSchema, networkIdSchema } from './ids.ts'
import { wireErrorSchema } from './problem.ts'

/** What keeps the network of a host: the owner of its NICs' configuration. */
export const networkManagerSchema = z.enum([
  'network-manager',
  'networkd',
  'netplan',
  'ifupdown',
  'open-vswitch',
  'nmstate',
  'unknown',
])
export type NetworkManager = z.infer<typeof networkManagerSchema>

/** Linux' bonding modes, by their names (https://docs.kernel.org/networking/bonding.html). */
export const bondModeSchema = z.enum([
  'active-backup',
  'balance-rr',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
])
export type BondMode = z.infer<typeof bondModeSchema>

/** Name of a network interface on Linux. */
export const interfaceNameSchema = z
  .string()
  .regex(/^(?!\.{1,2}$)[\w.-]{1,15}$/, 'at most 15 letters, digits and . _ -')

/** As `bonding` takes them: `miimon`, `lacp_rate`, … */
export const bondOptionsSchema = z
  .record(z.string().regex(/^[a-z_]{1,32}$/), z.string().regex(/^[\w.,:+-]{1,64}$/))
  .refine((options) => Object.keys(options).length <= 24, 'at most 24 options')

const ipv4Schema = z.ipv4()
const ipv6Schema = z.ipv6()

/** How a host gets an IPv4 address. */
export const ipv4ConfigurationSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('none') }),
  z.object({ method: z.literal('dhcp') }),
  z.object({
    method: z.literal('static'),
    address: ipv4Schema,
    prefix: z.number().int().min(1).max(32),
    gateway: ipv4Schema.nullable().optional(),
  }),
])
export type Ipv4Configuration = z.infer<typeof ipv4ConfigurationSchema>

/** `auto`: by router advertisements (SLAAC). */
export const ipv6ConfigurationSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('none') }),
  z.object({ method: z.literal('auto') }),
  z.object({ method: z.literal('dhcp') }),
  z.object({
    method: z.literal('static'),
    address: ipv6Schema,
    prefix: z.number().int().min(1).max(128),
    gateway: ipv6Schema.nullable().optional(),
  }),
])
export type Ipv6Configuration = z.infer<typeof ipv6ConfigurationSchema>

export const dnsServersSchema = z.array(z.union([ipv4Schema, ipv6Schema])).max(8)

/** What is wished: a network on a NIC or bond of a host. */
export const networkAttachmentSchema = z.object({
  networkId: networkIdSchema,
  /** Name of a NIC or bond. */
  nic: interfaceNameSchema,
  ipv4: ipv4ConfigurationSchema.default({ method: 'none' }),
  ipv6: ipv6ConfigurationSchema.default({ method: 'none' }),
  dns: dnsServersSchema.default([]),
})
export type NetworkAttachment = z.infer<typeof networkAttachmentSchema>
export type NetworkAttachmentInput = z.input<typeof networkAttachmentSchema>

/** The address of one host in a network that is set up there as on another host. What is not given is as there, or as it has been. */
export const copiedAddressSchema = z.object({
  networkId: networkIdSchema,
  ipv4: ipv4ConfigurationSchema.optional(),
  ipv6: ipv6ConfigurationSchema.optional(),
})
export type CopiedAddress = z.infer<typeof copiedAddressSchema>

/** What is wished: a bond of NICs. */
export const bondWishSchema = z.object({
  name: interfaceNameSchema,
  mode: bondModeSchema,
  nics: z.array(interfaceNameSchema).min(1).max(32),
  options: bondOptionsSchema.default({}),
})
export type BondWish = z.infer<typeof bondWishSchema>
export type BondWishInput = z.input<typeof bondWishSchema>

export const hostNicSchema = z.object({
  name: z.string(),
  macAddress: z.string(),
  linkUp: z.boolean(),
  speedMbps: z.number().nullable(),
  duplex: z.enum(['full', 'half']).nullable(),
  driver: z.string().nullable(),
  pciAddress: z.string().nullable(),
  mtu: z.number().int(),
  /** Its virtual functions; null: it has none. */
  sriov: z.object({ total: z.number().int(), inUse: z.number().int() }).nullable(),
  /** What the switch says of itself; null: nothing was heard. */
  lldp: z.object({ chassis: z.string(), port: z.string() }).nullable(),
  /** With their prefix: `192.0.2.7/24`. */
  addresses: z.array(z.string()),
  /** The bond that it is in. */
  bondOf: z.string().nullable(),
  /** The bridge that it is a port of. */
  bridge: z.string().nullable(),
  /** VLAN interfaces on it. */
  vlans: z.array(z.string()),
  /** The engine's own SSH connection goes over it. */
  isOursForSsh: z.boolean(),
})
export type HostNic = z.infer<typeof hostNicSchema>

export const hostBondSchema = z.object({
  name: z.string(),
  mode: z.string(),
  options: z.record(z.string(), z.string()),
  nics: z.array(z.string()),
  macAddress: z.string(),
  linkUp: z.boolean(),
  speedMbps: z.number().nullable(),
  mtu: z.number().int(),
  addresses: z.array(z.string()),
  bridge: z.string().nullable(),
  vlans: z.array(z.string()),
  isOursForSsh: z.boolean(),
})
export type HostBond = z.infer<typeof hostBondSchema>

export const hostBridgeSchema = z.object({
  name: z.string(),
  ports: z.array(z.string()),
  addresses: z.array(z.string()),
  mtu: z.number().int(),
  /** Network cards of machines in it: the names of their taps. */
  vnics: z.array(z.string()),
  isOursForSsh: z.boolean(),
})
export type HostBridge = z.infer<typeof hostBridgeSchema>

export const hostVlanSchema = z.object({
  name: z.string(),
  /** The NIC or bond that it lies on. */
  parent: z.string(),
  vlanId: z.number().int(),
  mtu: z.number().int(),
  addresses: z.array(z.string()),
  bridge: z.string().nullable(),
})
export type HostVlan = z.infer<typeof hostVlanSchema>

/** A field of an attachment that is other on the host than it is wished. Both as a person reads them. */
export const networkDifferenceSchema = z.object({
  field: z.enum(['nic', 'vlan', 'mtu', 'bridge', 'ipv4', 'ipv6', 'gateway', 'dns', 'bond']),
  wanted: z.string(),
  actual: z.string(),
})
export type NetworkDifference = z.infer<typeof networkDifferenceSchema>

export const hostAttachmentSchema = networkAttachmentSchema.extend({
  /** `missing`: nothing of it is there. */
  status: z.enum(['in-sync', 'out-of-sync', 'missing']),
  differences: z.array(networkDifferenceSchema),
  /** The link below it is up. */
  linkUp: z.boolean(),
})
export type HostAttachment = z.infer<typeof hostAttachmentSchema>

/** The network of one host, as it is there, and what the inventory wishes of it. One entity: its id is the host's. */
export const hostNetworksSchema = z.object({
  id: hostIdSchema,
  manager: networkManagerSchema,
  /** False: it is shown, and `whyNot` says why it is not changed. */
  canManage: z.boolean(),
  whyNot: wireErrorSchema.nullable(),
  nics: z.array(hostNicSchema),
  bonds: z.array(hostBondSchema),
  bridges: z.array(hostBridgeSchema),
  vlans: z.array(hostVlanSchema),
  gateways: z.array(z.object({ address: z.string(), interfaceName: z.string() })),
  dns: z.array(z.string()),
  attachments: z.array(hostAttachmentSchema),
  /** How the NIC or bond with the address of our SSH connection has its addresses; null: the address is elsewhere, in a bridge for one. */
  ownAddress: networkAttachmentSchema.omit({ networkId: true }).nullable().default(null),
  /** When it was read, milliseconds since the epoch. */
  asOf: z.number(),
})
export type HostNetworks = z.infer<typeof hostNetworksSchema>
