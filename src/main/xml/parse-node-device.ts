import type { HostDevice } from '../../shared/domain/index.ts'
import {
  attributeOf,
  childOf,
  childrenOf,
  parseWholeNumber,
  parseXml,
  textOf,
  type XmlElement,
  XmlError,
} from './xml-tree.ts'

/** What of a device does not depend on when it was read. */
export type NodeDevice = Omit<HostDevice, 'asOf'>

const TEXT_LIMIT = 128
const PATH_LIMIT = 1_024

/**
 * Reads one device of a host; null for one of a kind that nobody lists. Throws {@link XmlError}.
 * Source: https://libvirt.org/formatnode.html
 */
export function parseNodeDevice(xml: string): NodeDevice | null {
  const root = parseXml(xml)
  if (root.name !== 'device') throw new XmlError(`expected <device>, got <${root.name.slice(0, 64)}>`)
  const capability = childOf(root, 'capability')
  const device = {
    id: short(textOf(childOf(root, 'name'))) ?? '',
    driver: short(textOf(childOf(childOf(root, 'driver'), 'name'))),
    vendor: short(textOf(childOf(capability, 'vendor'))),
    address: null,
    iommuGroup: null,
    speedMbps: null,
    isLinkUp: null,
    sizeBytes: null,
    numbers: null,
    pciClass: null,
    path: textOf(childOf(root, 'path'))?.slice(0, PATH_LIMIT) ?? null,
  }
  switch (attributeOf(capability, 'type')) {
    case 'net':
      return { ...device, kind: 'nic', ...parseNic(capability) }
    case 'storage':
      return { ...device, kind: 'disk', ...parseDisk(capability) }
    case 'pci':
      return { ...device, kind: 'pci', ...parsePci(capability) }
    case 'usb_device':
      return { ...device, kind: 'usb', ...parseUsb(capability) }
    case 'mdev':
      return { ...device, kind: 'mediated', ...parseMediated(capability, device.id) }
    default:
      return null
  }
}

function parseNic(capability: XmlElement | null) {
  const link = childOf(capability, 'link')
  const state = attributeOf(link, 'state')
  return {
    name: short(textOf(childOf(capability, 'interface'))) ?? '',
    address: short(textOf(childOf(capability, 'address'))),
    speedMbps: parseWholeNumber(attributeOf(link, 'speed')),
    isLinkUp: state === null ? null : state === 'up',
  }
}

function parseDisk(capability: XmlElement | null) {
  const block = short(textOf(childOf(capability, 'block')))?.replace(/^\/dev\//, '') ?? ''
  const model = short(textOf(childOf(capability, 'model')))
  // Of a drive with a medium that can be taken out the size is the medium's.
  const media = childrenOf(capability, 'capability').find((each) => attributeOf(each, 'type') === 'removable') ?? null
  const size = textOf(childOf(capability, 'size')) ?? textOf(childOf(media, 'media_size'))
  return { name: model === null ? block : `${block} · ${model}`, sizeBytes: parseWholeNumber(size) }
}

function parsePci(capability: XmlElement | null) {
  const part = (name: string, digits: number) =>
    (parseWholeNumber(textOf(childOf(capability, name))) ?? 0).toString(16).padStart(digits, '0')
  const group = childOf(capability, 'iommuGroup')
  return {
    name: productOf(capability),
    address: `${part('domain', 4)}:${part('bus', 2)}:${part('slot', 2)}.${part('function', 1)}`,
    iommuGroup: parseWholeNumber(attributeOf(group, 'number')),
    numbers: numbersOf(capability),
    pciClass: /^0x([0-9a-f]{6})$/i.exec(textOf(childOf(capability, 'class')) ?? '')?.[1]?.toLowerCase() ?? null,
  }
}

/** https://libvirt.org/formatnode.html#mdev-capability: old libvirt has the UUID in the name alone. */
function parseMediated(capability: XmlElement | null, id: string) {
  const inName = id
    .replace(/^mdev_/, '')
    .replaceAll('_', '-')
    .slice(0, 36)
  return {
    name: short(attributeOf(childOf(capability, 'type'), 'id')) ?? '',
    address: short(textOf(childOf(capability, 'uuid'))) ?? inName,
    iommuGroup: parseWholeNumber(attributeOf(childOf(capability, 'iommuGroup'), 'number')),
  }
}

function parseUsb(capability: XmlElement | null) {
  const bus = parseWholeNumber(textOf(childOf(capability, 'bus')))
  const device = parseWholeNumber(textOf(childOf(capability, 'device')))
  return {
    name: productOf(capability),
    address: bus === null || device === null ? null : `${bus}:${device}`,
    numbers: numbersOf(capability),
  }
}

/** "8086:1521"; null where it does not say. */
function numbersOf(capability: XmlElement | null): string | null {
  const [vendor, product] = ['vendor', 'product'].map((name) =>
    /^0x([0-9a-f]{4})$/i.exec(attributeOf(childOf(capability, name), 'id') ?? '')?.[1]?.toLowerCase(),
  )
  return vendor === undefined || product === undefined ? null : `${vendor}:${product}`
}

/** Its name in the host's lists of devices, or its numbers where that does not know it. */
function productOf(capability: XmlElement | null): string {
  const product = childOf(capability, 'product')
  const numbers = [attributeOf(childOf(capability, 'vendor'), 'id'), attributeOf(product, 'id')]
  return short(textOf(product)) ?? numbers.map((number) => short(number)?.replace(/^0x/, '') ?? '????').join(':')
}

function short(text: string | null): string | null {
  return text === null ? null : text.slice(0, TEXT_LIMIT)
}
