/**
 * Reads the data types of RFC 4251, section 5, one after another. Past the end every read throws a RangeError, so that a
 * parser of untrusted data has one place to catch it: `readWire`.
 */
export class WireReader {
  readonly #data: Buffer
  #at = 0

  constructor(data: Buffer) {
    this.#data = data
  }

  /** How many bytes were read. */
  get position(): number {
    return this.#at
  }

  get isAtEnd(): boolean {
    return this.#at === this.#data.length
  }

  byte(): number {
    return this.#data.readUInt8(this.#advance(1))
  }

  uint32(): number {
    return this.#data.readUInt32BE(this.#advance(4))
  }

  uint64(): bigint {
    return this.#data.readBigUInt64BE(this.#advance(8))
  }

  /** `string` and `mpint`: a length and that many bytes. They are not copied. */
  string(): Buffer {
    return this.raw(this.uint32())
  }

  text(): string {
    return this.string().toString('utf8')
  }

  /** Bytes without a length before them. */
  raw(length: number): Buffer {
    const at = this.#advance(length)
    return this.#data.subarray(at, at + length)
  }

  #advance(length: number): number {
    const at = this.#at
    if (length > this.#data.length - at) throw new RangeError('the data ends too early')
    this.#at = at + length
    return at
  }
}

/** Runs a parser of untrusted data: null when the data ends too early. */
export function readWire<T>(data: Buffer, parse: (reader: WireReader) => T): T | null {
  try {
    return parse(new WireReader(data))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** `uint32` of RFC 4251. */
export function packUint32(value: number): Buffer {
  const packed = Buffer.alloc(4)
  packed.writeUInt32BE(value)
  return packed
}

/** `string` of RFC 4251: the length and the bytes, or the text as UTF-8. */
export function packString(value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  return Buffer.concat([packUint32(bytes.length), bytes])
}
