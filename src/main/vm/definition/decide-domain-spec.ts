import {
  type ClusterCpu,
  type ClusterSettings,
  findOperatingSystem,
  type OperatingSystem,
  type VmCreateSpec,
} from '../../../shared/domain/index.ts'
import type { DomainCapabilities } from '../../xml/index.ts'
import { decideFirmware } from './decide-firmware.ts'
import { hasPciExpress, isX86 } from './decide-platform.ts'
import type { DomainCpu, DomainDisk, DomainNic, DomainSpec, Platform } from './domain-spec.ts'

/** What is known where the machine will be defined. */
export interface DomainContext {
  readonly uuid: string
  readonly platform: Platform
  /** Of that platform on that host. */
  readonly capabilities: DomainCapabilities
  readonly cluster: {
    readonly settings: Pick<ClusterSettings, 'firmware' | 'consoleType'>
    readonly cpu: Pick<ClusterCpu, 'model' | 'extraFeatures' | 'lackingFeatures'>
  }
  /** One for each of the spec's, in its order. */
  readonly disks: readonly Pick<DomainDisk, 'path' | 'isBlock' | 'format' | 'discard' | 'readOnly' | 'shareable'>[]
  readonly nics: readonly Pick<DomainNic, 'source' | 'rules' | 'macAddress'>[]
  /** The installation medium on the host; null: an empty drive. */
  readonly cdromPath: string | null
  /** The seed that cloud-init reads; null: there is none. */
  readonly seedPath: string | null
}

/** Turns that are right before a system is installed and after: an empty disk is passed over. */
const BOOT_ORDER = ['disk', 'cdrom', 'network'] as const

/** As many cores as every guest takes in one socket. */
const CORES_LIMIT = 256

/** Answers what a person left open: by the operating system, by the cluster, by what the host can do. Pure. */
export function decideDomainSpec(spec: VmCreateSpec, context: DomainContext): DomainSpec {
  const { platform, seedPath } = context
  const system = findOperatingSystem(spec.operatingSystem)
  const disks = decideDisks(spec, context, system)
  const cdromBus = decideCdromBus(platform)
  const serves = disks.some(({ bus }) => bus === 'virtio' || bus === 'scsi')
  return {
    uuid: context.uuid,
    name: spec.name,
    title: spec.title,
    description: spec.description,
    operatingSystem: { id: system.id, libosinfoId: system.libosinfoId },
    platform,
    cpu: decideCpu(spec, context),
    memory: {
      sizeMiB: spec.memoryMiB,
      maxMiB: Math.max(spec.memoryMiB, spec.maxMemoryMiB ?? 0),
      hugepages: spec.hugepages,
      shared: spec.sharedFolders.length > 0,
      balloon: spec.ballooning,
    },
    boot: {
      firmware: decideFirmware(spec.firmware, system, context),
      bootMenu: spec.bootMenu,
      order: spec.boot ?? [...BOOT_ORDER],
      kernel: spec.kernel ?? null,
    },
    clock: spec.clock ?? system.clock,
    hyperV: system.hyperV && isX86(platform.architecture) && platform.domainType === 'kvm',
    ioThreads: serves ? 1 : 0,
    disks,
    cdroms: [
      { bus: cdromBus, path: context.cdromPath, isOptional: false, isBooted: true },
      ...(seedPath === null ? [] : [{ bus: cdromBus, path: seedPath, isOptional: true, isBooted: false }]),
    ],
    nics: decideNics(spec, context, system),
    devices: decideDevices(spec, context, system),
    customXml: spec.customXml ?? { devices: '', domain: '' },
  }
}

function decideCpu(
  { cpu, vcpus, maxVcpus }: VmCreateSpec,
  { platform, capabilities, cluster }: DomainContext,
): DomainCpu {
  const most = Math.max(vcpus, maxVcpus ?? 0)
  const hasSockets = isX86(platform.architecture) || platform.architecture === 'aarch64'
  const usual = hasSockets && most <= CORES_LIMIT ? { sockets: 1, cores: most, threads: 1 } : null
  const shared = {
    vcpus,
    maxVcpus: most,
    features: cpu.features,
    topology: cpu.topology ?? usual,
    pinning: cpu.pinning,
    numa: cpu.numa,
  }
  if (cpu.mode === 'custom') return { ...shared, mode: 'custom', model: cpu.model ?? null }
  if (cpu.mode !== 'cluster') return { ...shared, mode: cpu.mode, model: null }
  const { model, extraFeatures, lackingFeatures } = cluster.cpu
  if (model !== null && capabilities.cpuModes.includes('custom')) {
    const named = new Set(cpu.features.map(({ name }) => name))
    const ofCluster = [
      ...extraFeatures.map((name) => ({ name, policy: 'require' as const })),
      ...lackingFeatures.map((name) => ({ name, policy: 'disable' as const })),
    ]
    const features = [...ofCluster.filter(({ name }) => !named.has(name)), ...cpu.features]
    return { ...shared, features, mode: 'custom', model }
  }
  const modes = ['host-model', 'host-passthrough', 'maximum'] as const
  return { ...shared, mode: modes.find((mode) => capabilities.cpuModes.includes(mode)) ?? null, model: null }
}

function decideDisks({ disks }: VmCreateSpec, context: DomainContext, system: OperatingSystem): DomainDisk[] {
  const chosen = disks.findIndex(({ boot }) => boot)
  const booted = Math.max(0, chosen)
  return disks.flatMap((use, index) => {
    const disk = context.disks[index]
    if (disk === undefined) return []
    return {
      ...disk,
      bus: use.bus ?? (system.diskBus === 'virtio' ? 'virtio' : decideCdromBus(context.platform)),
      cache: use.cache,
      discard: use.discard ?? disk.discard,
      readOnly: use.readOnly ?? disk.readOnly,
      shareable: use.shareable ?? disk.shareable,
      serial: use.serial ?? null,
      isBooted: index === booted,
    }
  })
}

/** What a drive hangs on of which every guest has the driver. */
function decideCdromBus(platform: Platform): 'sata' | 'ide' | 'scsi' {
  if (!isX86(platform.architecture)) return 'scsi'
  return hasPciExpress(platform) ? 'sata' : 'ide'
}

function decideNics(
  { nics }: VmCreateSpec,
  { nics: found, platform }: DomainContext,
  system: OperatingSystem,
): DomainNic[] {
  const emulated = hasPciExpress(platform) ? 'e1000e' : 'e1000'
  const usual = system.nicModel === 'virtio' || !isX86(platform.architecture) ? 'virtio' : emulated
  return nics.flatMap((use, index) => {
    const nic = found[index]
    return nic === undefined ? [] : { ...nic, model: use.model ?? usual, linkUp: use.linkUp }
  })
}

function decideDevices(spec: VmCreateSpec, context: DomainContext, system: OperatingSystem): DomainSpec['devices'] {
  const { consoleType } = context.cluster.settings
  const graphics = spec.consoles.graphics ?? (consoleType === 'headless' ? 'none' : consoleType)
  return {
    graphics,
    serialConsole: spec.consoles.serial,
    video: spec.video ?? decideVideo(graphics, context, system),
    tpm: spec.tpm ?? system.tpm,
    sound: spec.sound,
    tablet: spec.tablet,
    rng: spec.rng,
    watchdog: spec.watchdog,
    panic: spec.panic,
    vsock: spec.vsock,
    guestAgent: spec.guestAgent,
    usbRedirections: spec.usbRedirections,
    smartCard: spec.smartCard,
    hostDevices: spec.hostDevices,
    sharedFolders: spec.sharedFolders,
  }
}

function decideVideo(graphics: string, { capabilities, platform }: DomainContext, system: OperatingSystem): string {
  if (graphics === 'none') return 'none'
  const { videoModels } = capabilities
  const best = isX86(platform.architecture) ? system.video : 'virtio'
  const wanted = graphics === 'spice' && system.family === 'windows' ? ['qxl', best] : [best]
  return [...wanted, 'virtio', 'vga', 'bochs'].find((model) => videoModels.includes(model)) ?? best
}
