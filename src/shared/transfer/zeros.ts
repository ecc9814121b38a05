/** Holes are looked for in steps of this: file systems have none that are smaller. */
export const HOLE_STEP_BYTES = 64 * 1024

/** A run of a buffer: bytes, or so many zeros. */
export type ZeroRun = { readonly data: Uint8Array } | { readonly zeros: number }

/** Whether all bytes are zero. Pure. */
export function isZero(bytes: Uint8Array): boolean {
  const misaligned = (4 - (bytes.byteOffset & 3)) & 3
  const head = Math.min(misaligned, bytes.length)
  const words = Math.floor((bytes.length - head) / 4)
  for (let index = 0; index < head; index++) if (bytes[index] !== 0) return false
  const view = new Int32Array(bytes.buffer, bytes.byteOffset + head, words)
  for (let index = 0; index < words; index++) if (view[index] !== 0) return false
  for (let index = head + words * 4; index < bytes.length; index++) if (bytes[index] !== 0) return false
  return true
}

/** Cuts a buffer into data and zeros, in steps of {@link HOLE_STEP_BYTES}; neighbours of a kind are one. Its data are views. Pure. */
export function* cutZeros(bytes: Uint8Array): Generator<ZeroRun> {
  let from = 0
  let isHole = false
  for (let at = 0; at < bytes.length; at += HOLE_STEP_BYTES) {
    const isHoleHere = isZero(bytes.subarray(at, at + HOLE_STEP_BYTES))
    if (at > from && isHoleHere !== isHole) {
      yield isHole ? { zeros: at - from } : { data: bytes.subarray(from, at) }
      from = at
    }
    isHole = isHoleHere
  }
  if (bytes.length > from) yield isHole ? { zeros: bytes.length - from } : { data: bytes.subarray(from) }
}
