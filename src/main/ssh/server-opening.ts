import { readWire } from './wire-format.ts'

const KEXINIT = 20
const COOKIE_BYTES = 16

/** What has to be agreed on, in the order of SSH_MSG_KEXINIT (RFC 4253, 7.1). */
export type AlgorithmKind = 'key-exchange' | 'host-key' | 'cipher' | 'mac' | 'compression'
const LISTS: readonly AlgorithmKind[] = [
  'key-exchange',
  'host-key',
  ...(['cipher', 'cipher', 'mac', 'mac', 'compression', 'compression'] as const),
]

/** How much of a server's beginning is kept: more than any identification and list of algorithms. */
export const OPENING_LIMIT_BYTES = 16 * 1024

/** What a server says before anything is encrypted. */
export interface ServerOpening {
  /** Lines before its identification, or all of what is no SSH server's. */
  readonly preamble: string
  /** `SSH-2.0-OpenSSH_9.2p1`; null when it has not come. */
  readonly identification: string | null
  /** The algorithms that it offers, from it to us where the directions differ; null when they have not come. */
  readonly offers: Readonly<Record<AlgorithmKind, readonly string[]>> | null
}

/** Reads a server's beginning, whole or cut anywhere (RFC 4253, 4.2 and 7.1). */
export function parseServerOpening(data: Buffer): ServerOpening {
  const text = data.toString('latin1')
  const match = /^(SSH-[^\r\n]*)\r?\n/m.exec(text)
  const identification = match?.[1]
  if (match === null || identification === undefined) return { preamble: text, identification: null, offers: null }
  const packet = data.subarray(match.index + match[0].length)
  return { preamble: text.slice(0, match.index), identification, offers: parseOffers(packet) }
}

function parseOffers(packet: Buffer): ServerOpening['offers'] {
  return readWire(packet, (reader) => {
    reader.uint32() // The packet's length, and that of its padding.
    reader.byte()
    if (reader.byte() !== KEXINIT) return null
    reader.raw(COOKIE_BYTES)
    const offers = new Map(LISTS.map((kind) => [kind, reader.text().split(',')]))
    const of = (kind: AlgorithmKind) => offers.get(kind) ?? []
    return {
      'key-exchange': of('key-exchange'),
      'host-key': of('host-key'),
      cipher: of('cipher'),
      mac: of('mac'),
      compression: of('compression'),
    }
  })
}
