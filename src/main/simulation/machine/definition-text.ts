import { randomUUID } from 'node:crypto'
import { DaemonError } from '../../libvirt/server/index.ts'
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
  setText,
  XmlError,
} from '../../xml/index.ts'
import { canonicalMachine } from '../host/describe-host.ts'
import { seedOf } from '../wave.ts'

/** A definition as a daemon keeps it, with what it looks things up by. */
export interface StoredDefinition {
  readonly name: string
  readonly uuid: string
  readonly xml: string
}

/** Where the devices of a running machine are. */
export interface LivePlace {
  readonly id: number
  readonly vncPort: number
  readonly vncAddress: string
}

const TYPES: ReadonlySet<string> = new Set(['kvm', 'qemu'])

/** Reads a definition as a client sent it and adds what libvirt adds. Throws DaemonError as libvirt refuses. */
export function storeDefinition(xml: string): StoredDefinition {
  let document = readRoot(xml, 'domain')
  const { root } = document
  const name = childIn(root, 'name')?.text ?? ''
  if (name === '') throw new DaemonError('xml', "XML error: missing element or attribute 'name'", 'domain')
  const type = root.attributes.type ?? ''
  if (!TYPES.has(type)) {
    throw new DaemonError('invalidArgument', `could not find capabilities for domaintype=${type}`)
  }
  if (childIn(root, 'memory') === null) {
    throw new DaemonError('xml', 'missing or invalid memory size', 'domain')
  }
  const uuid = childIn(root, 'uuid')?.text.trim().toLowerCase() ?? randomUUID()
  if (childIn(root, 'uuid') === null) {
    const after = childIn(root, 'name')
    document = insertElement(document, root, { name: 'uuid', content: uuid }, after === null ? undefined : { after })
  }
  document = setAttribute(document, document.root, 'id', null)
  const osType = childIn(childIn(document.root, 'os'), 'type')
  if (osType !== null) {
    document = setAttribute(document, osType, 'machine', canonicalMachine(osType.attributes.machine))
  }
  return { name, uuid, xml: withMacs(document, uuid).text }
}

/** libvirt makes up an address for each card that has none. */
function withMacs(given: EditableXml, uuid: string): EditableXml {
  let document = given
  const cards = () => childrenIn(childIn(document.root, 'devices'), 'interface')
  for (let index = 0; index < cards().length; index += 1) {
    const card = cards()[index]
    if (card === undefined || childIn(card, 'mac') !== null) continue
    const address = macOf(`${uuid}/${index}`)
    document = insertElement(document, card, { name: 'mac', attributes: { address } })
  }
  return document
}

/** An address of QEMU's own range, made of the seed. */
function macOf(text: string): string {
  const hex = seedOf(text).toString(16).padStart(8, '0').slice(2)
  return `52:54:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`
}

/** The definition as a running machine has it: its number, where its screen listens, its serial port, and its cards' devices. */
export function liveXml(xml: string, { id, vncPort, vncAddress }: LivePlace): string {
  let document = parseEditable(xml)
  document = setAttribute(document, document.root, 'id', id)
  const devices = () => childIn(document.root, 'devices')
  const each = (name: string, change: (found: EditableElement, index: number) => void) => {
    for (let index = 0; index < childrenIn(devices(), name).length; index += 1) {
      const found = childrenIn(devices(), name)[index]
      if (found !== undefined) change(found, index)
    }
  }
  const add = (name: string, index: number, child: string, attributes: Record<string, string>) => {
    const parent = childrenIn(devices(), name)[index]
    if (parent === undefined) return
    const old = childIn(parent, child)
    document =
      old === null
        ? insertElement(document, parent, { name: child, attributes })
        : replaceElement(document, old, { name: child, attributes: { ...old.attributes, ...attributes } })
  }
  each('graphics', (graphics, index) => {
    if (graphics.attributes.type !== 'vnc') return
    document = setAttribute(document, graphics, 'port', vncPort)
    add('graphics', index, 'listen', { type: 'address', address: vncAddress })
  })
  each('serial', (_serial, index) => {
    add('serial', index, 'source', { path: `/dev/pts/${id * 4 + index}` })
    add('serial', index, 'alias', { name: `serial${index}` })
  })
  each('console', (_console, index) => add('console', index, 'alias', { name: `console${index}` }))
  each('interface', (_card, index) => {
    add('interface', index, 'target', { dev: `vnet${id * 4 + index}` })
    add('interface', index, 'alias', { name: `net${index}` })
  })
  each('channel', (channel, index) => {
    if (childIn(channel, 'target')?.attributes.name !== 'org.qemu.guest_agent.0') return
    add('channel', index, 'target', { state: 'connected' })
  })
  return document.text
}

/** Without passwords, as libvirt gives a definition to those who did not ask for them. */
export function withoutPasswords(xml: string): string {
  if (!xml.includes('passwd')) return xml
  let document = parseEditable(xml)
  const count = childrenIn(childIn(document.root, 'devices'), 'graphics').length
  for (let index = 0; index < count; index += 1) {
    const graphics = childrenIn(childIn(document.root, 'devices'), 'graphics')[index]
    if (graphics !== undefined) document = setAttribute(document, graphics, 'passwd', null)
  }
  return document.text
}

/** `VIR_DOMAIN_METADATA_…` by their numbers. */
const METADATA = ['description', 'title', 'element'] as const

/** The definition with its description, its title, or one element of `<metadata>` set, or taken away (null). */
export function withMetadata(
  xml: string,
  { type, metadata, key, uri }: { type: number; metadata: string | null; key: string | null; uri: string | null },
): string {
  const kind = METADATA[type]
  let document = parseEditable(xml)
  if (kind !== 'element') {
    const old = childIn(document.root, kind ?? 'description')
    if (metadata === null || metadata === '') return old === null ? xml : removeElement(document, old).text
    if (old !== null) return setText(document, old, metadata).text
    const after = childIn(document.root, 'uuid')
    const part = { name: kind ?? 'description', content: metadata }
    return insertElement(document, document.root, part, after === null ? undefined : { after }).text
  }
  const name = `${key ?? ''}:`
  const holder = childIn(document.root, 'metadata')
  const old = holder?.children.find((child) => child.attributes[`xmlns:${key}`] === uri || child.name.startsWith(name))
  if (old !== undefined) document = removeElement(document, old)
  if (metadata === null || key === null || uri === null) return document.text
  const part = qualified(readRoot(metadata), key, uri)
  const place = childIn(document.root, 'metadata')
  if (place !== null) return insertElement(document, place, part).text
  const after = childIn(document.root, 'uuid')
  const whole = `<metadata>${part}</metadata>`
  return insertElement(document, document.root, whole, after === null ? undefined : { after }).text
}

/** libvirt puts the element that it was given under the prefix that it was given, all of it. */
function qualified(document: EditableXml, key: string, uri: string): string {
  const prefixed = document.text
    .replace(/<(\/?)(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)/g, `<$1${key}:$2`)
    .replace(/\sxmlns(?::[\w.-]+)?=(?:'[^']*'|"[^"]*")/g, '')
  return prefixed.replace(new RegExp(`^\\s*<${key}:[\\w.-]+`), (start) => `${start} xmlns:${key}='${uri}'`)
}

/** The document of a client, or libvirt's refusal of it. */
export function readRoot(xml: string, expected?: string): EditableXml {
  let document: EditableXml
  try {
    document = parseEditable(xml)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new DaemonError('xmlDetail', `(definition):1: ${error.message}`, 'domain')
  }
  if (expected !== undefined && document.root.name !== expected) {
    const message = `XML error: unexpected root element <${document.root.name}>, expecting <${expected}>`
    throw new DaemonError('xml', message, 'domain')
  }
  return document
}
