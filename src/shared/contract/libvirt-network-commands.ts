import { z } from 'zod'
import {
  hostIdSchema,
  ipSettingsSchema,
  libvirtNetworkModeSchema,
  libvirtNetworkNameSchema,
  libvirtNetworkSettingsSchema,
  networkDnsSchema,
  networkPendingSchema,
} from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

const theHost = ({ hostId }: { readonly hostId: string }) => [{ kind: 'host', id: hostId }] as const
const { bridgeName, forwardDevice, domainName, mtu } = libvirtNetworkSettingsSchema.shape

/** One network of a host. */
const oneNetwork = z.object({ hostId: hostIdSchema, libvirtNetworkId: z.guid() })

/** Left out: with create what libvirt does by itself, with edit as it is. Null: none. */
const settings = z.object({
  bridgeName: bridgeName.optional(),
  forwardDevice: forwardDevice.optional(),
  domainName: domainName.optional(),
  mtu: mtu.optional(),
  natIpv6: z.boolean().optional(),
  ipv4: ipSettingsSchema.nullable().optional(),
  ipv6: ipSettingsSchema.nullable().optional(),
  dns: networkDnsSchema.optional(),
})

export const libvirtNetworkCreate = defineCommand({
  name: 'libvirt-network.create',
  summary:
    'Creates a network of one host’s libvirt (NAT, routed, isolated, open, or an existing bridge) and starts it.',
  input: settings.extend({
    hostId: hostIdSchema,
    name: libvirtNetworkNameSchema,
    mode: libvirtNetworkModeSchema,
    /** With the host. */
    autostart: z.boolean().default(true),
    start: z.boolean().default(true),
  }),
  output: z.object({ libvirtNetworkId: z.string() }),
  permission: 'network.setup-host',
  kind: 'task',
  objects: theHost,
})

export const libvirtNetworkEdit = defineCommand({
  name: 'libvirt-network.edit',
  summary:
    'Changes a network of one host’s libvirt: at once what libvirt can change while it runs, the rest when it starts anew. What is left out stays as it is.',
  input: settings.extend({ ...oneNetwork.shape, mode: libvirtNetworkModeSchema.optional() }),
  output: z.object({
    /** What takes effect only when it is started anew. */
    pending: z.array(networkPendingSchema),
  }),
  permission: 'network.setup-host',
  kind: 'task',
  objects: theHost,
})

export const libvirtNetworkStart = defineCommand({
  name: 'libvirt-network.start',
  summary: 'Starts a network of one host’s libvirt.',
  input: oneNetwork,
  output: z.object({}),
  permission: 'network.setup-host',
  kind: 'task',
  objects: theHost,
})

export const libvirtNetworkStop = defineCommand({
  name: 'libvirt-network.stop',
  summary: 'Stops a network of one host’s libvirt. Refused while running machines have a network card there.',
  input: oneNetwork.extend({
    /** Running machines there lose their network. */
    evenIfUsed: z.boolean().default(false),
  }),
  output: z.object({}),
  permission: 'network.setup-host',
  kind: 'task',
  objects: theHost,
})

export const libvirtNetworkAutostart = defineCommand({
  name: 'libvirt-network.autostart',
  summary: 'Sets whether a network of one host’s libvirt starts with its host.',
  input: oneNetwork.extend({ enabled: z.boolean() }),
  output: z.object({}),
  permission: 'network.setup-host',
  kind: 'task',
  objects: theHost,
})

export const libvirtNetworkRemove = defineCommand({
  name: 'libvirt-network.remove',
  summary: 'Stops and removes a network of one host’s libvirt. Refused while machines have a network card there.',
  input: oneNetwork.extend({
    /** Machines there cannot start any more. */
    evenIfUsed: z.boolean().default(false),
  }),
  output: z.object({}),
  permission: 'network.setup-host',
  kind: 'task',
  objects: theHost,
})
