import { AppError } from '../../../shared/errors/index.ts'
import { ByteQueue } from './byte-queue.ts'
import type { HandshakeProgress } from './server-handshake.ts'

/*
 * The server's part of an RFB handshake towards the window: the engine has signed in already, so the window is offered
 * RFB 3.8 with the security type "None". Pure, as its counterpart.
 */

const VERSION = 'RFB 003.008\n'
const SECURITY_NONE = 1

/** What to send first. */
export const PAGE_GREETING: Uint8Array = Buffer.from(VERSION, 'latin1')

/** One handshake; `name` is the VM's, for errors. */
export class PageHandshake {
  readonly #queue = new ByteQueue()
  readonly #name: string
  #state: 'version' | 'choice' | 'done' = 'version'

  constructor(name: string) {
    this.#name = name
  }

  /** Takes bytes of the window, in pieces of any size. Errors: console.protocol-violation. */
  push(chunk: Uint8Array): HandshakeProgress {
    this.#queue.push(chunk)
    const out: Uint8Array[] = []
    if (this.#state === 'version') {
      const bytes = this.#queue.take(VERSION.length)
      if (bytes === null) return { send: new Uint8Array(0), rest: null }
      if (Buffer.from(bytes).toString('latin1') !== VERSION) throw this.#violation('the window does not speak RFB 3.8')
      this.#state = 'choice'
      out.push(Uint8Array.of(1, SECURITY_NONE))
    }
    if (this.#state === 'choice') {
      const choice = this.#queue.take(1)
      if (choice === null) return { send: Buffer.concat(out), rest: null }
      if (choice[0] !== SECURITY_NONE) throw this.#violation('the window chose a security type that was not offered')
      this.#state = 'done'
      out.push(new Uint8Array(4))
    }
    return { send: Buffer.concat(out), rest: this.#queue.takeRest() }
  }

  #violation(detail: string): AppError {
    return new AppError('console.protocol-violation', { name: this.#name, detail })
  }
}
