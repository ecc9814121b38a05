/**
 * Collects chunks of any size and gives back exact lengths. Only for the small messages of a handshake: it joins its
 * chunks at every push.
 */
export class ByteQueue {
  #bytes: Uint8Array = new Uint8Array(0)

  get length(): number {
    return this.#bytes.length
  }

  push(chunk: Uint8Array): void {
    if (this.#bytes.length === 0) {
      this.#bytes = chunk.slice()
      return
    }
    const joined = new Uint8Array(this.#bytes.length + chunk.length)
    joined.set(this.#bytes)
    joined.set(chunk, this.#bytes.length)
    this.#bytes = joined
  }

  /** The next `length` bytes, or null while they have not all come. */
  take(length: number): Uint8Array | null {
    const taken = this.peek(length)
    if (taken !== null) this.#bytes = this.#bytes.subarray(length)
    return taken
  }

  peek(length: number): Uint8Array | null {
    return this.#bytes.length < length ? null : this.#bytes.subarray(0, length)
  }

  /** Everything that is left. */
  takeRest(): Uint8Array {
    const rest = this.#bytes
    this.#bytes = new Uint8Array(0)
    return rest
  }
}

/** Big-endian unsigned 32 bits at the start of `bytes`. */
export function readUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)
}
