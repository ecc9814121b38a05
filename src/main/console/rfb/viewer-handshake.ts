import { timingSafeEqual } from 'node:crypto'
import { AppError } from '../../../shared/errors/index.ts'
import { ByteQueue } from './byte-queue.ts'
import type { HandshakeProgress } from './server-handshake.ts'
import { answerVncChallenge } from './vnc-authentication.ts'

/*
 * The server's part of an RFB handshake towards a viewer of the workstation (RFC 6143, 7.1): it is let in by a password that was made for it,
 * as other people of the workstation reach its loopback address too. Pure, as its counterparts.
 */

const VERSION = 'RFB 003.008\n'
const SECURITY_VNC = 2
const ANSWER_BYTES = 16
const OK = Buffer.alloc(4)
/** Failed, and why, as RFB 3.8 has it. */
const REFUSED_WHY = 'wrong password'

/** What to send first. */
export const VIEWER_GREETING: Uint8Array = Buffer.from(VERSION, 'latin1')

export interface ViewerHandshakeOptions {
  /** The VM's, for errors. */
  readonly name: string
  readonly password: string
  /** 16 bytes that nobody can guess. */
  readonly challenge: Uint8Array
}

/** One handshake. */
export class ViewerHandshake {
  readonly #queue = new ByteQueue()
  readonly #options: ViewerHandshakeOptions
  #state: 'version' | 'choice' | 'answer' | 'done' = 'version'

  constructor(options: ViewerHandshakeOptions) {
    this.#options = options
  }

  /** Takes bytes of the viewer, in pieces of any size. Errors: console.protocol-violation, console.viewer-refused. */
  push(chunk: Uint8Array): HandshakeProgress {
    this.#queue.push(chunk)
    const out: Uint8Array[] = []
    const wait = () => ({ send: Buffer.concat(out), rest: null })
    if (this.#state === 'version') {
      const bytes = this.#queue.take(VERSION.length)
      if (bytes === null) return wait()
      const version = /^RFB 003\.(\d{3})\n$/.exec(Buffer.from(bytes).toString('latin1'))
      if (version === null) throw this.#violation('the viewer does not speak RFB 3')
      // Before 3.7 the server chooses.
      const isOld = Number(version[1]) < 7
      this.#state = isOld ? 'answer' : 'choice'
      out.push(isOld ? Uint8Array.of(0, 0, 0, SECURITY_VNC) : Uint8Array.of(1, SECURITY_VNC))
      if (isOld) out.push(this.#options.challenge)
    }
    if (this.#state === 'choice') {
      const choice = this.#queue.take(1)
      if (choice === null) return wait()
      if (choice[0] !== SECURITY_VNC) throw this.#violation('the viewer chose a security type that was not offered')
      this.#state = 'answer'
      out.push(this.#options.challenge)
    }
    const answer = this.#queue.take(ANSWER_BYTES)
    if (answer === null) return wait()
    const { name, password, challenge } = this.#options
    if (!timingSafeEqual(answer, answerVncChallenge(password, challenge))) {
      throw new AppError('console.viewer-refused', { name })
    }
    this.#state = 'done'
    out.push(OK)
    return { send: Buffer.concat(out), rest: this.#queue.takeRest() }
  }

  #violation(detail: string): AppError {
    return new AppError('console.protocol-violation', { name: this.#options.name, detail })
  }
}

/** What a viewer is told whose password is wrong. */
export const VIEWER_REFUSAL: Uint8Array = Buffer.concat([
  Uint8Array.of(0, 0, 0, 1, 0, 0, 0, REFUSED_WHY.length),
  Buffer.from(REFUSED_WHY, 'latin1'),
])
