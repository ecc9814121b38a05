import { z } from 'zod'
import { clusterIdSchema, hostIdSchema, vmIdSchema, vnicProfileIdSchema } from './ids.ts'
import { vnicQosSchema } from './network.ts'
import { problemSchema } from './problem.ts'

/** oVirt's VM statuses. `unknown` only ever means that the host cannot be asked. */
export const vmStatusSchema = z.enum([
  'down',
  'wait-for-launch',
  'powering-up',
  'up',
  'paused',
  'migrating-from',
  'migrating-to',
  'unknown',
  'not-responding',
  'reboot-in-progress',
  'saving-state',
  'suspended',
  'restoring-state',
  'powering-down',
  'image-locked',
  'image-illegal',
])
export type VmStatus = z.infer<typeof vmStatusSchema>

/**
 * What a machine boots with. `open-firmware`: SLOF and its like (POWER); `ipl`: QEMU's loader of s390x; `none`: the kernel
 * that it is given, directly; `unknown`: an image that nobody knows by its name.
 */
export const firmwareSchema = z.enum(['bios', 'uefi', 'open-firmware', 'opensbi', 'ipl', 'none', 'unknown'])
export type Firmware = z.infer<typeof firmwareSchema>

export const vmDiskSchema = z.object({
  /** "vda", as the definition calls it. */
  target: z.string(),
  bus: z.string(),
  device: z.enum(['disk', 'cdrom', 'floppy', 'lun']),
  /** "file", "block", "network", "volume", "nvme", ...; null when the drive is empty. */
  sourceType: z.string().nullable(),
  /** Path, or "pool/volume", or "protocol:name", or "0000:01:00.0/1" (NVMe); null when the drive is empty. */
  source: z.string().nullable(),
  format: z.string().nullable(),
  readOnly: z.boolean(),
})
export type VmDisk = z.infer<typeof vmDiskSchema>

export const vmNicSchema = z.object({
  macAddress: z.string(),
  model: z.string().nullable(),
  /** "network", "bridge", "direct", "user", ... */
  type: z.string(),
  /** Network, bridge or device; "address:port"; path of a socket; "0000:01:00.0" of a device that was handed over. */
  source: z.string().nullable(),
  /** "vnet3" while it runs. */
  hostDevice: z.string().nullable(),
  linkUp: z.boolean(),
  addresses: z.array(z.string()),
  /** The vNIC profile that it has, and which revision of it the definition says. Left out: none of ours. */
  vnicProfile: z.object({ id: vnicProfileIdSchema, revision: z.number().int() }).optional(),
  /** Name of the libvirt network filter that its packets pass. Left out: none. */
  filter: z.string().optional(),
  /** What its traffic is limited to. Left out: it is not. */
  qos: vnicQosSchema.optional(),
})
export type VmNic = z.infer<typeof vmNicSchema>

export const vmGraphicsSchema = z.object({
  type: z.string(),
  /** How the server listens. */
  listen: z.enum(['address', 'socket', 'none']),
  address: z.string().nullable(),
  port: z.number().nullable(),
  socket: z.string().nullable(),
  passwordSet: z.boolean(),
  /** QEMU's name of the layout by which the display finds the keys of characters; null: it passes positions on. */
  keymap: z.string().nullable(),
})
export type VmGraphics = z.infer<typeof vmGraphicsSchema>

export const vmSerialPortSchema = z.object({
  /** "serial1" or "console0", as libvirt calls it while the VM runs. */
  alias: z.string(),
  /** Where it leads on the host: "pty", "unix", "file", "tcp", ... */
  type: z.string(),
  /** "isa-serial", "virtio", ...; null when the definition does not say. */
  target: z.string().nullable(),
  /** libvirt opens ports of the types pty and unix, no others. */
  canOpen: z.boolean(),
})
export type VmSerialPort = z.infer<typeof vmSerialPortSchema>

/** Something of a running VM that is another one in its definition on disk: it takes effect at the next start. */
export const pendingChangeSchema = z.object({
  what: z.enum([
    'memory',
    'maxMemory',
    'vcpus',
    'maxVcpus',
    'machineType',
    'firmware',
    'cpuMode',
    'bootOrder',
    /** Sockets, cores and threads. */
    'topology',
    'disk',
    'nic',
    'link',
    /** Of a card: the id of its vNIC profile, the name of its filter, its limits ("1000/2000/512 – 500"). */
    'vnicProfile',
    'filter',
    'limits',
    'device',
  ]),
  /** Which one, where there may be several: a disk's target, a card's MAC address, a kind of device. */
  device: z.string().nullable(),
  /** As it runs; KiB for memory; empty for an empty drive. Null: it is not there. */
  now: z.union([z.string(), z.number()]).nullable(),
  next: z.union([z.string(), z.number()]).nullable(),
})
export type PendingChange = z.infer<typeof pendingChangeSchema>

export const vmSchema = z.object({
  id: vmIdSchema,
  name: z.string(),
  /** The cluster of its host. */
  clusterId: clusterIdSchema,
  /** Where it runs, or, when down, where it is defined. */
  hostId: hostIdSchema,
  /** Other hosts that have a definition with the same UUID. */
  alsoDefinedOn: z.array(hostIdSchema),
  status: vmStatusSchema,
  /** Why: libvirt's reason in its own words ("paused: ioerror" → "io-error"); null when there is nothing to add. */
  statusReason: z.string().nullable(),
  /** Since when, milliseconds since the epoch by the engine's clock. */
  statusSince: z.number(),
  /** False: it was in that status already when it was first seen, at `statusSince`; since when, nobody can tell. */
  statusSinceExact: z.boolean(),
  /** What it was when its host was last heard, while nobody can say what it is; null otherwise, and where nobody knows. */
  lastStatus: vmStatusSchema.nullable(),
  persistent: z.boolean(),
  autostart: z.boolean(),
  hasManagedSave: z.boolean(),
  hasSnapshots: z.boolean(),
  /** libvirt's id of the running domain. */
  domainId: z.number().int().nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  /** libosinfo id or a short name, from the definition's metadata. */
  operatingSystem: z.string().nullable(),
  /** A person's own, from the definition's metadata: in the order of their letters. */
  tags: z.array(z.string()),
  /** "Customers/Acme"; null: in none. */
  folder: z.string().nullable(),
  /** "kvm" or "qemu". */
  domainType: z.string(),
  architecture: z.string(),
  machineType: z.string(),
  firmware: firmwareSchema,
  cpuMode: z.string().nullable(),
  vcpus: z.number().int(),
  maxVcpus: z.number().int(),
  memoryKiB: z.number(),
  maxMemoryKiB: z.number(),
  disks: z.array(vmDiskSchema),
  nics: z.array(vmNicSchema),
  graphics: z.array(vmGraphicsSchema),
  /** In the order of the definition; a console that only is another name of a serial port is left out. */
  serialPorts: z.array(vmSerialPortSchema),
  /** Can one of `serialPorts` be opened? */
  hasSerialConsole: z.boolean(),
  guestAgent: z.enum(['absent', 'disconnected', 'connected']),
  asOf: z.number().nullable(),
  stale: z.boolean(),
  problems: z.array(problemSchema),
  /** What waits for its next start; of one that does not run there is nothing. */
  pending: z.array(pendingChangeSchema),
})
export type Vm = z.infer<typeof vmSchema>
