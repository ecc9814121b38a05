import { padded, STRING_MAX_BYTES, UUID_BYTES, writeUuid, XdrError } from './primitives.ts'

const SLAB_BYTES = 65_536
const HYPER_MIN = -(2n ** 63n)
const HYPER_MAX = 2n ** 63n - 1n
const UHYPER_MAX = 2n ** 64n - 1n

/**
 * Writes XDR into a slab of memory. `take` hands out what was written since the last `take` as one view, without a
 * copy: several packets encoded in one turn of the event loop leave in one write. Handed-out memory is never written
 * again. Values that do not fit their type throw XdrError.
 */
export class XdrWriter {
  #bytes = Buffer.allocUnsafeSlow(SLAB_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #taken = 0
  #offset = 0

  /** Bytes written and not yet taken. */
  get length(): number {
    return this.#offset - this.#taken
  }

  /** Everything written since the last call. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(this.#taken, this.#offset)
    this.#taken = this.#offset
    return bytes
  }

  /** Forgets what was written after `length` was as given. */
  truncate(length: number): void {
    this.#offset = this.#taken + length
  }

  /** Overwrites four bytes at `position`, counted like `length`. */
  patchUint(position: number, value: number): void {
    this.#view.setUint32(this.#taken + position, value)
  }

  /** Makes room for `byteLength` bytes and returns where they go. May replace the slab: look at it afterwards. */
  #claim(byteLength: number): number {
    const start = this.#offset
    if (start + byteLength > this.#bytes.byteLength) return this.#moveToNewSlab(byteLength)
    this.#offset = start + byteLength
    return start
  }

  #moveToNewSlab(byteLength: number): number {
    const kept = this.#bytes.subarray(this.#taken, this.#offset)
    const bytes = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, (kept.byteLength + byteLength) * 2))
    bytes.set(kept)
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
    this.#taken = 0
    this.#offset = kept.byteLength + byteLength
    return kept.byteLength
  }

  int(value: number): void {
    if ((value | 0) !== value) throw new XdrError(`not a 32-bit integer: ${value}`)
    const start = this.#claim(4)
    this.#view.setInt32(start, value)
  }

  uint(value: number): void {
    if (value >>> 0 !== value) throw new XdrError(`not an unsigned 32-bit integer: ${value}`)
    const start = this.#claim(4)
    this.#view.setUint32(start, value)
  }

  hyper(value: bigint): void {
    if (value < HYPER_MIN || value > HYPER_MAX) throw new XdrError(`not a 64-bit integer: ${value}`)
    const start = this.#claim(8)
    this.#view.setBigInt64(start, value)
  }

  uhyper(value: bigint): void {
    if (value < 0n || value > UHYPER_MAX) throw new XdrError(`not an unsigned 64-bit integer: ${value}`)
    const start = this.#claim(8)
    this.#view.setBigUint64(start, value)
  }

  double(value: number): void {
    const start = this.#claim(8)
    this.#view.setFloat64(start, value)
  }

  /** Writes the flag of an optional value and tells whether the value itself is to follow. */
  present<T>(value: T | null): value is T {
    this.uint(value === null ? 0 : 1)
    return value !== null
  }

  /** A string without NUL: C on the other side would cut it there. */
  string(value: string): void {
    const byteLength = Buffer.byteLength(value)
    if (byteLength > STRING_MAX_BYTES) throw new XdrError(`string of ${byteLength} bytes, limit ${STRING_MAX_BYTES}`)
    if (value.includes('\0')) throw new XdrError('string with a NUL character')
    this.uint(byteLength)
    const start = this.#claim(padded(byteLength))
    this.#bytes.write(value, start, byteLength, 'utf8')
    this.#bytes.fill(0, start + byteLength, this.#offset)
  }

  optionalString(value: string | null): void {
    if (this.present(value)) this.string(value)
  }

  uuid(value: string): void {
    const start = this.#claim(UUID_BYTES)
    writeUuid(this.#bytes, start, value)
  }

  opaque(value: Uint8Array, maxBytes: number): void {
    if (value.byteLength > maxBytes) throw new XdrError(`opaque of ${value.byteLength} bytes, limit ${maxBytes}`)
    this.uint(value.byteLength)
    const start = this.#claim(padded(value.byteLength))
    this.#bytes.set(value, start)
    this.#bytes.fill(0, start + value.byteLength, this.#offset)
  }

  /** `char name[length]`: four bytes a character, padded with NUL. */
  fixedChars(value: string, length: number): void {
    if (value.length > length) throw new XdrError(`${value.length} characters, room for ${length}`)
    for (let index = 0; index < length; index += 1) {
      const code = index < value.length ? value.charCodeAt(index) : 0
      if (code > 0xff) throw new XdrError(`character beyond Latin-1 at ${index}`)
      this.uint(code)
    }
  }

  /** `char name<max>`: bytes, but four bytes each on the wire. */
  chars(value: Uint8Array, maxLength: number): void {
    this.count(value.length, maxLength)
    for (const byte of value) this.uint(byte)
  }

  /** The element count of a list. */
  count(count: number, maxCount: number): void {
    if (count > maxCount) throw new XdrError(`list of ${count}, limit ${maxCount}`)
    this.uint(count)
  }

  stringList(values: readonly string[], maxCount: number): void {
    this.count(values.length, maxCount)
    for (const value of values) this.string(value)
  }

  intList(values: readonly number[], maxCount: number): void {
    this.count(values.length, maxCount)
    for (const value of values) this.int(value)
  }

  uintList(values: readonly number[], maxCount: number): void {
    this.count(values.length, maxCount)
    for (const value of values) this.uint(value)
  }

  uhyperList(values: readonly bigint[], maxCount: number): void {
    this.count(values.length, maxCount)
    for (const value of values) this.uhyper(value)
  }
}
