import { z } from 'zod'
import { hostMaintenanceSchema, hostPowerSchema } from './host-wish.ts'
import { type ClusterId, clusterIdSchema, type HostId, hostIdSchema } from './ids.ts'
import { problemSchema, wireErrorSchema } from './problem.ts'

/** oVirt's host statuses. Computed from what is seen of a host and what is wished of it; never stored. */
export const hostStatusSchema = z.enum([
  'unassigned',
  'installing',
  'install-failed',
  'initializing',
  'up',
  'preparing-for-maintenance',
  'maintenance',
  'connecting',
  'non-responsive',
  'non-operational',
  'reboot',
  'down',
  'error',
])
export type HostStatus = z.infer<typeof hostStatusSchema>

/** What the host says of itself. Sizes in the units of their names; all of it read from libvirt. */
export const hostFactsSchema = z.object({
  hostName: z.string(),
  uuid: z.string(),
  libvirtVersion: z.string(),
  /** "QEMU", as libvirt calls the driver. */
  hypervisor: z.string(),
  hypervisorVersion: z.string(),
  architecture: z.string(),
  cpuModel: z.string(),
  cpuVendor: z.string(),
  cpuMhz: z.number(),
  /** CPUs the host schedules on (threads included). */
  cpus: z.number().int(),
  numaNodes: z.number().int(),
  sockets: z.number().int(),
  coresPerSocket: z.number().int(),
  threadsPerCore: z.number().int(),
  memoryKiB: z.number(),
  /** Domain types the host offers, best first: "kvm", "qemu". */
  domainTypes: z.array(z.string()),
  /** Canonical name of the newest machine type for the host's architecture ("pc-q35-7.2"). */
  machineTypes: z.array(z.string()),
})
export type HostFacts = z.infer<typeof hostFactsSchema>

export const hostAuthenticationSchema = z.enum(['agent', 'key', 'password'])
export type HostAuthentication = z.infer<typeof hostAuthenticationSchema>

/** How the engine reaches libvirt there: over SSH, or this computer's own socket. */
export const hostTransportSchema = z.enum(['ssh', 'local'])

/** The driver connection: the system daemon or the user's own session daemon. */
export const libvirtModeSchema = z.enum(['system', 'session'])
export type LibvirtMode = z.infer<typeof libvirtModeSchema>

export const storageManagerPrioritySchema = z.number().int().min(-1).max(10)
export const DEFAULT_STORAGE_MANAGER_PRIORITY = 5

/** Where a host belongs and how it is reached, as the inventory keeps it. Its secrets are not part of it. */
export interface HostDefinition {
  readonly id: HostId
  readonly clusterId: ClusterId
  readonly name: string
  readonly transport: z.infer<typeof hostTransportSchema>
  /** Host name, IP address or an alias of ssh_config. Only shown for `local`. */
  readonly address: string
  /** Null: as ssh_config says, else 22. */
  readonly port: number | null
  /** Null: as ssh_config says, else who runs the engine. */
  readonly user: string | null
  readonly authentication: HostAuthentication
  readonly privateKeyPath: string | null
  /** Hosts on the way, as `ProxyJump` of ssh_config names them. Null: as ssh_config says. */
  readonly jumpHost: string | null
  readonly libvirtMode: LibvirtMode
  readonly storageManagerPriority: number
}

/** A driver of libvirt beside the hypervisor's. `absent`: the host has none; `failed`: it is there and does not do its work. */
export const hostDriverSchema = z.object({
  family: z.enum(['storage', 'network', 'node-device', 'secret', 'nwfilter']),
  status: z.enum(['idle', 'connecting', 'up', 'absent', 'failed']),
})

export const hostSchema = z.object({
  id: hostIdSchema,
  clusterId: clusterIdSchema,
  name: z.string(),
  transport: hostTransportSchema,
  address: z.string(),
  port: z.number().int().min(1).max(65_535),
  user: z.string(),
  authentication: hostAuthenticationSchema,
  privateKeyPath: z.string().nullable(),
  jumpHost: z.string().nullable(),
  libvirtMode: libvirtModeSchema,
  /** How readily it becomes storage manager, after oVirt: the highest first; -1 never. */
  storageManagerPriority: storageManagerPrioritySchema,
  /** It writes the metadata of its datacenter's storage. */
  isStorageManager: z.boolean(),
  /** Counted up by each edit: an edit says on which one it was begun. */
  revision: z.number().int(),
  status: hostStatusSchema,
  /** Milliseconds since the epoch, as all times on the wire. */
  statusSince: z.number(),
  /** Why it is not `up`, when it is not. */
  statusError: wireErrorSchema.nullable(),
  /** Null: it may run VMs. */
  maintenance: hostMaintenanceSchema.nullable(),
  power: hostPowerSchema.nullable(),
  /** When the next try to connect is due; null while none is planned. */
  nextAttemptAt: z.number().nullable(),
  hostKey: z.object({ type: z.string(), fingerprint: z.string() }).nullable(),
  facts: hostFactsSchema.nullable(),
  /** When the host last told us anything; what is shown is as old as this. */
  asOf: z.number().nullable(),
  /** True while nobody can say whether the values still hold. */
  stale: z.boolean(),
  drivers: z.array(hostDriverSchema),
  problems: z.array(problemSchema),
  vmCount: z.number().int(),
  runningVmCount: z.number().int(),
})
export type Host = z.infer<typeof hostSchema>
