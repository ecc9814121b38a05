import { attributeOf, childOf, type XmlElement } from './xml-tree.ts'

/*
 * Where a device's data comes from, as one text that a person can compare with what the host shows. The forms are those of
 * https://libvirt.org/formatdomain.html (`<disk>` and `<interface>`); each type of them writes its source in its own way.
 */

/** Path, "pool/volume", "protocol:name", or "0000:01:00.0/1" (an NVMe controller and its namespace); null for an empty drive. */
export function describeDiskSource(source: XmlElement | null): string | null {
  if (source === null) return null
  const { file, dev, dir, pool, volume, protocol, name, namespace } = source.attributes
  if (pool !== undefined) return `${pool}/${volume ?? ''}`
  if (protocol !== undefined) return `${protocol}:${name ?? describeServer(childOf(source, 'host')) ?? ''}`
  const path = file ?? dev ?? dir ?? attributeOf(source, 'path')
  if (path !== null) return path
  const controller = describeAddress(childOf(source, 'address'))
  return controller === null ? null : `${controller}/${namespace ?? ''}`
}

/** Network, bridge, device, socket, "address:port", or the host's device that was handed over; null where the type has none. */
export function describeNicSource(source: XmlElement | null): string | null {
  if (source === null) return null
  const { network, bridge, dev, portgroup, path, name, address, port, switchid, portgroupid } = source.attributes
  const named = network ?? bridge ?? dev ?? portgroup ?? path ?? name
  if (named !== undefined) return named
  if (port !== undefined) return `${address ?? ''}:${port}`
  if (switchid !== undefined) return [switchid, portgroupid].filter((part) => part !== undefined).join('/')
  return describeAddress(childOf(source, 'address')) ?? describeUsbProduct(source)
}

/** A server of a network disk without an export's name: "10.0.0.1:10809", or the path of its socket. */
function describeServer(host: XmlElement | null): string | null {
  const socket = attributeOf(host, 'socket')
  const name = attributeOf(host, 'name')
  const port = attributeOf(host, 'port')
  return socket ?? (name === null || port === null ? name : `${name}:${port}`)
}

/** "0000:01:00.0" as lspci writes it, "usb 001:004" as lsusb does; null for anything else. */
function describeAddress(address: XmlElement | null): string | null {
  if (address === null) return null
  const digits = (name: string, length: number) => pad(attributeOf(address, name), length)
  if (attributeOf(address, 'bus') === null && attributeOf(address, 'slot') === null) return null
  if (attributeOf(address, 'device') !== null) return `usb ${digits('bus', 3)}:${digits('device', 3)}`
  return `${digits('domain', 4)}:${digits('bus', 2)}:${digits('slot', 2)}.${digits('function', 1)}`
}

function describeUsbProduct(source: XmlElement): string | null {
  const vendor = attributeOf(childOf(source, 'vendor'), 'id')
  const product = attributeOf(childOf(source, 'product'), 'id')
  return vendor === null || product === null ? null : `usb ${pad(vendor, 4)}:${pad(product, 4)}`
}

/** The digits of "0x1a" or "7" with zeros before them; libvirt reads a missing number as 0. */
function pad(number: string | null, length: number): string {
  return (number ?? '0').replace(/^0x/i, '').padStart(length, '0')
}
