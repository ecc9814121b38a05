import { z } from 'zod'
import { parseMemoryMiB } from './memory-text.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const text = z.string().trim()

/** As many disks, and as many cards, as the command takes. */
export const DEVICES_MOST = 64

/** The fields of the wizard, as a person fills them in. Empty: the default. Messages are catalog keys. */
export const vmFieldsSchema = z.object({
  name: text.min(1, 'newvm:wrong.nameMissing'),
  title: text,
  description: text,
  clusterId: text.min(1, 'newvm:wrong.clusterMissing'),
  templateId: text,
  thin: z.boolean(),
  operatingSystem: text,
  memory: text.refine((value) => parseMemoryMiB(value) !== null, 'newvm:wrong.memory'),
  vcpus: text.regex(/^[1-9]\d{0,3}$/, 'newvm:wrong.vcpus'),
  diskKind: z.enum(['new', 'existing', 'none']),
  diskDomainId: text,
  diskSizeGiB: text,
  diskId: text,
  nic: text,
  nicName: text,
  /** Beside the first disk and the first card. */
  moreDisks: z
    .array(z.object({ kind: z.enum(['new', 'existing']), sizeGiB: text, domainId: text, diskId: text }))
    .max(DEVICES_MOST - 1),
  moreNics: z.array(z.object({ nic: text, nicName: text })).max(DEVICES_MOST - 1),
  source: z.enum(['medium', 'network', 'kernel', 'none']),
  mediumId: text,
  kernelPath: text,
  initrdPath: text,
  commandLine: text,
  start: z.boolean(),

  cpuMode: z.enum(['cluster', 'host-passthrough', 'host-model', 'custom']),
  cpuModel: text,
  sockets: text,
  cores: text,
  threads: text,
  maxVcpus: text,
  pinning: text,
  numa: text,
  maxMemory: text.refine((value) => value === '' || parseMemoryMiB(value) !== null, 'newvm:wrong.memory'),
  hugepages: z.boolean(),
  ballooning: z.boolean(),

  machineType: text,
  firmware: z.enum(['', 'bios', 'uefi', 'uefi-secure']),
  tpm: z.enum(['', 'on', 'off']),
  clock: z.enum(['', 'utc', 'localtime']),
  bootOrder: text,
  bootMenu: z.boolean(),

  diskBus: z.enum(['', 'virtio', 'scsi', 'sata', 'ide', 'usb']),
  diskFormat: z.enum(['qcow2', 'raw']),
  diskAllocation: z.enum(['', 'thin', 'preallocated']),
  diskCache: z.enum(['none', 'writeback', 'writethrough', 'directsync']),
  diskSerial: text,
  nicModel: z.enum(['', 'virtio', 'e1000e', 'e1000', 'rtl8139', 'vmxnet3', 'igb']),
  nicMac: text,
  nicLinkUp: z.boolean(),

  graphics: z.enum(['', 'vnc', 'spice', 'none']),
  serialConsole: z.boolean(),
  video: z.enum(['', 'virtio', 'vga', 'bochs', 'qxl', 'cirrus', 'none']),
  sound: z.enum(['none', 'ich9', 'ich6', 'ac97']),
  watchdog: z.enum(['', 'reset', 'shutdown', 'poweroff', 'pause', 'dump', 'inject-nmi', 'none']),
  guestAgent: z.boolean(),
  rng: z.boolean(),
  tablet: z.boolean(),
  panic: z.boolean(),
  vsock: z.boolean(),
  smartCard: z.boolean(),
  usbRedirections: z.enum(['0', '1', '2', '4']),
  hostDevices: text,
  sharedFolders: text,

  cloudInit: z.enum(['none', 'fields', 'raw']),
  hostName: text,
  user: text,
  passwordHash: text,
  sshKeys: text,
  packages: text,
  runCommands: text,
  address: text,
  gateway: text,
  nameServers: text,
  userData: z.string(),
  networkConfig: z.string(),

  customDevices: z.string(),
  customDomain: z.string(),
})
export type VmForm = z.infer<typeof vmFieldsSchema>
