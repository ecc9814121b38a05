/** The header contradicts itself, or ends too early. Stays within this folder. */
export class DamagedHeader extends Error {}

const MAX_NUMBER = BigInt(Number.MAX_SAFE_INTEGER)

/** The first bytes of a file, read by position. Whatever lies beyond them throws `DamagedHeader`. */
export class HeadBytes {
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get length(): number {
    return this.#bytes.length
  }

  /** Whether these characters (Latin-1) are at that place. */
  has(at: number, text: string): boolean {
    if (at + text.length > this.length) return false
    for (let index = 0; index < text.length; index++)
      if (this.#bytes[at + index] !== text.charCodeAt(index)) return false
    return true
  }

  slice(at: number, length: number): Uint8Array {
    this.#check(at, length)
    return this.#bytes.subarray(at, at + length)
  }

  /** Characters up to the first NUL, as UTF-8 unless said otherwise; control characters are left out. */
  text(at: number, length: number, encoding = 'utf-8'): string {
    const text = new TextDecoder(encoding).decode(this.slice(at, length))
    const end = text.indexOf('\0')
    return withoutControls(end < 0 ? text : text.slice(0, end))
  }

  u16(at: number, endian: 'big' | 'little'): number {
    this.#check(at, 2)
    return this.#view.getUint16(at, endian === 'little')
  }

  u32(at: number, endian: 'big' | 'little'): number {
    this.#check(at, 4)
    return this.#view.getUint32(at, endian === 'little')
  }

  /** A number of 64 bits; one that a double does not hold is nonsense as a size or a place. */
  u64(at: number, endian: 'big' | 'little'): number {
    this.#check(at, 8)
    const value = this.#view.getBigUint64(at, endian === 'little')
    if (value > MAX_NUMBER) throw new DamagedHeader(`the number at ${at} is too large`)
    return Number(value)
  }

  /** 64 bits of flags. */
  bits(at: number, endian: 'big' | 'little'): bigint {
    this.#check(at, 8)
    return this.#view.getBigUint64(at, endian === 'little')
  }

  #check(at: number, length: number): void {
    if (at < 0 || at + length > this.length) throw new DamagedHeader(`it ends before byte ${at + length}`)
  }
}

/** Text of a file's maker without what could move a terminal's cursor. Pure. */
export function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '')
}
