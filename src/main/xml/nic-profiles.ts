import { type VmNic, vnicProfileIdSchema } from '../../shared/domain/index.ts'
import { element } from './build-xml.ts'
import {
  childIn,
  type EditableElement,
  type EditableXml,
  insertElement,
  parseEditable,
  removeElement,
  renderPart,
  replaceElement,
  type XmlPart,
} from './edit/index.ts'
import { attributeOf, childrenOf, parseWholeNumber, parseXml, type XmlElement } from './xml-tree.ts'

/** The namespace of what says in a domain's metadata which vNIC profile each card has, and the prefix that it has there. */
export const NIC_PROFILES_NAMESPACE = 'urn:virtdeck:network-cards'
export const NIC_PROFILES_PREFIX = 'virtdeck'

/** More than any machine has cards. */
const MARKS_LIMIT = 512

/** Which profile a card has, and which revision of it the definition says. */
export interface NicProfileMark extends NonNullable<VmNic['vnicProfile']> {
  /** Lower case. */
  readonly macAddress: string
}

/** The marks in a domain's `<metadata>`. What does not fit is left out: anybody may have written it. Pure. */
export function parseNicProfiles(metadata: XmlElement | null): NicProfileMark[] {
  const own = (metadata?.children ?? []).find(isOurs)
  if (own === undefined) return []
  const prefix = own.name.includes(':') ? `${own.name.split(':')[0]}:` : ''
  const cards = childrenOf(own, `${prefix}card`).slice(0, MARKS_LIMIT)
  return cards.flatMap((card) => {
    const id = vnicProfileIdSchema.safeParse(attributeOf(card, 'profile'))
    const revision = parseWholeNumber(attributeOf(card, 'revision'))
    const macAddress = attributeOf(card, 'address')?.toLowerCase()
    return id.success && revision !== null && macAddress !== undefined ? [{ macAddress, id: id.data, revision }] : []
  })
}

/** The marks of a definition. Throws XmlError. Pure. */
export function readNicProfiles(xml: string): NicProfileMark[] {
  return parseNicProfiles(childrenOf(parseXml(xml), 'metadata')[0] ?? null)
}

/** They as an element of a definition's metadata; null: there are none. Pure. */
export function nicProfilesPart(marks: readonly NicProfileMark[]): XmlPart | null {
  if (marks.length === 0) return null
  const cards = marks.map((mark) => element(`${NIC_PROFILES_PREFIX}:card`, attributesOf(mark)))
  return element(
    `${NIC_PROFILES_PREFIX}:network-cards`,
    { [`xmlns:${NIC_PROFILES_PREFIX}`]: NIC_PROFILES_NAMESPACE },
    ...cards,
  )
}

/** What `virDomainSetMetadata` is given, which adds the namespace; null: it takes them away. Pure. */
export function buildNicProfiles(marks: readonly NicProfileMark[]): string | null {
  if (marks.length === 0) return null
  return renderPart(element('network-cards', {}, ...marks.map((mark) => element('card', attributesOf(mark)))))
}

/** A definition with these marks in place of those that it has; all else stays. Throws XmlError. Pure. */
export function withNicProfiles(xml: string, marks: readonly NicProfileMark[]): string {
  const document = parseEditable(xml)
  const part = nicProfilesPart(marks)
  const metadata = childIn(document.root, 'metadata')
  if (metadata === null) {
    if (part === null) return xml
    return putFirst(document, { name: 'metadata', content: [part] })
  }
  const own = metadata.children.find(isOurs)
  if (own === undefined) return part === null ? xml : insertElement(document, metadata, part).text
  return (part === null ? removeElement(document, own) : replaceElement(document, own, part)).text
}

/** Behind what says who it is, where libvirt has it. */
function putFirst(document: EditableXml, part: XmlPart): string {
  const places = ['description', 'title', 'genid', 'uuid', 'name']
  const after = places.map((name) => childIn(document.root, name)).find((each) => each !== null)
  return insertElement(document, document.root, part, after === undefined || after === null ? undefined : { after })
    .text
}

function attributesOf({ macAddress, id, revision }: NicProfileMark) {
  return { address: macAddress, profile: id, revision }
}

function isOurs({ name, attributes }: XmlElement | EditableElement): boolean {
  const [prefix, local] = name.includes(':') ? name.split(':') : [null, name]
  return (
    local === 'network-cards' && attributes[prefix === null ? 'xmlns' : `xmlns:${prefix}`] === NIC_PROFILES_NAMESPACE
  )
}
