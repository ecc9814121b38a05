import type { WireError } from '../../../../shared/errors/index.ts'

/**
 * The line (from 1) of a definition that a refusal is about: the one that the parser or libvirt names, or the only one that has the value
 * that libvirt quotes last. Null: it cannot be told. Pure.
 */
export function decideWrongLine({ code, params }: Pick<WireError, 'code' | 'params'>, xml: string): number | null {
  const said = 'detail' in params ? params.detail : 'message' in params ? params.message : null
  if (typeof said !== 'string' || (code !== 'vm.xml-unreadable' && code !== 'vm.definition-refused')) return null
  // "12:7: unclosed tag" of our parser, "(domain_definition):12: parser error" of libvirt's.
  const [, line] = /^(\d+):\d+: /.exec(said) ?? /\(domain_definition\):(\d+):/.exec(said) ?? []
  if (line !== undefined) return Number(line)
  const quoted = [...said.matchAll(/'([^']{1,200})'/g)].at(-1)?.[1]
  if (quoted === undefined) return null
  const having = xml.split('\n').flatMap((text, index) => (text.includes(quoted) ? [index + 1] : []))
  return having.length === 1 ? (having[0] ?? null) : null
}
