import { z } from 'zod'

/** A NUMA cell of a host. */
export const numaCellSchema = z.object({
  id: z.number().int(),
  memoryKiB: z.number(),
  freeKiB: z.number().nullable(),
  /** Ids of its CPUs. */
  cpus: z.array(z.number().int()),
})

/** Why a host, or a program on it, should be started anew. */
export const restartReasonSchema = z.object({
  kind: z.enum([
    /** A newer kernel is installed than the one that runs: `detail` is its version. */
    'kernel',
    /** The host's own package tools ask for it: `detail` names packages, as far as they say. */
    'packages',
    /** A daemon's program was replaced on disk while it runs: `detail` is its name. */
    'daemon',
    /** QEMU was replaced on disk while machines run with the old one: `detail` is their number. */
    'qemu',
  ]),
  detail: z.string(),
})
export type RestartReason = z.infer<typeof restartReasonSchema>

/** What a host is and how it runs, read while somebody looks; null for what it does not tell. */
export const hostDetailsSchema = z.object({
  id: z.literal('details'),
  /** When it was read, milliseconds since the epoch. */
  asOf: z.number(),
  system: z.string().nullable(),
  kernel: z.string().nullable(),
  uptimeSeconds: z.number().nullable(),
  /** Over 1, 5 and 15 minutes. */
  load: z.array(z.number()).nullable(),
  numaCells: z.array(numaCellSchema),
  /** libvirt's security drivers: "selinux", "apparmor", "dac", … */
  securityDrivers: z.array(z.string()),
  selinux: z.enum(['enforcing', 'permissive', 'off']).nullable(),
  appArmor: z.boolean().nullable(),
  /** Kernel same-page merging; the counters are pages. */
  ksm: z
    .object({
      isRunning: z.boolean().nullable(),
      pagesToScan: z.number().nullable(),
      sleepMs: z.number().nullable(),
      pagesShared: z.number().nullable(),
      pagesSharing: z.number().nullable(),
      pagesUnshared: z.number().nullable(),
      fullScans: z.number().nullable(),
    })
    .nullable(),
  /** What a reboot of the host, or a restart of a program, is needed for. */
  restarts: z.array(restartReasonSchema),
  /** False: the host runs no commands for us, so that only what libvirt knows is here. */
  hasShell: z.boolean(),
})
export type HostDetails = z.infer<typeof hostDetailsSchema>

/** A device of a host, as libvirt's node-device driver knows it. */
export const hostDeviceSchema = z.object({
  /** libvirt's name: "pci_0000_00_1f_2". */
  id: z.string(),
  kind: z.enum(['nic', 'disk', 'pci', 'usb', 'mediated']),
  /** "enp1s0", "sda", or what the device calls itself. */
  name: z.string(),
  vendor: z.string().nullable(),
  /** MAC address; "0000:00:1f.2"; "1:4" (bus and device); the UUID of a mediated device. */
  address: z.string().nullable(),
  driver: z.string().nullable(),
  /** Devices of one group can only be handed to a machine together. */
  iommuGroup: z.number().int().nullable(),
  /** Mbit/s. */
  speedMbps: z.number().nullable(),
  isLinkUp: z.boolean().nullable(),
  sizeBytes: z.number().nullable(),
  /** Of PCI and USB: "8086:1521", vendor and product. */
  numbers: z.string().nullable(),
  /** Of PCI: class, subclass and interface, "060400". */
  pciClass: z.string().nullable(),
  /** Where the kernel has it: the addresses of what it hangs on are in it. */
  path: z.string().nullable(),
  asOf: z.number(),
})
export type HostDevice = z.infer<typeof hostDeviceSchema>
