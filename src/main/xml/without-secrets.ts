import { XML_LIMITS, XmlError } from './xml-tree.ts'

/** Attributes that hold a secret wherever they stand. */
const SECRET_ATTRIBUTES: ReadonlySet<string> = new Set(['passwd', 'password', 'passphrase', 'secret'])
/** Names of options that hold one in QEMU's arguments. */
const SECRET_OPTION = /pass(?:word|wd|phrase)/i
/** An option's name and its equals sign, which may be written as a reference. From the first character of the name only, so that
 * a long run of characters is looked at once. */
const OPTION = /(?<![\w.-])([\w.-]+)(?:=|&#61;|&#x3d;)/gi
/** Stands for a secret, as libvirt writes it. */
export const MASK = '*****'
/** Stands for a doubled comma while an argument is taken apart; XML can't have it. */
const DOUBLED_COMMA = '\0'

/**
 * The same document with the values of secrets masked: passwords of graphics servers (libvirt masks them itself unless
 * asked otherwise), and in arguments handed to QEMU `password=…`, the data of `secret` objects, and all of a JSON argument that
 * speaks of either. Every other character stays as it is.
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
  return tag.replace(
    /(?<![\w:.-])([\w:.-]+)(\s*=\s*)(["'])([\s\S]*?)\3/g,
    (whole, name: string, equals, quote, value: string) => {
      if (SECRET_ATTRIBUTES.has(name.toLowerCase())) return `${name}${equals}${quote}${MASK}${quote}`
      if (!/pass|secret/i.test(value)) return whole
      return `${name}${equals}${quote}${maskArgument(value)}${quote}`
    },
  )
}

/** QEMU's options are separated by commas; a comma of a value is doubled. */
function maskArgument(argument: string): string {
  if (argument.trimStart().startsWith('{')) return MASK
  const options = argument.replaceAll(',,', DOUBLED_COMMA).split(',')
  const isSecretObject = options[0] === 'secret'
  const masked = options.map((option) => maskOption(option, isSecretObject))
  return masked.join(',').replaceAll(DOUBLED_COMMA, ',,')
}

/** Masks from the first secret to the end: where a value with spaces or quotes in it ends, only QEMU knows. */
function maskOption(option: string, isSecretObject: boolean): string {
  for (const { 0: assignment, 1: name = '', index } of option.matchAll(OPTION)) {
    if (!SECRET_OPTION.test(name) && !(isSecretObject && name === 'data')) continue
    const start = index + assignment.length
    return start < option.length ? option.slice(0, start) + MASK : option
  }
  return option
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
