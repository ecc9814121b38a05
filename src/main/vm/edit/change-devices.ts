import type { VnicQos } from '../../../shared/domain/index.ts'
import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  insertElement,
  parseEditable,
  removeElement,
  replaceElement,
  setAttribute,
  type XmlPart,
} from '../../xml/index.ts'
import { bandwidthPart, filterPart, type NicSource } from '../definition/index.ts'

/** A device of a definition, by what it is known by: a disk by its target, a network card by its MAC address. */
export type DeviceName = { readonly target: string } | { readonly macAddress: string }

/** Where a device stands; null: the definition has none of that name. Pure. */
export function findDevice(document: EditableXml, name: DeviceName): EditableElement | null {
  const devices = childIn(document.root, 'devices')
  if ('target' in name) {
    return childrenIn(devices, 'disk').find((disk) => childIn(disk, 'target')?.attributes.dev === name.target) ?? null
  }
  const macAddress = name.macAddress.toLowerCase()
  const isIt = (nic: EditableElement) => childIn(nic, 'mac')?.attributes.address?.toLowerCase() === macAddress
  return childrenIn(devices, 'interface').find(isIt) ?? null
}

/** The text of a device; null: there is none of that name. Throws XmlError. Pure. */
export function deviceText(xml: string, name: DeviceName): string | null {
  const document = parseEditable(xml)
  const device = findDevice(document, name)
  return device === null ? null : xml.slice(device.span.start, device.span.end)
}

/** A definition with one more device, behind the last of its kind. Throws XmlError. Pure. */
export function withDevice(xml: string, part: XmlPart): string {
  const document = parseEditable(xml)
  const devices = childIn(document.root, 'devices')
  if (devices === null) return insertElement(document, document.root, { name: 'devices', content: [part] }).text
  const last = childrenIn(devices, part.name).at(-1)
  return insertElement(document, devices, part, last === undefined ? undefined : { after: last }).text
}

/** A definition without a device; one that is not there is no error. Throws XmlError. Pure. */
export function withoutDevice(xml: string, name: DeviceName): string {
  const document = parseEditable(xml)
  const device = findDevice(document, name)
  return device === null ? xml : removeElement(document, device).text
}

/** What of a network card can be changed. */
export interface NicChange {
  readonly source?: NicSource | undefined
  readonly linkUp?: boolean | undefined
  readonly qos?: VnicQos | undefined
  /** Null: none. */
  readonly filter?: string | null | undefined
}

/** A network card plugged into something else, its link set, or what it may do. Takes a definition or the card alone. Throws XmlError. Pure. */
export function changeNic(xml: string, macAddress: string, { source, linkUp, qos, filter }: NicChange): string {
  let document = parseEditable(xml)
  const find = () => (document.root.name === 'interface' ? document.root : findDevice(document, { macAddress }))
  const nic = find()
  if (nic === null) return xml
  if (source !== undefined) {
    document = setAttribute(document, nic, 'type', source.kind)
    // What belongs to a port of the former network goes with it.
    for (const name of ['source', 'virtualport', 'portForwards', 'backend']) {
      const there = childIn(find(), name)
      if (there !== null) document = removeElement(document, there)
    }
    const at = find()
    const part = sourcePart(source)
    const mac = childIn(at, 'mac')
    if (at !== null && part !== null) {
      document = insertElement(document, at, part, mac === null ? undefined : { after: mac })
    }
  }
  const put = (name: string, part: XmlPart | null) => {
    const element = find()
    const there = childIn(element, name)
    if (element === null || (there === null && part === null)) return
    if (part === null) document = there === null ? document : removeElement(document, there)
    else if (there === null) document = insertElement(document, element, part)
    else if (!isSame(there, part)) document = replaceElement(document, there, part)
  }
  if (qos !== undefined) put('bandwidth', bandwidthPart(qos))
  // A filter that stays keeps the values that somebody gave it.
  const filtered = childIn(find(), 'filterref')?.attributes.filter ?? null
  if (filter !== undefined && filter !== filtered) put('filterref', filter === null ? null : filterPart(filter))
  const at = find()
  if (linkUp === undefined || at === null) return document.text
  const link = childIn(at, 'link')
  if (link !== null) return setAttribute(document, link, 'state', linkUp ? 'up' : 'down').text
  return linkUp ? document.text : insertElement(document, at, { name: 'link', attributes: { state: 'down' } }).text
}

function sourcePart(source: NicSource): XmlPart | null {
  if (source.kind === 'bridge') return { name: 'source', attributes: { bridge: source.bridge } }
  if (source.kind === 'network') return { name: 'source', attributes: { network: source.network } }
  return null
}

/** Says an element what a part would? Pure. */
function isSame(there: EditableElement, part: XmlPart): boolean {
  const flat = (name: string, attributes: XmlPart['attributes'] = {}) =>
    `${name} ${JSON.stringify(
      Object.entries(attributes)
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([key, value]) => `${key}=${value}`)
        .sort(),
    )}`
  const inner =
    typeof part.content === 'object' ? part.content.filter((each) => each !== null && each !== undefined) : []
  return (
    flat(there.name, there.attributes) === flat(part.name, part.attributes) &&
    there.children.length === inner.length &&
    inner.every(({ name, attributes }, index) => {
      const child = there.children[index]
      return child !== undefined && flat(child.name, child.attributes) === flat(name, attributes)
    })
  )
}
