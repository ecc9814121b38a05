import { SaxesParser } from 'saxes'

/** An element as read: qualified name as written, attributes, child elements, and its own text joined. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

/** What a document from a host may cost at most. */
export interface XmlLimits {
  readonly length: number
  readonly depth: number
  readonly elements: number
}

/** libvirt's own strings end at 4 MiB; twice that leaves room for what a proxy of it might do. */
export const XML_LIMITS: XmlLimits = { length: 8 * 1024 * 1024, depth: 64, elements: 200_000 }

/** The document cannot be used: not well-formed, over a limit, or not what was expected. `message` says which, and line and column. */
export class XmlError extends Error {
  override readonly name = 'XmlError'
}

interface OpenElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: OpenElement[]
  text: string
}

/**
 * Reads a document into plain elements. Prefixes stay part of the names: libvirt writes fixed ones, and resolving
 * namespaces would double the time. Throws {@link XmlError}.
 */
export function parseXml(xml: string, limits: XmlLimits = XML_LIMITS): XmlElement {
  if (xml.length > limits.length) throw new XmlError(`document of ${xml.length} characters, limit ${limits.length}`)
  const parser = new SaxesParser({ xmlns: false, position: false })
  const open: OpenElement[] = []
  let root: OpenElement | null = null
  let elements = 0
  parser.on('error', (error) => {
    throw new XmlError(`${parser.line}:${parser.column}: ${error.message}`)
  })
  parser.on('doctype', () => {
    throw new XmlError('document type declarations are not accepted')
  })
  parser.on('opentag', (tag) => {
    elements += 1
    if (elements > limits.elements) throw new XmlError(`more than ${limits.elements} elements`)
    if (open.length >= limits.depth) throw new XmlError(`nested deeper than ${limits.depth}`)
    const element: OpenElement = { name: tag.name, attributes: tag.attributes, children: [], text: '' }
    const parent = open.at(-1)
    if (parent === undefined) root = element
    else parent.children.push(element)
    open.push(element)
  })
  const addText = (text: string) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    open.pop()
  })
  parser.write(xml).close()
  const parsed = root as OpenElement | null
  if (parsed === null) throw new XmlError('document without a root element')
  return parsed
}

/** The first child of that name, or null. */
export function childOf(element: XmlElement | null, name: string): XmlElement | null {
  return element?.children.find((child) => child.name === name) ?? null
}

/** The element at the end of a path of first children, or null. */
export function descend(element: XmlElement | null, ...names: readonly string[]): XmlElement | null {
  let current = element
  for (const name of names) current = childOf(current, name)
  return current
}

/** All children of that name. */
export function childrenOf(element: XmlElement | null, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? []
}

/** An attribute's value, or null where the element or the attribute lacks. */
export function attributeOf(element: XmlElement | null, name: string): string | null {
  return element?.attributes[name] ?? null
}

/** An element's text without surrounding white space, or null where it lacks or is empty. */
export function textOf(element: XmlElement | null): string | null {
  const text = element?.text.trim() ?? ''
  return text === '' ? null : text
}

/** A whole number of at most 15 digits, or null for anything else. */
export function parseWholeNumber(text: string | null): number | null {
  return text !== null && /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : null
}
