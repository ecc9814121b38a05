import { createHash, type Hash } from 'node:crypto'

/** Beyond so many extents a file is not compared with what was sent: their list would not be bounded. */
const EXTENTS_LIMIT = 20_000
const ZEROS = new Uint8Array(1024 * 1024)

export type Extent = readonly [offset: number, bytes: number]

/** What was sent: SHA-256 over the data alone, and where that lies. Holes have nothing to compare. */
export interface DataDigest {
  add(offset: number, data: Uint8Array): void
  addHole(bytes: number): void
  /** Keeps how it stands, at this offset. */
  mark(offset: number): void
  /** Back to how it stood there; false when that was not kept. Later marks are forgotten. */
  rewind(offset: number): boolean
  /** Marks before that offset are not needed any more. */
  forget(offset: number): void
  /** `ofData` is null when there are too many extents; `whole`, over holes too, where it was asked for. */
  finish(): {
    readonly ofData: { readonly sha256: string; readonly extents: readonly Extent[] } | null
    readonly whole: string | null
  }
}

interface Mark {
  readonly offset: number
  readonly ofData: Hash
  readonly whole: Hash | null
  readonly extentCount: number
  readonly lastBytes: number
}

/** Creates the digest of an empty file; with `whole` also SHA-256 of all of it, which takes its time over large holes. */
export function createDataDigest(options: { readonly whole: boolean }): DataDigest {
  const empty = (): Mark => ({
    offset: 0,
    ofData: createHash('sha256'),
    whole: options.whole ? createHash('sha256') : null,
    extentCount: 0,
    lastBytes: 0,
  })
  let { ofData, whole } = empty()
  let extents: [offset: number, bytes: number][] = []
  let marks: Mark[] = []
  return {
    add: (offset, data) => {
      ofData.update(data)
      whole?.update(data)
      const last = extents.at(-1)
      if (last !== undefined && last[0] + last[1] === offset) last[1] += data.length
      else if (extents.length <= EXTENTS_LIMIT) extents.push([offset, data.length])
    },
    addHole: (bytes) => {
      for (let left = bytes; whole !== null && left > 0; left -= ZEROS.length)
        whole.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS)
    },
    mark: (offset) => {
      marks.push({
        offset,
        ofData: ofData.copy(),
        whole: whole?.copy() ?? null,
        extentCount: extents.length,
        lastBytes: extents.at(-1)?.[1] ?? 0,
      })
    },
    rewind: (offset) => {
      const mark = offset === 0 ? empty() : marks.find((one) => one.offset === offset)
      if (mark === undefined) return false
      ofData = mark.ofData.copy()
      whole = mark.whole?.copy() ?? null
      extents = extents.slice(0, mark.extentCount)
      const last = extents.at(-1)
      if (last !== undefined) last[1] = mark.lastBytes
      marks = marks.filter((one) => one.offset <= offset)
      return true
    },
    forget: (offset) => {
      marks = marks.filter((mark) => mark.offset >= offset)
    },
    finish: () => ({
      ofData: extents.length > EXTENTS_LIMIT ? null : { sha256: ofData.copy().digest('hex'), extents },
      whole: whole?.copy().digest('hex') ?? null,
    }),
  }
}
