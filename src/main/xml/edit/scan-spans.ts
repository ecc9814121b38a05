import { XmlError } from '../xml-tree.ts'

/** Where an attribute stands: from the white space before its name to behind its closing quote. Offsets are UTF-16 code units. */
export interface AttributeSpan {
  readonly start: number
  readonly end: number
  readonly valueStart: number
  readonly valueEnd: number
  readonly quote: '"' | "'"
}

/** Where an element stands in its document. Offsets are UTF-16 code units; ends are exclusive. */
export interface ElementSpan {
  readonly start: number
  /** Behind the name in the start tag. */
  readonly nameEnd: number
  /** Behind the start tag. */
  readonly openEnd: number
  /** Before the end tag; with `<a/>` the same as `openEnd`. */
  readonly closeStart: number
  readonly end: number
  readonly isSelfClosing: boolean
  readonly attributes: ReadonlyMap<string, AttributeSpan>
  readonly children: readonly ElementSpan[]
}

interface OpenSpan {
  readonly start: number
  readonly nameEnd: number
  openEnd: number
  closeStart: number
  end: number
  isSelfClosing: boolean
  readonly attributes: Map<string, AttributeSpan>
  readonly children: OpenSpan[]
}

/** What is not an element, with what ends it. */
const SKIPPED = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const
const ATTRIBUTE = /(\s+)([^\s=/>]+)(\s*=\s*)(?:"([^"]*)"|'([^']*)')/y
const NAME_END = /[\s/>]/g

/**
 * Finds where the elements and attributes of a document stand. The document must have been found well-formed before: of what is
 * not, nothing is promised but an end. Throws {@link XmlError} where no element is found. Pure.
 */
export function scanSpans(xml: string): ElementSpan {
  const open: OpenSpan[] = []
  let root: OpenSpan | null = null
  let at = xml.indexOf('<')
  while (at >= 0) {
    const skipped = SKIPPED.find(([begin]) => xml.startsWith(begin, at))
    if (skipped !== undefined) {
      at = behind(xml, skipped[1], at + skipped[0].length)
    } else if (xml.startsWith('</', at)) {
      const span = open.pop()
      if (span === undefined) throw new XmlError('an end tag without its start tag')
      span.closeStart = at
      at = behind(xml, '>', at)
      span.end = at
    } else {
      const span = scanStartTag(xml, at)
      const parent = open.at(-1)
      if (parent === undefined) root ??= span
      else parent.children.push(span)
      if (!span.isSelfClosing) open.push(span)
      at = span.openEnd
    }
    at = xml.indexOf('<', at)
  }
  if (root === null) throw new XmlError('document without a root element')
  return root
}

function scanStartTag(xml: string, start: number): OpenSpan {
  NAME_END.lastIndex = start + 1
  const nameEnd = NAME_END.exec(xml)?.index ?? xml.length
  const attributes = new Map<string, AttributeSpan>()
  let at = nameEnd
  for (;;) {
    ATTRIBUTE.lastIndex = at
    const found = ATTRIBUTE.exec(xml)
    if (found === null) break
    const [whole, space = '', name = '', equals = '', inDouble] = found
    const valueStart = at + space.length + name.length + equals.length + 1
    const end = at + whole.length
    const quote = inDouble === undefined ? "'" : '"'
    attributes.set(name, { start: at, end, valueStart, valueEnd: end - 1, quote })
    at = end
  }
  const openEnd = behind(xml, '>', at)
  const isSelfClosing = xml[openEnd - 2] === '/'
  return { start, nameEnd, openEnd, closeStart: openEnd, end: openEnd, isSelfClosing, attributes, children: [] }
}

function behind(xml: string, mark: string, from: number): number {
  const found = xml.indexOf(mark, from)
  return found < 0 ? xml.length : found + mark.length
}
