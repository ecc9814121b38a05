const SLOTS = 4_096
const NAME_MAX_BYTES = 64

const slots = new Array<string | undefined>(SLOTS)

/**
 * The ASCII text in `bytes[start, end)`, for names that come again and again, such as those of statistics: the same
 * string object each time, which saves making it and lets objects find their keys without comparing. Undefined when
 * it is too long or not ASCII. Bounded: a new name takes the place of another one.
 */
export function cachedName(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > NAME_MAX_BYTES) return undefined
  let hash = 0
  let seen = 0
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0
    hash = (Math.imul(hash, 31) + byte) | 0
    seen |= byte
  }
  if (seen > 0x7f) return undefined
  const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1)
  const known = slots[slot]
  if (known !== undefined && isSame(known, bytes, start, end)) return known
  const name = String.fromCharCode(...bytes.subarray(start, end))
  slots[slot] = name
  return name
}

function isSame(name: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false
  for (let index = 0; index < name.length; index += 1) {
    if (name.charCodeAt(index) !== bytes[start + index]) return false
  }
  return true
}
