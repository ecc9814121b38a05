import type { ByteSocket } from '../../../../src/main/engine/index.ts'

/** A window's end that a test holds in its hands: bytes are written only when `flush` says so. */
export class FakeSocket implements ByteSocket {
  readonly sent: Uint8Array[] = []
  closedWith: { readonly code: number; readonly reason: string } | null = null
  paused = false
  /** With false, nothing that is sent counts as written until `flush`. */
  writesAtOnce = true
  #unwritten: (() => void)[] = []
  #message: (data: Uint8Array) => void = () => undefined
  #close: () => void = () => undefined

  get received(): Buffer {
    return Buffer.concat(this.sent)
  }

  send(data: Uint8Array, written: () => void): void {
    this.sent.push(data.slice())
    if (this.writesAtOnce) written()
    else this.#unwritten.push(written)
  }

  close(code: number, reason: string): void {
    if (this.closedWith !== null) return
    this.closedWith = { code, reason }
    this.#close()
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  onMessage(listener: (data: Uint8Array) => void): void {
    this.#message = listener
  }

  onClose(listener: () => void): void {
    this.#close = listener
  }

  /** The window sends. */
  type(data: Uint8Array | string): void {
    this.#message(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
  }

  /** The window goes away. */
  leave(): void {
    this.#close()
  }

  flush(): void {
    const unwritten = this.#unwritten
    this.#unwritten = []
    for (const written of unwritten) written()
  }
}
