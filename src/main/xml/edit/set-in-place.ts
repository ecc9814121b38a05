import { assertOwn, type EditableElement, type EditableXml, splice } from './editable-xml.ts'
import { checkName, escapeText, escapeValue } from './xml-part.ts'

/**
 * The document with an attribute set, or taken away (`null`). What is there already keeps its place and its quotes; what is new comes
 * last. Where nothing would change, the document itself. Throws XmlError where XML cannot hold the value. Pure.
 */
export function setAttribute(
  document: EditableXml,
  element: EditableElement,
  name: string,
  value: string | number | null,
): EditableXml {
  assertOwn(document, element)
  const { nameEnd, attributes } = element.span
  const there = attributes.get(name)
  if (value === null) return there === undefined ? document : splice(document, there.start, there.end, '')
  const text = String(value)
  if (there !== undefined) {
    if (element.attributes[name] === text) return document
    return splice(document, there.valueStart, there.valueEnd, escapeValue(text))
  }
  const at = Math.max(nameEnd, ...[...attributes.values()].map(({ end }) => end))
  return splice(document, at, at, ` ${checkName(name)}='${escapeValue(text)}'`)
}

/**
 * The document with the text of an element that has no children set; comments in it go. Where nothing would change, the document
 * itself. Throws XmlError where XML cannot hold the text, RangeError where the element has children. Pure.
 */
export function setText(document: EditableXml, element: EditableElement, text: string | number): EditableXml {
  assertOwn(document, element)
  if (element.children.length > 0) throw new RangeError(`<${element.name}> has elements, not text`)
  if (element.text === String(text)) return document
  const { openEnd, closeStart, isSelfClosing } = element.span
  const escaped = escapeText(String(text))
  if (!isSelfClosing) return splice(document, openEnd, closeStart, escaped)
  return splice(document, beforeSlash(document, openEnd), openEnd, `>${escaped}</${element.name}>`)
}

/** Where the ` />` or `/>` of a self-closing tag begins. */
export function beforeSlash({ text }: EditableXml, openEnd: number): number {
  let at = openEnd - 2
  while (/\s/.test(text[at - 1] ?? '')) at -= 1
  return at
}
