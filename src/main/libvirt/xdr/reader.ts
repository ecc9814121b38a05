import { cachedName } from './name-cache.ts'
import { formatUuid, padded, STRING_MAX_BYTES, UUID_BYTES, XdrError } from './primitives.ts'

/**
 * Reads XDR (RFC 4506, as libvirt uses it) from a part of a buffer. Every length is checked against its limit and
 * against what is left before anything is allocated for it. One reader serves a connection: `reset` points it at the
 * next packet, which costs nothing while packets come from the same chunk.
 */
export class XdrReader {
  #bytes: Buffer
  #view: DataView
  #offset: number
  #end: number

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#offset = 0
    this.#end = bytes.byteLength
  }

  /** Points the reader at `bytes[start, end)`. */
  reset(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.#offset = start
    this.#end = end
  }

  get remaining(): number {
    return this.#end - this.#offset
  }

  /** Throws XdrError unless everything has been read. */
  finish(): void {
    if (this.#offset !== this.#end) throw new XdrError(`${this.remaining} bytes after the end of the data`)
  }

  /** Moves past `byteLength` bytes and returns where they began. */
  #take(byteLength: number): number {
    const start = this.#offset
    if (byteLength > this.#end - start) {
      throw new XdrError(`truncated: ${byteLength} bytes wanted, ${this.#end - start} left`)
    }
    this.#offset = start + byteLength
    return start
  }

  /** `int`; `short` and `char` too, which also take four bytes. */
  int(): number {
    return this.#view.getInt32(this.#take(4))
  }

  uint(): number {
    return this.#view.getUint32(this.#take(4))
  }

  hyper(): bigint {
    return this.#view.getBigInt64(this.#take(8))
  }

  uhyper(): bigint {
    return this.#view.getBigUint64(this.#take(8))
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8))
  }

  /** The flag in front of an optional value: exactly 0 or 1. */
  present(): boolean {
    const flag = this.uint()
    if (flag > 1) throw new XdrError(`optional value with the flag ${flag}`)
    return flag === 1
  }

  string(): string {
    const byteLength = this.uint()
    if (byteLength > STRING_MAX_BYTES) throw new XdrError(`string of ${byteLength} bytes, limit ${STRING_MAX_BYTES}`)
    const start = this.#take(padded(byteLength))
    return this.#bytes.toString('utf8', start, start + byteLength)
  }

  /** A string that is a name out of a limited set, though the protocol doesn't say so. */
  name(): string {
    const byteLength = this.uint()
    if (byteLength > STRING_MAX_BYTES) throw new XdrError(`string of ${byteLength} bytes, limit ${STRING_MAX_BYTES}`)
    const start = this.#take(padded(byteLength))
    const end = start + byteLength
    return cachedName(this.#bytes, start, end) ?? this.#bytes.toString('utf8', start, end)
  }

  optionalString(): string | null {
    return this.present() ? this.string() : null
  }

  uuid(): string {
    return formatUuid(this.#bytes, this.#take(UUID_BYTES))
  }

  /** `opaque name<max>`, copied, so that a few bytes do not keep a whole chunk alive. */
  opaque(maxBytes: number): Uint8Array {
    const byteLength = this.uint()
    if (byteLength > maxBytes) throw new XdrError(`opaque of ${byteLength} bytes, limit ${maxBytes}`)
    const start = this.#take(padded(byteLength))
    return new Uint8Array(this.#bytes.subarray(start, start + byteLength))
  }

  /**
   * What is left, for stream data, which goes on as it came: a view on the chunk, or a copy when the view would keep
   * alive more than twice its own size.
   */
  rest(): Buffer {
    const rest = this.#bytes.subarray(this.#take(this.remaining), this.#end)
    return rest.byteLength * 2 < rest.buffer.byteLength ? Buffer.from(rest) : rest
  }

  /** `char name[length]`: four bytes a character, cut at the first NUL. */
  fixedChars(length: number): string {
    const start = this.#take(length * 4)
    let text = ''
    for (let index = 0; index < length; index += 1) {
      const code = this.#view.getUint32(start + index * 4) & 0xff
      if (code === 0) break
      text += String.fromCharCode(code)
    }
    return text
  }

  /** `char name<max>`: bytes, but four bytes each on the wire. */
  chars(maxLength: number): Uint8Array {
    const length = this.count(maxLength, 4)
    const start = this.#take(length * 4)
    const bytes = new Uint8Array(length)
    for (let index = 0; index < length; index += 1) bytes[index] = this.#view.getUint32(start + index * 4)
    return bytes
  }

  /** The element count of a list. It can only be as large as what is left of the packet allows. */
  count(maxCount: number, minimumElementBytes: number): number {
    const count = this.uint()
    if (count > maxCount) throw new XdrError(`list of ${count}, limit ${maxCount}`)
    if (count * minimumElementBytes > this.remaining) {
      throw new XdrError(`truncated: list of ${count} with ${this.remaining} bytes left`)
    }
    return count
  }

  stringList(maxCount: number): string[] {
    const list = new Array<string>(this.count(maxCount, 4))
    for (let index = 0; index < list.length; index += 1) list[index] = this.string()
    return list
  }

  intList(maxCount: number): number[] {
    const list = new Array<number>(this.count(maxCount, 4))
    for (let index = 0; index < list.length; index += 1) list[index] = this.int()
    return list
  }

  uintList(maxCount: number): number[] {
    const list = new Array<number>(this.count(maxCount, 4))
    for (let index = 0; index < list.length; index += 1) list[index] = this.uint()
    return list
  }

  uhyperList(maxCount: number): bigint[] {
    const list = new Array<bigint>(this.count(maxCount, 8))
    for (let index = 0; index < list.length; index += 1) list[index] = this.uhyper()
    return list
  }
}
