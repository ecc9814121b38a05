import { XML_LIMITS, XmlError } from './xml-tree.ts'

/** Attributes that hold a secret wherever they stand. */
const SECRET_ATTRIBUTES: ReadonlySet<string> = new Set(['passwd', 'password', 'passphrase', 'secret'])
const MASK = '*****'

/**
 * The same document with the values of secrets masked: passwords of graphics servers (libvirt masks them itself unless
 * asked otherwise), and `password=…` in arguments handed to QEMU. Every other character stays as it is.
 * Throws {@link XmlError} when the document is over its size limit.
 */
export function withoutSecrets(xml: string): string {
  if (xml.length > XML_LIMITS.length) throw new XmlError(`document of ${xml.length} characters`)
  if (!/pass|secret/i.test(xml)) return xml
  let result = ''
  let position = 0
  while (position < xml.length) {
    const start = xml.indexOf('<', position)
    if (start === -1) break
    result += xml.slice(position, start)
    const end = markupEnd(xml, start)
    const markup = xml.slice(start, end)
    result += /^<[A-Za-z_]/.test(markup) ? maskTag(markup) : maskComment(markup)
    position = end
  }
  return result + xml.slice(position)
}

/** A comment may hold a disabled element with its password: it is masked as text. */
function maskComment(markup: string): string {
  return markup.startsWith('<!--') ? maskTag(markup) : markup
}

function maskTag(tag: string): string {
  return tag.replace(/([\w:.-]+)(\s*=\s*)(["'])([\s\S]*?)\3/g, (whole, name: string, equals, quote, value: string) => {
    if (SECRET_ATTRIBUTES.has(name.toLowerCase())) return `${name}${equals}${quote}${MASK}${quote}`
    if (!/pass|secret/i.test(value)) return whole
    const masked = value.replace(
      /\b([\w.-]*(?:password|passwd|passphrase)[\w.-]*)(=|&#61;)([^,&\s"']+)/gi,
      `$1$2${MASK}`,
    )
    return `${name}${equals}${quote}${masked}${quote}`
  })
}

/** Where the markup that begins at `start` ends (exclusive): quotes inside a tag may hold `>`. */
function markupEnd(xml: string, start: number): number {
  const closed = (terminator: string) => {
    const index = xml.indexOf(terminator, start)
    return index === -1 ? xml.length : index + terminator.length
  }
  if (xml.startsWith('<!--', start)) return closed('-->')
  if (xml.startsWith('<![CDATA[', start)) return closed(']]>')
  if (xml.startsWith('<?', start)) return closed('?>')
  let quote = ''
  for (let index = start; index < xml.length; index += 1) {
    const character = xml.charAt(index)
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return index + 1
  }
  return xml.length
}
