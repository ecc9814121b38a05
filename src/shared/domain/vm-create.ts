import { z } from 'zod'
import { clusterIdSchema, diskIdSchema, hostIdSchema, storageDomainIdSchema, templateIdSchema } from './ids.ts'
import { macAddressSchema } from './mac-range.ts'

/*
 * What a person says of a new VM. What is not said follows from its operating system, its cluster, and what the host can do; those are
 * resolved when it is planned, so that a plan shows them.
 */

/** libvirt makes file names of it, with endings of its own: the whole has 255 bytes. */
const NAME_BYTES = 200
/** QEMU's own limits are lower and differ by machine type; the host has the last word. */
const MEMORY_LIMIT_MIB = 16 * 1024 * 1024
const VCPUS_LIMIT = 4_096
const DISK_LIMIT_GIB = 64 * 1024
const DEVICES_LIMIT = 64
const TEXT_LIMIT = 4_096
const XML_LIMIT = 256 * 1024
/** The seed is a small image. */
const CLOUD_INIT_LIMIT = 512 * 1024

/** A VM's name: any letters of any script, but nothing that ends a line or a path. */
export const vmNameSchema = z
  .string()
  .trim()
  .overwrite((text) => text.normalize('NFC'))
  .min(1)
  .regex(/^[^/\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]+$/u, 'no slashes, line ends or control characters')
  .refine((text) => text !== '.' && text !== '..', 'a name, not a folder')
  .refine((text) => new TextEncoder().encode(text).length <= NAME_BYTES, `at most ${NAME_BYTES} bytes in UTF-8`)

export const memoryMiBSchema = z.number().int().min(1).max(MEMORY_LIMIT_MIB)
export const vcpusSchema = z.number().int().min(1).max(VCPUS_LIMIT)
const countSchema = z.number().int().min(1).max(256)
/** What its vCPUs look like to the guest; the product is the most of them that there may be. */
export const vmTopologySchema = z.strictObject({ sockets: countSchema, cores: countSchema, threads: countSchema })
/** As libvirt lists models, features and machine types. */
const libvirtNameSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_.+-]{1,64}$/, 'expected a name as libvirt lists them')
/** "0-3,8,^2", libvirt's way to write sets of CPUs. */
const cpuSetSchema = z
  .string()
  .trim()
  .regex(/^\^?\d{1,4}(?:-\d{1,4})?(?:,\^?\d{1,4}(?:-\d{1,4})?)*$/, 'expected CPUs as libvirt writes them: 0-3,8')
const onHostPathSchema = z
  .string()
  .trim()
  .max(TEXT_LIMIT)
  .regex(/^\/[^\p{Cc}]*$/u, 'an absolute path on the host')
const lineSchema = z
  .string()
  .max(TEXT_LIMIT)
  .regex(/^[^\p{Cc}]*$/u, 'one line without control characters')

export const vmTitleSchema = lineSchema.max(256)
export const vmDescriptionSchema = z.string().trim().max(TEXT_LIMIT)

export const vmCpuSpecSchema = z.strictObject({
  /** `cluster`: the model that all hosts of the cluster have. */
  mode: z.enum(['cluster', 'host-passthrough', 'host-model', 'custom']).default('cluster'),
  /** For `custom`. */
  model: libvirtNameSchema.optional(),
  features: z
    .array(z.strictObject({ name: libvirtNameSchema, policy: z.enum(['require', 'disable', 'optional', 'force']) }))
    .max(256)
    .default([]),
  /** Its product is the number of vCPUs, or the most of them where there is a most. */
  topology: vmTopologySchema.optional(),
  pinning: z
    .array(
      z.strictObject({
        vcpu: z
          .number()
          .int()
          .min(0)
          .max(VCPUS_LIMIT - 1),
        hostCpus: cpuSetSchema,
      }),
    )
    .max(VCPUS_LIMIT)
    .default([]),
  /** The guest's NUMA cells; their memory adds up to all of it. */
  numa: z
    .array(z.strictObject({ cpus: cpuSetSchema, memoryMiB: memoryMiBSchema }))
    .max(64)
    .default([]),
})

/** How a machine is given a disk. */
export const diskUseShape = {
  /** Default: by the operating system, virtio where it knows it. */
  bus: z.enum(['virtio', 'scsi', 'sata', 'ide', 'usb']).optional(),
  /** Default: as the disk has it. */
  discard: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  shareable: z.boolean().optional(),
  serial: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_.+ -]{1,36}$/, 'up to 36 letters and digits')
    .optional(),
  cache: z.enum(['none', 'writeback', 'writethrough', 'directsync', 'unsafe']).default('none'),
  /** The one that is booted from; default: the first. */
  boot: z.boolean().default(false),
}

export const existingDiskSpecSchema = z.strictObject({ diskId: diskIdSchema, ...diskUseShape })
export const newDiskSpecSchema = z.strictObject({
  storageDomainId: storageDomainIdSchema,
  sizeGiB: z.number().positive().max(DISK_LIMIT_GIB),
  /** Default: the VM's name and a number. */
  alias: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .regex(/^\P{C}+$/u, 'no control characters')
    .optional(),
  format: z.enum(['qcow2', 'raw']).default('qcow2'),
  /** Default: as the cluster has it. */
  allocation: z.enum(['thin', 'preallocated']).optional(),
  ...diskUseShape,
})
export type NewDiskSpec = z.output<typeof newDiskSpecSchema>
export const vmDiskSpecSchema = z.union([existingDiskSpecSchema, newDiskSpecSchema])
export type VmDiskSpec = z.output<typeof vmDiskSpecSchema>

const nicUseShape = {
  /** Default: the next free one of the cluster's range. */
  macAddress: macAddressSchema.optional(),
  /** Default: by the operating system, virtio where it knows it. */
  model: z.enum(['virtio', 'e1000e', 'e1000', 'rtl8139', 'vmxnet3', 'igb']).optional(),
  linkUp: z.boolean().default(true),
}
/** The kernel's limit of an interface's name. */
const bridgeNameSchema = z
  .string()
  .trim()
  .regex(/^[^\s/:\p{C}]{1,15}$/u, 'the name of a bridge: up to 15 characters')

/** What a network card is connected to: exactly one of these. */
export const vmNicSpecSchema = z.union([
  /** A logical network of the datacenter: the bridge that hosts have for it. */
  z.strictObject({ networkId: z.guid(), ...nicUseShape }),
  z.strictObject({ vnicProfileId: z.guid(), ...nicUseShape }),
  /** A network of libvirt on the host ("default"). */
  z.strictObject({
    libvirtNetwork: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^[^/\p{Cc}]+$/u),
    ...nicUseShape,
  }),
  z.strictObject({ bridge: bridgeNameSchema, ...nicUseShape }),
  /** QEMU's own network: out only, nothing needed on the host. */
  z.strictObject({ user: z.literal(true), ...nicUseShape }),
])
export type VmNicSpec = z.output<typeof vmNicSpecSchema>

/** A medium in the drive; null: a drive that is empty. */
export const vmCdromSpecSchema = z.strictObject({ diskId: diskIdSchema }).nullable()

/** Paths on the host: a kernel that is booted without a boot loader. */
export const vmKernelSpecSchema = z.strictObject({
  kernelPath: onHostPathSchema,
  initrdPath: onHostPathSchema.optional(),
  commandLine: lineSchema.optional(),
})

export const vmFirmwareSchema = z.enum(['bios', 'uefi', 'uefi-secure'])
export const vmGraphicsKindSchema = z.enum(['vnc', 'spice', 'none'])
export const vmVideoSchema = z.enum(['virtio', 'vga', 'bochs', 'qxl', 'cirrus', 'none'])

export const bootDeviceSchema = z.enum(['disk', 'cdrom', 'network'])
/** In the order of their turns, each once. */
export const bootOrderSchema = z
  .array(bootDeviceSchema)
  .min(1)
  .max(3)
  .refine((devices) => new Set(devices).size === devices.length, 'each device once')

const yamlSchema = z.string().max(CLOUD_INIT_LIMIT)

/** What cloud-init is told at the first start: by fields, or as it reads it. */
export const cloudInitSpecSchema = z.union([
  z.strictObject({
    userData: yamlSchema,
    networkConfig: yamlSchema.optional(),
    hostName: lineSchema.max(253).optional(),
  }),
  z.strictObject({
    /** Default: the VM's name, as host names can be written. */
    hostName: lineSchema.max(253).optional(),
    user: z
      .string()
      .trim()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'the name of an account')
      .optional(),
    /** As in /etc/shadow: $6$… or $y$…; never the password itself. */
    passwordHash: z
      .string()
      .trim()
      .max(512)
      .regex(/^\$[0-9a-z]+\$[^\s:]+$/, 'a hash as in /etc/shadow')
      .optional(),
    sshKeys: z.array(lineSchema.min(1)).max(64).default([]),
    packages: z.array(lineSchema.min(1).max(256)).max(256).default([]),
    runCommands: z.array(lineSchema.min(1)).max(256).default([]),
    /** Network cards in their order; default: DHCP on each. */
    networks: z
      .array(
        z.strictObject({
          addresses: z
            .array(z.union([z.cidrv4(), z.cidrv6()]))
            .max(16)
            .default([]),
          gateway4: z.ipv4().optional(),
          gateway6: z.ipv6().optional(),
          nameServers: z
            .array(z.union([z.ipv4(), z.ipv6()]))
            .max(8)
            .default([]),
        }),
      )
      .max(DEVICES_LIMIT)
      .default([]),
  }),
])
export type CloudInitSpec = z.output<typeof cloudInitSpecSchema>

export const watchdogSpecSchema = z.strictObject({
  model: z.enum(['itco', 'i6300esb', 'diag288']).default('i6300esb'),
  action: z.enum(['reset', 'shutdown', 'poweroff', 'pause', 'none', 'dump', 'inject-nmi']).default('reset'),
})

/** A device of the host that the machine is given. */
export const hostDeviceSpecSchema = z.union([
  z.strictObject({
    pci: z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, 'an address as 0000:01:00.0'),
  }),
  z.strictObject({
    usb: z.strictObject({
      vendorId: z.string().regex(/^[0-9a-f]{4}$/),
      productId: z.string().regex(/^[0-9a-f]{4}$/),
    }),
  }),
  /** A mediated device, by its UUID. */
  z.strictObject({ mediatedDevice: z.guid() }),
])

const fields = z.strictObject({
  name: vmNameSchema,
  clusterId: clusterIdSchema,
  memoryMiB: memoryMiBSchema,
  vcpus: vcpusSchema,

  /** Of which it is made: its disks, and what is not said here. `blank`: of none. */
  templateId: z.union([z.literal('blank'), templateIdSchema]).default('blank'),
  /** The newest version of that template, whichever was named. */
  latestVersion: z.boolean().default(false),
  /** Its disks are layers on those of the template, which can then not be removed; else copies that lie on nothing. */
  thin: z.boolean().default(true),
  /** Where such copies go; default: beside the template's disks. */
  storageDomainId: storageDomainIdSchema.optional(),
  title: vmTitleSchema.default(''),
  description: vmDescriptionSchema.default(''),
  /** An id of our table of operating systems. */
  operatingSystem: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)
    .optional(),
  /** Where to; default: as the scheduler finds. */
  hostId: hostIdSchema.optional(),
  start: z.boolean().default(false),
  /** Started, it waits before its first instruction. */
  paused: z.boolean().default(false),

  /** How far memory and vCPUs can be raised while it runs; default: as they are. */
  maxMemoryMiB: memoryMiBSchema.optional(),
  maxVcpus: vcpusSchema.optional(),
  cpu: vmCpuSpecSchema.prefault({}),
  hugepages: z.boolean().default(false),
  ballooning: z.boolean().default(true),

  /** Defaults: by the operating system, the cluster and its hosts. */
  architecture: libvirtNameSchema.optional(),
  machineType: libvirtNameSchema.optional(),
  firmware: vmFirmwareSchema.optional(),
  tpm: z.boolean().optional(),
  clock: z.enum(['utc', 'localtime']).optional(),
  bootMenu: z.boolean().default(false),
  /** Default: the disk, then the medium, then the network: an empty disk is passed over. */
  boot: bootOrderSchema.optional(),

  disks: z.array(vmDiskSpecSchema).max(DEVICES_LIMIT).default([]),
  nics: z.array(vmNicSpecSchema).max(DEVICES_LIMIT).default([]),
  /** Default: an empty drive. */
  cdrom: vmCdromSpecSchema.default(null),
  kernel: vmKernelSpecSchema.optional(),
  cloudInit: cloudInitSpecSchema.optional(),

  /** Default: as the cluster has it, and a serial port. */
  consoles: z
    .strictObject({ graphics: vmGraphicsKindSchema.optional(), serial: z.boolean().default(true) })
    .prefault({}),
  video: vmVideoSchema.optional(),
  sound: z.enum(['ich9', 'ich6', 'ac97', 'none']).default('none'),
  /** A pointer whose place is that of the person's own. */
  tablet: z.boolean().default(true),
  rng: z.boolean().default(true),
  watchdog: watchdogSpecSchema.nullable().default(null),
  /** Tells the host when the guest's kernel has crashed. */
  panic: z.boolean().default(false),
  vsock: z.boolean().default(false),
  guestAgent: z.boolean().default(true),
  /** USB devices of who looks at the screen (SPICE). */
  usbRedirections: z.number().int().min(0).max(8).default(0),
  smartCard: z.boolean().default(false),
  hostDevices: z.array(hostDeviceSpecSchema).max(DEVICES_LIMIT).default([]),
  /** Folders of the host, by virtiofs. */
  sharedFolders: z
    .array(
      z.strictObject({
        path: onHostPathSchema,
        tag: z
          .string()
          .trim()
          .regex(/^[A-Za-z0-9_.-]{1,36}$/),
        readOnly: z.boolean().default(false),
      }),
    )
    .max(16)
    .default([]),

  /** libvirt XML of our own: `devices` into <devices>, `domain` into <domain>. The host checks it. */
  customXml: z
    .strictObject({
      devices: z.string().max(XML_LIMIT).default(''),
      domain: z.string().max(XML_LIMIT).default(''),
    })
    .optional(),
})
interface Clash {
  readonly path: (string | number)[]
  readonly message: string
}

/** Values that do not go together. Pure. */
function clashesOf({ cpu, ...spec }: Omit<z.output<typeof fields>, 'nics'>): Clash[] {
  const { vcpus, maxVcpus = vcpus, memoryMiB, maxMemoryMiB = memoryMiB } = spec
  const clashes: Clash[] = []
  const refuseIf = (wrong: boolean, path: Clash['path'], message: string) => {
    if (wrong) clashes.push({ path, message })
  }
  refuseIf(maxMemoryMiB < memoryMiB, ['maxMemoryMiB'], 'not less than memoryMiB')
  refuseIf(maxVcpus < vcpus, ['maxVcpus'], 'not less than vcpus')
  refuseIf(cpu.mode === 'custom' && cpu.model === undefined, ['cpu', 'model'], 'a custom CPU needs a model')
  const { sockets, cores, threads } = cpu.topology ?? { sockets: maxVcpus, cores: 1, threads: 1 }
  refuseIf(sockets * cores * threads !== maxVcpus, ['cpu', 'topology'], `sockets × cores × threads must be ${maxVcpus}`)
  cpu.pinning.forEach(({ vcpu }, index) => {
    refuseIf(vcpu >= maxVcpus, ['cpu', 'pinning', index, 'vcpu'], `below ${maxVcpus}`)
  })
  const cellsMiB = cpu.numa.reduce((sum, cell) => sum + cell.memoryMiB, 0)
  refuseIf(
    cpu.numa.length > 0 && cellsMiB !== memoryMiB,
    ['cpu', 'numa'],
    `the cells' memory must add up to ${memoryMiB}`,
  )
  refuseIf(spec.disks.filter(({ boot }) => boot).length > 1, ['disks'], 'one disk is booted from')
  refuseIf(spec.tpm === true && spec.firmware === 'bios', ['firmware'], 'a TPM 2.0 needs UEFI')
  return clashes
}

export const vmCreateSpecSchema = fields.superRefine((spec, context) => {
  for (const { path, message } of clashesOf(spec)) context.addIssue({ code: 'custom', path, message })
})
/** Parsed, with its defaults. */
export type VmCreateSpec = z.output<typeof vmCreateSpecSchema>

/** As the command takes it: what a template says need not be said again. */
export const vmCreateRequestSchema = fields
  .extend({
    memoryMiB: memoryMiBSchema.optional(),
    vcpus: vcpusSchema.optional(),
    /** Default: as the template has them. */
    nics: z.array(vmNicSpecSchema).max(DEVICES_LIMIT).optional(),
  })
  .superRefine((request, context) => {
    const { memoryMiB, vcpus, templateId } = request
    for (const [name, value] of Object.entries({ memoryMiB, vcpus })) {
      const isMissing = value === undefined && templateId === 'blank'
      if (isMissing) context.addIssue({ code: 'custom', path: [name], message: 'needed where no template says it' })
    }
    // What clashes with the template's values shows once these are known.
    if (memoryMiB === undefined || vcpus === undefined) return
    for (const { path, message } of clashesOf({ ...request, memoryMiB, vcpus })) {
      context.addIssue({ code: 'custom', path, message })
    }
  })
/** Parsed, with its defaults; not yet with what its template says. */
export type VmCreateRequest = z.output<typeof vmCreateRequestSchema>
/** As a client sends it. */
export type VmCreateInput = z.input<typeof vmCreateRequestSchema>
