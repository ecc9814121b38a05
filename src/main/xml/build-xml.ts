import { renderPart, type XmlPart } from './edit/index.ts'
import { parseXml, type XmlElement, XmlError } from './xml-tree.ts'

/** What may stand among children; `null` and `false` are left out. */
type XmlChild = XmlPart | readonly XmlPart[] | null | false

/** An element with its text or its children: `element('os', {}, element('type', { arch }, 'hvm'))`. Pure. */
export function element(
  name: string,
  attributes: NonNullable<XmlPart['attributes']> = {},
  ...content: readonly [string | number] | readonly XmlChild[]
): XmlPart {
  const [first] = content
  if (typeof first === 'string' || typeof first === 'number') return { name, attributes, content: first }
  const children = (content as readonly XmlChild[]).flatMap((child) => (child === null || child === false ? [] : child))
  return { name, attributes, content: children }
}

/** The document, two spaces a level, with an end of line. Throws {@link XmlError} for a character that XML has no way to write. */
export function serializeXml(root: XmlPart): string {
  return `${renderPart(root)}\n`
}

/** The elements of a piece of XML without a root, as a person wrote it. Throws {@link XmlError}. */
export function parseXmlFragment(fragment: string): readonly XmlPart[] {
  const root = parseXml(`<fragment>${fragment}</fragment>`)
  if (root.text.trim() !== '') throw new XmlError(`text outside of an element: ${root.text.trim().slice(0, 64)}`)
  return root.children.map(toPart)
}

function toPart({ name, attributes, children, text }: XmlElement): XmlPart {
  return { name, attributes, content: children.length > 0 ? children.map(toPart) : text === '' ? [] : text }
}
