import { z } from 'zod'
import { vmIdSchema } from './ids.ts'
import { parseIpAddress } from './ip-subnet.ts'
import { macAddressSchema } from './mac-range.ts'
import { LIBVIRT_NETWORK_MODES } from './schema-free.ts'

export const libvirtNetworkModeSchema = z.enum(LIBVIRT_NETWORK_MODES)
export type LibvirtNetworkMode = z.infer<typeof libvirtNetworkModeSchema>

/** Longer lists than these nobody keeps in a network's definition. */
const LEASES_LIMIT = 1_024
const LIST_LIMIT = 64

/** An address in the usual form, trimmed. */
export const ipAddressSchema = z
  .string()
  .trim()
  .refine((text) => parseIpAddress(text) !== null, 'expected an IP address: 192.168.100.1 or fd00:100::1')

/** A name of hosts or domains: letters, digits, dashes and dots. */
const dnsNameSchema = z
  .string()
  .trim()
  .regex(
    /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/,
    'expected a DNS name',
  )

/** Name of a network device, as Linux takes it: 15 characters without slash and white space. */
const deviceNameSchema = z
  .string()
  .trim()
  .regex(/^(?!\.{1,2}$)[^\s/]{1,15}$/, 'expected the name of a network device: at most 15 characters')

/** An address that a card, or a host of a name, always gets. IPv6 knows machines by name or client id, not by MAC address. */
export const staticLeaseSchema = z.object({
  macAddress: macAddressSchema.nullable().default(null),
  /** DHCPv6's DUID: "0:1:0:1:18:aa:62:fe:0:16:3e:44:55:66". */
  clientId: z
    .string()
    .regex(/^[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){1,129}$/i)
    .nullable()
    .default(null),
  name: dnsNameSchema.nullable().default(null),
  address: ipAddressSchema,
})
export type StaticLease = z.infer<typeof staticLeaseSchema>

export const dhcpRangeSchema = z.object({ start: ipAddressSchema, end: ipAddressSchema })
export type DhcpRange = z.infer<typeof dhcpRangeSchema>

/** The host's own address in the network, and what DHCP gives to others. */
export const ipSettingsSchema = z.object({
  address: ipAddressSchema,
  prefix: z.number().int().min(1).max(128),
  /** Null: no DHCP. */
  dhcp: z
    .object({
      ranges: z.array(dhcpRangeSchema).max(LIST_LIMIT),
      hosts: z.array(staticLeaseSchema).max(LEASES_LIMIT),
    })
    .nullable()
    .default(null),
})
export type IpSettings = z.infer<typeof ipSettingsSchema>

export const networkDnsSchema = z.object({
  isEnabled: z.boolean().default(true),
  /** Without a domain: all that the host does not know itself. Without an address: that domain stays here. */
  forwarders: z
    .array(
      z.object({ address: ipAddressSchema.nullable().default(null), domain: dnsNameSchema.nullable().default(null) }),
    )
    .max(LIST_LIMIT)
    .default([]),
  hosts: z
    .array(z.object({ address: ipAddressSchema, names: z.array(dnsNameSchema).min(1).max(LIST_LIMIT) }))
    .max(LEASES_LIMIT)
    .default([]),
})
export type NetworkDns = z.infer<typeof networkDnsSchema>

/** What a person sets of a network. Format: https://libvirt.org/formatnetwork.html */
export const libvirtNetworkSettingsSchema = z.object({
  mode: libvirtNetworkModeSchema,
  /** The bridge that libvirt makes; with mode `bridge`: the one that is there. Null: libvirt chooses a name. */
  bridgeName: deviceNameSchema.nullable(),
  /** Of modes nat and route: traffic leaves by this device only. Null: by any. */
  forwardDevice: deviceNameSchema.nullable(),
  /** DNS domain of the machines. */
  domainName: dnsNameSchema.nullable(),
  mtu: z.number().int().min(68).max(65_520).nullable(),
  /** Mode nat translates IPv6 as well; otherwise it is routed. */
  natIpv6: z.boolean(),
  ipv4: ipSettingsSchema.nullable(),
  ipv6: ipSettingsSchema.nullable(),
  dns: networkDnsSchema,
})
export type LibvirtNetworkSettings = z.infer<typeof libvirtNetworkSettingsSchema>

/** Names that libvirt takes, and that can be typed in a shell. */
export const libvirtNetworkNameSchema = z
  .string()
  .trim()
  .regex(/^[^\s/'"<>&]{1,50}$/, 'expected a name without spaces and slashes, at most 50 characters')

/** What of a running network is another one in its definition: it takes effect when the network is started anew. */
export const networkPendingSchema = z.enum([
  'mode',
  'bridgeName',
  'forwardDevice',
  'domainName',
  'mtu',
  'natIpv6',
  'ipv4',
  'ipv6',
  'dhcpRanges',
  'dhcpHosts',
  'dns',
  'dnsHosts',
])
export type NetworkPending = z.infer<typeof networkPendingSchema>

export const networkLeaseSchema = z.object({
  macAddress: z.string().nullable(),
  address: z.string(),
  prefix: z.number().int(),
  hostName: z.string().nullable(),
  clientId: z.string().nullable(),
  /** Milliseconds since the epoch by the host's clock; null: it does not end. */
  expiresAt: z.number().nullable(),
})
export type NetworkLease = z.infer<typeof networkLeaseSchema>

/** A machine with a network card there. */
export const networkUserSchema = z.object({ vmId: vmIdSchema, name: z.string(), isRunning: z.boolean() })
export type NetworkUser = z.infer<typeof networkUserSchema>

/** A network of one host's libvirt. */
export const libvirtNetworkSchema = libvirtNetworkSettingsSchema.extend({
  /** libvirt's UUID. */
  id: z.string(),
  name: z.string(),
  isActive: z.boolean(),
  /** False: it is gone when it is stopped. */
  isPersistent: z.boolean(),
  autostart: z.boolean(),
  /** libvirt's own word where it is none of those that can be made here: "passthrough", "hostdev", … */
  mode: z.string(),
  // What a host tells may be what nobody could enter here.
  bridgeName: z.string().nullable(),
  forwardDevice: z.string().nullable(),
  domainName: z.string().nullable(),
  mtu: z.number().nullable(),
  /** Further addresses of the host there, each with its prefix: "10.1.0.1/24". */
  otherAddresses: z.array(z.string()),
  pending: z.array(networkPendingSchema),
  leases: z.array(networkLeaseSchema),
  usedBy: z.array(networkUserSchema),
  /** Its definition: as it is stored; of one without that, as it runs. */
  xml: z.string(),
  /** When it was read, milliseconds since the epoch. */
  asOf: z.number(),
})
export type LibvirtNetwork = z.infer<typeof libvirtNetworkSchema>
