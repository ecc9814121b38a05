import { XmlError } from '../xml-tree.ts'

/** An element to be written. Attributes that are null or undefined are left out; so are children. */
export interface XmlPart {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string | number | null | undefined>>
  /** Its text, or its children. */
  readonly content?: string | number | readonly (XmlPart | null | undefined)[]
}

const NAME = /^[A-Za-z_][\w.:-]*$/

const TEXT_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }
const VALUE_ESCAPES: Readonly<Record<string, string>> = {
  ...TEXT_ESCAPES,
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/** Text as it stands in an element. Throws {@link XmlError} where XML cannot hold it. Pure. */
export function escapeText(text: string): string {
  return checked(text).replace(/[&<>\r]/g, (character) => TEXT_ESCAPES[character] ?? character)
}

/** Text as it stands in an attribute, between quotes of either kind. Throws {@link XmlError} where XML cannot hold it. Pure. */
export function escapeValue(text: string): string {
  return checked(text).replace(/[&<>"'\r\n\t]/g, (character) => VALUE_ESCAPES[character] ?? character)
}

/** A name as it may stand in a tag. Throws {@link XmlError}. Pure. */
export function checkName(name: string): string {
  if (!NAME.test(name)) throw new XmlError(`not a name: ${JSON.stringify(name.slice(0, 64))}`)
  return name
}

/**
 * Writes an element, its children on lines of their own, two spaces deeper each. `indent` stands before every line but the first.
 * Throws {@link XmlError} where XML cannot hold it. Pure.
 */
export function renderPart(part: XmlPart, indent = ''): string {
  const name = checkName(part.name)
  const attributes = Object.entries(part.attributes ?? {})
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${checkName(key)}='${escapeValue(String(value))}'`)
    .join('')
  const { content = [] } = part
  if (typeof content === 'string' || typeof content === 'number') {
    return `<${name}${attributes}>${escapeText(String(content))}</${name}>`
  }
  const children = content.flatMap((child) => child ?? [])
  if (children.length === 0) return `<${name}${attributes}/>`
  const inner = `${indent}  `
  const lines = children.map((child) => `\n${inner}${renderPart(child, inner)}`).join('')
  return `<${name}${attributes}>${lines}\n${indent}</${name}>`
}

function checked(text: string): string {
  for (const character of text) {
    if (!isPossible(character.codePointAt(0) ?? 0)) throw new XmlError('a character that XML cannot hold')
  }
  return text
}

/** Some characters XML 1.0 cannot hold, not even escaped: https://www.w3.org/TR/xml/#charsets. */
function isPossible(codePoint: number): boolean {
  if (codePoint < 0x20) return codePoint === 0x9 || codePoint === 0xa || codePoint === 0xd
  return (codePoint < 0xd800 || codePoint > 0xdfff) && codePoint !== 0xfffe && codePoint !== 0xffff
}
