import { parseXml } from '../xml-tree.ts'
import { assertOwn, type EditableElement, type EditableXml, splice } from './editable-xml.ts'
import { beforeSlash } from './set-in-place.ts'
import { renderPart, type XmlPart } from './xml-part.ts'

const REST_OF_LINE = /[ \t]*(?:\r?\n|$)/y

/** Where among the children: right before or behind one of them. Without it: as the last. */
export type Place = { readonly before: EditableElement } | { readonly after: EditableElement }

/**
 * The document with an element put into another, on a line of its own where the document is written in lines. What is given as
 * text must be one well-formed element and is taken as it is. Throws XmlError. Pure.
 */
export function insertElement(
  document: EditableXml,
  parent: EditableElement,
  part: XmlPart | string,
  place?: Place,
): EditableXml {
  assertOwn(document, parent)
  const { text } = document
  if (parent.span.isSelfClosing) {
    const { openEnd } = parent.span
    const outer = indentBefore(text, parent.span.start)
    const inner = outer === null ? null : `${outer}  `
    const content = inner === null ? written(part, '') : `\n${inner}${written(part, inner)}\n${outer}`
    return splice(document, beforeSlash(document, openEnd), openEnd, `>${content}</${parent.name}>`)
  }
  if (place !== undefined) {
    const neighbour = 'before' in place ? place.before : place.after
    if (neighbour.parent !== parent) throw new RangeError(`<${neighbour.name}> is no child of <${parent.name}>`)
    const indent = indentBefore(text, neighbour.span.start)
    const line = indent === null ? '' : `\n${indent}`
    const content = written(part, indent ?? '')
    if ('before' in place) return splice(document, neighbour.span.start, neighbour.span.start, content + line)
    return splice(document, neighbour.span.end, neighbour.span.end, line + content)
  }
  const last = parent.children.at(-1)
  if (last !== undefined) return insertElement(document, parent, part, { after: last })
  return insertFirst(document, parent, part)
}

/** The document without an element. Where that stood on lines of its own, they go whole. Throws RangeError for the root. Pure. */
export function removeElement(document: EditableXml, element: EditableElement): EditableXml {
  assertOwn(document, element)
  if (element.parent === null) throw new RangeError('the root cannot be removed')
  const { text } = document
  const { start, end } = element.span
  const indent = indentBefore(text, start)
  REST_OF_LINE.lastIndex = end
  if (indent === null || !REST_OF_LINE.test(text)) return splice(document, start, end, '')
  const lineEnd = text.slice(0, start - indent.length).endsWith('\r\n') ? 2 : 1
  return splice(document, start - indent.length - lineEnd, end, '')
}

/** The document with an element put in another's place. Throws XmlError. Pure. */
export function replaceElement(document: EditableXml, element: EditableElement, part: XmlPart | string): EditableXml {
  assertOwn(document, element)
  const indent = indentBefore(document.text, element.span.start) ?? ''
  return splice(document, element.span.start, element.span.end, written(part, indent))
}

/** Into an element with nothing but text, white space or comments. */
function insertFirst(document: EditableXml, parent: EditableElement, part: XmlPart | string): EditableXml {
  const { text } = document
  const { openEnd, closeStart, start } = parent.span
  const outer = indentBefore(text, closeStart) ?? indentBefore(text, start)
  if (outer === null) return splice(document, closeStart, closeStart, written(part, ''))
  const inner = `${outer}  `
  const content = `\n${inner}${written(part, inner)}\n${outer}`
  // White space that was before the end tag is what its line began with: it stays behind what is new.
  const before = text.slice(openEnd, closeStart).trimEnd().length
  return splice(document, openEnd + before, closeStart, content)
}

function written(part: XmlPart | string, indent: string): string {
  if (typeof part !== 'string') return renderPart(part, indent)
  parseXml(part)
  return part
}

/** The white space that a line begins with, where nothing else is before `at`; null: there is, or it is the document's first line. */
function indentBefore(text: string, at: number): string | null {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1
  const before = text.slice(lineStart, at)
  return /^[ \t]*$/.test(before) && (lineStart > 0 || at === 0) ? before : null
}
