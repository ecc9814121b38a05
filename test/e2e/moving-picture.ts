import { crc32 } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A picture of the page, and how long it is shown. */
export interface Frame {
  readonly png: Buffer
  readonly forMs: number
}

/**
 * Pictures of one size and kind as one that moves, over and over: an animated PNG, whose chunks after the first picture's are those of the
 * others with a number before them (https://www.w3.org/TR/png-3/#apng-frame-based-animation). Throws where there is no picture, or they differ
 * in their headers.
 */
export function assembleMovingPicture(frames: readonly Frame[]): Buffer {
  const pictures = frames.map(({ png, forMs }) => ({ chunks: readChunks(png), forMs }))
  const header = pictures[0]?.chunks.find(({ type }) => type === 'IHDR')?.data
  if (header === undefined) throw new Error('A moving picture needs a picture.')
  let sequence = 0
  const parts = [SIGNATURE, writeChunk('IHDR', header), writeChunk('acTL', uint32(frames.length, 0))]
  for (const [index, { chunks, forMs }] of pictures.entries()) {
    if (!chunks.some(({ type, data }) => type === 'IHDR' && data.equals(header)))
      throw new Error(`Picture ${index + 1} is of another size or kind than the first.`)
    const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
    const delay = Buffer.alloc(6)
    delay.writeUInt16BE(forMs, 0)
    delay.writeUInt16BE(1_000, 2)
    parts.push(writeChunk('fcTL', Buffer.concat([uint32(sequence++, width, height, 0, 0), delay])))
    for (const { data } of chunks.filter(({ type }) => type === 'IDAT'))
      parts.push(index === 0 ? writeChunk('IDAT', data) : writeChunk('fdAT', Buffer.concat([uint32(sequence++), data])))
  }
  return Buffer.concat([...parts, writeChunk('IEND', Buffer.alloc(0))])
}

function readChunks(png: Buffer): { readonly type: string; readonly data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = []
  for (let at = SIGNATURE.length; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at)
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return chunks
}

function writeChunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  return Buffer.concat([uint32(data.length), content, uint32(crc32(content))])
}

function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index)
  return bytes
}
