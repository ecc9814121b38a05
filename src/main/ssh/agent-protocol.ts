import { packString, packUint32, readWire } from './wire-format.ts'

/** Message numbers and flags of the agent protocol (draft-ietf-sshm-ssh-agent, section 6). */
const REQUEST_IDENTITIES = 11
const IDENTITIES_ANSWER = 12
const SIGN_REQUEST = 13
const SIGN_RESPONSE = 14
/** What an RSA key signs with; without a flag it would be SHA-1. */
const FLAGS: Readonly<Record<string, number>> = { 'rsa-sha2-256': 2, 'rsa-sha2-512': 4 }
const IDENTITIES_LIMIT = 2_048

/** The longest answer that is read, as OpenSSH limits it. */
export const AGENT_ANSWER_LIMIT_BYTES = 256 * 1024

/** A key or certificate that an agent holds, as a public blob. */
export interface AgentIdentity {
  readonly blob: Buffer
  readonly comment: string
}

export function packIdentitiesRequest(): Buffer {
  return packMessage(Buffer.from([REQUEST_IDENTITIES]))
}

/** Asks for a signature over `data` with the key of `blob`. `algorithm` is the signature's, `rsa-sha2-512` for example. */
export function packSignRequest(blob: Buffer, data: Buffer, algorithm: string): Buffer {
  const flags = packUint32(FLAGS[algorithm] ?? 0)
  return packMessage(Buffer.concat([Buffer.from([SIGN_REQUEST]), packString(blob), packString(data), flags]))
}

function packMessage(body: Buffer): Buffer {
  return packString(body)
}

/** The body of the first message in what has come so far; null: more must come. Throws a RangeError for one too long. */
export function parseAgentMessage(received: Buffer): Buffer | null {
  if (received.length < 4) return null
  const length = received.readUInt32BE(0)
  if (length > AGENT_ANSWER_LIMIT_BYTES) throw new RangeError(`an answer of ${length} bytes`)
  return received.length < 4 + length ? null : received.subarray(4, 4 + length)
}

/** Reads the answer to `packIdentitiesRequest`; null when it is another one, or malformed. */
export function parseIdentities(body: Buffer): readonly AgentIdentity[] | null {
  return readWire(body, (reader) => {
    if (reader.byte() !== IDENTITIES_ANSWER) return null
    const count = Math.min(reader.uint32(), IDENTITIES_LIMIT)
    return Array.from({ length: count }, () => ({ blob: reader.string(), comment: reader.text() }))
  })
}

/** Reads the answer to `packSignRequest`: the signature with its algorithm's name before it; null when it was refused. */
export function parseSignature(body: Buffer): Buffer | null {
  return readWire(body, (reader) => (reader.byte() === SIGN_RESPONSE ? reader.string() : null))
}
