/** A part of a line of XML, for colouring. */
export interface XmlPart {
  readonly kind: 'text' | 'tag' | 'name' | 'value' | 'comment'
  readonly text: string
}

const PATTERN = /(<!--.*?-->)|(<\/?[\w:.-]+|\/?>|\?>|<\?[\w-]+)|([\w:.-]+)(=)("[^"]*"|'[^']*')/g

/** One line of XML in parts. It colours, it does not parse: joined, the parts are the line. Pure. */
export function splitXmlLine(line: string): readonly XmlPart[] {
  const parts: XmlPart[] = []
  let end = 0
  for (const match of line.matchAll(PATTERN)) {
    if (match.index > end) parts.push({ kind: 'text', text: line.slice(end, match.index) })
    const [whole, comment, tag, name, equals, value] = match
    if (comment !== undefined) parts.push({ kind: 'comment', text: comment })
    else if (tag !== undefined) parts.push({ kind: 'tag', text: tag })
    else {
      parts.push({ kind: 'name', text: `${name}${equals}` })
      parts.push({ kind: 'value', text: value ?? '' })
    }
    end = match.index + whole.length
  }
  if (end < line.length) parts.push({ kind: 'text', text: line.slice(end) })
  return parts
}

/** Numbers of the lines (from 0) that contain a text, whatever its case. Pure. */
export function findLines(lines: readonly string[], text: string): readonly number[] {
  const wanted = text.trim().toLocaleLowerCase()
  if (wanted === '') return []
  return lines.flatMap((line, index) => (line.toLocaleLowerCase().includes(wanted) ? [index] : []))
}
