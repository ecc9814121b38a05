import { parseXml, type XmlElement, XmlError } from '../xml-tree.ts'
import { type ElementSpan, scanSpans } from './scan-spans.ts'

/** An element as read, with where it stands. It belongs to one {@link EditableXml}. */
export interface EditableElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly EditableElement[]
  /** Its own text joined, as in {@link XmlElement}. */
  readonly text: string
  readonly parent: EditableElement | null
  readonly span: ElementSpan
}

/** A document that can be changed in places; see `set-in-place.ts` and `insert-remove.ts`. Never changed itself. */
export interface EditableXml {
  readonly text: string
  readonly root: EditableElement
}

/** Reads a document so that it can be changed. The bounds of `parseXml` hold. Throws {@link XmlError}. Pure. */
export function parseEditable(text: string): EditableXml {
  return { text, root: join(parseXml(text), scanSpans(text), null) }
}

/** The first child of that name, or null. */
export function childIn(element: EditableElement | null, name: string): EditableElement | null {
  return element?.children.find((child) => child.name === name) ?? null
}

/** All children of that name. */
export function childrenIn(element: EditableElement | null, name: string): readonly EditableElement[] {
  return element?.children.filter((child) => child.name === name) ?? []
}

/** Throws where an element is not of this document: it was read before the last change. That is a bug of the caller. */
export function assertOwn(document: EditableXml, element: EditableElement): void {
  let top = element
  while (top.parent !== null) top = top.parent
  if (top !== document.root) throw new RangeError(`<${element.name}> is of another version of the document`)
}

/** The document with one stretch replaced, read anew. Throws {@link XmlError} where that is no document any more. */
export function splice(document: EditableXml, start: number, end: number, text: string): EditableXml {
  return parseEditable(document.text.slice(0, start) + text + document.text.slice(end))
}

function join(read: XmlElement, span: ElementSpan, parent: EditableElement | null): EditableElement {
  const { name, attributes, text } = read
  const children: EditableElement[] = []
  const element = { name, attributes, text, children, parent, span }
  if (read.children.length !== span.children.length) throw new XmlError(`<${name}> cannot be read for a change`)
  for (const [index, child] of read.children.entries()) {
    const childSpan = span.children[index]
    if (childSpan !== undefined) children.push(join(child, childSpan, element))
  }
  return element
}
