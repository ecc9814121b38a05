import type { VmDisk, VmGraphics, VmNic, VnicQos } from '../../shared/domain/index.ts'
import { describeDiskSource, describeNicSource } from './device-sources.ts'
import { parseNicProfiles } from './nic-profiles.ts'
import { attributeOf, childOf, childrenOf, descend, parseWholeNumber, type XmlElement } from './xml-tree.ts'

/** More devices of one kind than any machine has: the rest is left out rather than carried around. */
const DEVICES_LIMIT = 512

const NAME_LIMIT = 256

const DISK_DEVICES: ReadonlySet<string> = new Set(['disk', 'cdrom', 'floppy', 'lun'])

/** Drives of `<devices>`. */
export function parseDisks(devices: XmlElement | null): VmDisk[] {
  return childrenOf(devices, 'disk')
    .slice(0, DEVICES_LIMIT)
    .map((disk) => {
      const device = attributeOf(disk, 'device') ?? 'disk'
      const type = attributeOf(disk, 'type')
      const source = describeDiskSource(childOf(disk, 'source'))
      return {
        target: attributeOf(childOf(disk, 'target'), 'dev') ?? '',
        bus: attributeOf(childOf(disk, 'target'), 'bus') ?? '',
        device: DISK_DEVICES.has(device) ? (device as VmDisk['device']) : 'disk',
        sourceType: source === null ? null : type,
        source,
        format: attributeOf(childOf(disk, 'driver'), 'type'),
        readOnly: childOf(disk, 'readonly') !== null,
      }
    })
}

/**
 * Network cards of `<devices>`; addresses are known to the running host only. `metadata`: ours there says which vNIC profile a card has.
 */
export function parseNics(devices: XmlElement | null, metadata: XmlElement | null): VmNic[] {
  const marks = new Map(parseNicProfiles(metadata).map(({ macAddress, ...mark }) => [macAddress, mark]))
  return childrenOf(devices, 'interface')
    .slice(0, DEVICES_LIMIT)
    .map((nic) => ({
      ...rulesOf(nic, marks),
      macAddress: macOf(nic),
      model: attributeOf(childOf(nic, 'model'), 'type'),
      type: attributeOf(nic, 'type') ?? '',
      source: describeNicSource(childOf(nic, 'source')),
      hostDevice: attributeOf(childOf(nic, 'target'), 'dev'),
      linkUp: attributeOf(childOf(nic, 'link'), 'state') !== 'down',
      addresses: [],
    }))
}

function macOf(nic: XmlElement): string {
  return attributeOf(childOf(nic, 'mac'), 'address') ?? ''
}

/** What a card may do, as far as anybody has said it. */
function rulesOf(nic: XmlElement, marks: ReadonlyMap<string, NonNullable<VmNic['vnicProfile']>>) {
  const vnicProfile = marks.get(macOf(nic).toLowerCase())
  const filter = attributeOf(childOf(nic, 'filterref'), 'filter')?.slice(0, NAME_LIMIT)
  const qos = parseLimits(childOf(nic, 'bandwidth'))
  return {
    ...(vnicProfile === undefined ? {} : { vnicProfile }),
    ...(filter === undefined ? {} : { filter }),
    ...(qos.inbound === null && qos.outbound === null ? {} : { qos }),
  }
}

function parseLimits(bandwidth: XmlElement | null): VnicQos {
  const direction = (name: 'inbound' | 'outbound') => {
    const limits = childOf(bandwidth, name)
    const [averageKiBps = null, peakKiBps = null, burstKiB = null] = ['average', 'peak', 'burst'].map(
      (each) => parseWholeNumber(attributeOf(limits, each)) || null,
    )
    return averageKiBps === null ? null : { averageKiBps, peakKiBps, burstKiB }
  }
  return { inbound: direction('inbound'), outbound: direction('outbound') }
}

/** Graphics servers of `<devices>`. libvirt masks passwords as `*****`: only that there is one is kept. */
export function parseGraphics(devices: XmlElement | null): VmGraphics[] {
  return childrenOf(devices, 'graphics')
    .slice(0, DEVICES_LIMIT)
    .map((graphics) => {
      const listen = childOf(graphics, 'listen')
      const socket = attributeOf(listen, 'socket') ?? attributeOf(graphics, 'socket')
      const listenType = attributeOf(listen, 'type')
      const port = parseWholeNumber(attributeOf(graphics, 'port'))
      const passwordSet = attributeOf(graphics, 'passwd') !== null
      const type = attributeOf(graphics, 'type') ?? ''
      const keymap = attributeOf(graphics, 'keymap')?.slice(0, NAME_LIMIT) ?? null
      if (socket !== null || listenType === 'socket') {
        return { type, listen: 'socket', address: null, port: null, socket, passwordSet, keymap }
      }
      if (listenType === 'none')
        return { type, listen: 'none', address: null, port: null, socket: null, passwordSet, keymap }
      return {
        type,
        listen: 'address',
        address: attributeOf(listen, 'address') ?? attributeOf(graphics, 'listen'),
        port: port !== null && port > 0 && port < 65_536 ? port : null,
        socket: null,
        passwordSet,
        keymap,
      }
    })
}

/** Whether the guest agent's channel is there, and whether the guest has it open (known while it runs). */
export function parseGuestAgent(devices: XmlElement | null): 'absent' | 'disconnected' | 'connected' {
  for (const channel of childrenOf(devices, 'channel')) {
    const target = descend(channel, 'target')
    if (attributeOf(target, 'name') !== 'org.qemu.guest_agent.0') continue
    return attributeOf(target, 'state') === 'connected' ? 'connected' : 'disconnected'
  }
  return 'absent'
}

/** Controllers, inputs and the like come with others by themselves: they are left out. */
const OTHER_KINDS: ReadonlySet<string> = new Set([
  'filesystem',
  'hostdev',
  'iommu',
  'memory',
  'panic',
  'redirdev',
  'rng',
  'shmem',
  'smartcard',
  'sound',
  'tpm',
  'video',
  'vsock',
  'watchdog',
])

/** Devices of `<devices>` that are known by their kind and model only. */
export function parseOtherDevices(devices: XmlElement | null): { kind: string; model: string }[] {
  const others = (devices?.children ?? []).filter(({ name }) => OTHER_KINDS.has(name)).slice(0, DEVICES_LIMIT)
  return others.map((device) => {
    const model = childOf(device, 'model')
    const named = attributeOf(device, 'model') ?? attributeOf(model, 'type') ?? attributeOf(model, 'name')
    return { kind: device.name, model: (named ?? attributeOf(device, 'type') ?? '').slice(0, NAME_LIMIT) }
  })
}
