import { AppError } from '../../../shared/errors/index.ts'
import { ByteQueue, readUint32 } from './byte-queue.ts'
import { answerVncChallenge } from './vnc-authentication.ts'

/*
 * The client's part of an RFB handshake with a VNC server, up to and including SecurityResult (RFC 6143, 7.1). Pure: bytes
 * in, bytes out. What the server says is not trusted: lengths are bounded, its texts are cut and cleaned.
 */

const VERSION_BYTES = 12
const CHALLENGE_BYTES = 16
const REASON_LIMIT_BYTES = 1_024
const SECURITY_NONE = 1
const SECURITY_VNC = 2

/** The names that the RFB registry has for security types, for the error of those that are not spoken here. */
const SECURITY_NAMES: Readonly<Record<number, string>> = {
  5: 'RA2',
  6: 'RA2ne',
  16: 'Tight',
  18: 'TLS',
  19: 'VeNCrypt',
  20: 'SASL',
  21: 'MD5',
  22: 'xvp',
  30: 'ARD',
}

type State = 'version' | 'security' | 'security-33' | 'challenge' | 'result' | 'done'
type FailureWord = 'refused' | 'password-refused'

/** What came of a chunk: bytes to send to the server, and, once, what stood behind the handshake. */
export interface HandshakeProgress {
  readonly send: Uint8Array
  /** Null while the handshake goes on; then the bytes that belong to what follows (usually none). */
  readonly rest: Uint8Array | null
}

/** One handshake. `password` is the definition's, null when it has none; `name` is the VM's, for errors. */
export class ServerHandshake {
  readonly #queue = new ByteQueue()
  readonly #name: string
  readonly #password: string | null
  #state: State = 'version'
  #minorVersion = 8
  #failure: FailureWord | null = null

  constructor(name: string, password: string | null) {
    this.#name = name
    this.#password = password
  }

  /** Takes bytes of the server, in pieces of any size. Errors: the AppErrors of consoles. */
  push(chunk: Uint8Array): HandshakeProgress {
    this.#queue.push(chunk)
    const out: Uint8Array[] = []
    while (this.#state !== 'done') {
      const sent = this.#failure === null ? this.#step() : this.#readFailure(this.#failure)
      if (sent === null) return { send: Buffer.concat(out), rest: null }
      out.push(sent)
    }
    return { send: Buffer.concat(out), rest: this.#queue.takeRest() }
  }

  /** One message of the server: what to answer, or null while it is not whole. */
  #step(): Uint8Array | null {
    switch (this.#state) {
      case 'version':
        return this.#readVersion()
      case 'security':
        return this.#readSecurityTypes()
      case 'security-33':
        return this.#readSecurityType33()
      case 'challenge':
        return this.#readChallenge()
      default:
        return this.#readResult()
    }
  }

  #readVersion(): Uint8Array | null {
    const bytes = this.#queue.take(VERSION_BYTES)
    if (bytes === null) {
      this.#refuseEarly()
      return null
    }
    const match = /^RFB (\d{3})\.(\d{3})\n$/.exec(Buffer.from(bytes).toString('latin1'))
    if (match === null) throw this.#violation('the server does not greet with an RFB version')
    this.#minorVersion = decideMinorVersion(Number(match[1]), Number(match[2]))
    this.#state = this.#minorVersion === 3 ? 'security-33' : 'security'
    return Buffer.from(`RFB 003.00${this.#minorVersion}\n`, 'latin1')
  }

  /** Something else than a VNC server need not send twelve bytes: wrong from the first one is wrong. */
  #refuseEarly(): void {
    const begin = this.#queue.peek(this.#queue.length) ?? new Uint8Array(0)
    if (!'RFB '.startsWith(Buffer.from(begin.subarray(0, 4)).toString('latin1'))) {
      throw this.#violation('the server does not greet with an RFB version')
    }
  }

  #readSecurityTypes(): Uint8Array | null {
    const count = this.#queue.peek(1)?.[0]
    if (count === undefined) return null
    if (count === 0) {
      this.#queue.take(1)
      this.#failure = 'refused'
      return new Uint8Array(0)
    }
    const types = this.#queue.take(1 + count)?.subarray(1)
    return types === undefined ? null : this.#chooseSecurity([...types])
  }

  #readSecurityType33(): Uint8Array | null {
    const bytes = this.#queue.take(4)
    if (bytes === null) return null
    const type = readUint32(bytes)
    if (type === 0) {
      this.#failure = 'refused'
      return new Uint8Array(0)
    }
    // In 3.3 the server decides alone and gets no answer.
    this.#chooseSecurity([type])
    return new Uint8Array(0)
  }

  #chooseSecurity(types: readonly number[]): Uint8Array {
    if (types.includes(SECURITY_NONE)) {
      // Only 3.8 has a result after "None".
      this.#state = this.#minorVersion === 8 ? 'result' : 'done'
      return Uint8Array.of(SECURITY_NONE)
    }
    if (types.includes(SECURITY_VNC)) {
      if (this.#password === null) throw new AppError('console.password-unknown', { name: this.#name })
      this.#state = 'challenge'
      return Uint8Array.of(SECURITY_VNC)
    }
    const offered = types.slice(0, 8).map((type) => SECURITY_NAMES[type] ?? String(type))
    throw new AppError('console.security-unsupported', { name: this.#name, offered: offered.join(', ') })
  }

  #readChallenge(): Uint8Array | null {
    const challenge = this.#queue.take(CHALLENGE_BYTES)
    if (challenge === null) return null
    this.#state = 'result'
    return answerVncChallenge(this.#password ?? '', challenge)
  }

  #readResult(): Uint8Array | null {
    const bytes = this.#queue.take(4)
    if (bytes === null) return null
    if (readUint32(bytes) === 0) {
      this.#state = 'done'
      return new Uint8Array(0)
    }
    if (this.#minorVersion < 8) throw this.#refusal('password-refused', '')
    this.#failure = 'password-refused'
    return new Uint8Array(0)
  }

  #readFailure(failure: FailureWord): null {
    const header = this.#queue.peek(4)
    if (header === null) return null
    const length = readUint32(header)
    const wanted = Math.min(length, REASON_LIMIT_BYTES)
    const bytes = this.#queue.peek(4 + wanted)
    if (bytes === null) return null
    throw this.#refusal(failure, cleanText(bytes.subarray(4)))
  }

  #refusal(failure: FailureWord, reason: string): AppError {
    if (failure === 'refused') return new AppError('console.refused', { name: this.#name, reason })
    return new AppError('console.password-refused', { name: this.#name, reason })
  }

  #violation(detail: string): AppError {
    return new AppError('console.protocol-violation', { name: this.#name, detail })
  }
}

/** Which of 3.3, 3.7 and 3.8 to speak with a server; what is unknown is 3.3, as the specification wants. */
export function decideMinorVersion(major: number, minor: number): 3 | 7 | 8 {
  if (major > 3 || (major === 3 && minor >= 8)) return 8
  return major === 3 && minor === 7 ? 7 : 3
}

function cleanText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8')
  return text
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 200)
}
