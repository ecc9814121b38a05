import type { VmSerialPort } from '../../shared/domain/index.ts'
import { attributeOf, childOf, childrenOf, descend, parseXml, type XmlElement } from './xml-tree.ts'

/** More ports than any machine has: the rest is left out. */
const PORTS_LIMIT = 64
const OPENABLE_TYPES: ReadonlySet<string> = new Set(['pty', 'unix'])

/** Reads the serial ports of a domain XML. Throws {@link XmlError}. */
export function parseSerialPorts(xml: string): VmSerialPort[] {
  return serialPortsOf(descend(parseXml(xml), 'devices'))
}

/**
 * Serial ports and consoles of `<devices>`. libvirt writes the first serial port a second time, as a console with the
 * target "serial", for the sake of old clients. Aliases stand in the XML of a running domain; before that they are
 * derived as libvirt does, by the place in the list (`qemuAssignDeviceChrAlias`).
 */
export function serialPortsOf(devices: XmlElement | null): VmSerialPort[] {
  const serials = childrenOf(devices, 'serial').map((element, index) => portOf(element, `serial${index}`))
  const consoles = childrenOf(devices, 'console')
    .map((element, index) => portOf(element, `console${index}`))
    .filter(({ target }) => serials.length === 0 || target !== 'serial')
  return [...serials, ...consoles].slice(0, PORTS_LIMIT)
}

function portOf(element: XmlElement, aliasByPlace: string): VmSerialPort {
  const type = attributeOf(element, 'type') ?? ''
  return {
    alias: attributeOf(childOf(element, 'alias'), 'name') ?? aliasByPlace,
    type,
    target: attributeOf(childOf(element, 'target'), 'type'),
    canOpen: OPENABLE_TYPES.has(type),
  }
}
