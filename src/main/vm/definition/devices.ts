import { element, type XmlPart } from '../../xml/index.ts'
import { hasPciExpress, isX86 } from './decide-platform.ts'
import type { DomainSpec } from './domain-spec.ts'

/** Slots for what is plugged in while it runs. */
const SPARE_ROOT_PORTS = 8
/** More than these leave no room for the addresses of the ports. */
const ROOT_PORTS_LIMIT = 28
const USB_PORTS = 15
/** How often QEMU asks the guest how much of its memory is in use. */
const BALLOON_PERIOD_SECONDS = 10

/** Everything but drives and network cards. Pure. */
export function deviceElements(spec: DomainSpec): readonly XmlPart[] {
  const { devices, memory, platform } = spec
  const { architecture } = platform
  const isS390 = architecture === 's390x'
  const hasUsb = !isS390
  return [
    ...pciControllers(spec),
    ...(hasUsb ? [element('controller', { type: 'usb', model: 'qemu-xhci', ports: USB_PORTS })] : []),
    ...consoles(spec),
    ...screen(spec),
    ...(hasUsb && devices.tablet ? [element('input', { type: 'tablet', bus: 'usb' })] : []),
    // Without PS/2 there is no keyboard unless one is plugged in.
    ...(!isX86(architecture) && devices.graphics !== 'none'
      ? [element('input', { type: 'keyboard', bus: hasUsb ? 'usb' : 'virtio' })]
      : []),
    ...(devices.sound === 'none' ? [] : [element('sound', { model: devices.sound })]),
    ...(devices.tpm ? [tpmElement(architecture)] : []),
    ...(devices.watchdog === null ? [] : [watchdogElement(devices.watchdog)]),
    ...(devices.panic ? [element('panic', { model: panicModel(architecture) })] : []),
    ...devices.sharedFolders.map(sharedFolder),
    ...devices.hostDevices.map(hostDeviceElement),
    balloonElement(memory.balloon),
    ...(devices.rng ? [rngElement(null)] : []),
    ...(devices.vsock ? [element('vsock', { model: 'virtio' }, element('cid', { auto: 'yes' }))] : []),
  ]
}

function pciControllers({ platform, disks, nics }: DomainSpec): readonly XmlPart[] {
  if (!hasPciExpress(platform)) return []
  const ports = Math.min(ROOT_PORTS_LIMIT, SPARE_ROOT_PORTS + disks.length + nics.length)
  return [
    element('controller', { type: 'pci', model: 'pcie-root' }),
    ...Array.from({ length: ports }, () => element('controller', { type: 'pci', model: 'pcie-root-port' })),
  ]
}

function consoles({ devices, platform }: DomainSpec): readonly XmlPart[] {
  const channels = [
    ...(devices.guestAgent ? [channel('unix', 'org.qemu.guest_agent.0')] : []),
    ...(devices.graphics === 'spice' ? [channel('spicevmc', 'com.redhat.spice.0')] : []),
  ]
  if (!devices.serialConsole) return channels
  if (platform.architecture === 's390x') {
    return [element('console', { type: 'pty' }, element('target', { type: 'sclp' })), ...channels]
  }
  return [
    element('serial', { type: 'pty' }, element('target', { port: 0 })),
    element('console', { type: 'pty' }, element('target', { type: 'serial', port: 0 })),
    ...channels,
  ]
}

function channel(type: string, name: string): XmlPart {
  return element('channel', { type }, element('target', { type: 'virtio', name }))
}

/** The screen is served on the host's loopback alone: it is reached through the session with the host. */
function screen({ devices }: DomainSpec): readonly XmlPart[] {
  const { graphics, video } = devices
  const listen = element('listen', { type: 'address', address: '127.0.0.1' })
  const servers = graphics === 'none' ? [] : [element('graphics', { type: graphics, autoport: 'yes' }, listen)]
  const redirections = graphics === 'spice' ? devices.usbRedirections : 0
  return [
    ...servers,
    element('video', {}, element('model', { type: video })),
    ...Array.from({ length: redirections }, redirectionElement),
    ...(devices.smartCard
      ? [element('smartcard', graphics === 'spice' ? { mode: 'passthrough', type: 'spicevmc' } : { mode: 'host' })]
      : []),
  ]
}

/** Emulated by swtpm on the host. */
function tpmElement(architecture: string): XmlPart {
  const model = isX86(architecture) ? 'tpm-crb' : architecture.startsWith('ppc') ? 'tpm-spapr' : 'tpm-tis'
  return element('tpm', { model }, element('backend', { type: 'emulator', version: '2.0' }))
}

function panicModel(architecture: string): string {
  if (isX86(architecture)) return 'isa'
  if (architecture === 's390x') return 's390'
  return architecture.startsWith('ppc') ? 'pseries' : 'pvpanic'
}

function balloonElement(isOn: boolean): XmlPart {
  if (!isOn) return element('memballoon', { model: 'none' })
  return element(
    'memballoon',
    { model: 'virtio', autodeflate: 'on' },
    element('stats', { period: BALLOON_PERIOD_SECONDS }),
  )
}

function sharedFolder({ path, tag, readOnly }: DomainSpec['devices']['sharedFolders'][number]): XmlPart {
  return element(
    'filesystem',
    { type: 'mount', accessmode: 'passthrough' },
    element('driver', { type: 'virtiofs' }),
    element('source', { dir: path }),
    element('target', { dir: tag }),
    readOnly && element('readonly'),
  )
}

export function watchdogElement({ model, action }: NonNullable<DomainSpec['devices']['watchdog']>): XmlPart {
  return element('watchdog', { model, action })
}

/** Random numbers of the host, at most so many bytes a second; null: not limited. */
export function rngElement(bytesPerSecond: number | null): XmlPart {
  const rate = bytesPerSecond === null ? null : element('rate', { period: 1_000, bytes: bytesPerSecond })
  return element('rng', { model: 'virtio' }, rate, element('backend', { model: 'random' }, '/dev/urandom'))
}

/** A USB device of who looks at the screen. */
export function redirectionElement(): XmlPart {
  return element('redirdev', { bus: 'usb', type: 'spicevmc' })
}

/** https://libvirt.org/formatdomain.html#host-device-assignment. `managed`: libvirt takes it from the host and gives it back. */
export function hostDeviceElement(device: DomainSpec['devices']['hostDevices'][number]): XmlPart {
  const hostdev = (attributes: Readonly<Record<string, string>>, ...source: readonly XmlPart[]) =>
    element('hostdev', { mode: 'subsystem', ...attributes }, element('source', {}, ...source))
  if ('mediatedDevice' in device) {
    return hostdev({ type: 'mdev', model: 'vfio-pci' }, element('address', { uuid: device.mediatedDevice }))
  }
  if ('usb' in device) {
    const { vendorId, productId } = device.usb
    return hostdev(
      { type: 'usb', managed: 'yes' },
      element('vendor', { id: `0x${vendorId}` }),
      element('product', { id: `0x${productId}` }),
    )
  }
  const [domain, bus, rest = ''] = device.pci.split(':')
  const [slot, fn] = rest.split('.')
  return hostdev(
    { type: 'pci', managed: 'yes' },
    element('address', { domain: `0x${domain}`, bus: `0x${bus}`, slot: `0x${slot}`, function: `0x${fn}` }),
  )
}
