import type { Rectangle, TestCard } from './test-card.ts'

/** How a client wants its pixels (RFC 6143, 7.4). True colours only. */
export interface PixelFormat {
  readonly bytesPerPixel: 1 | 2 | 4
  readonly isBigEndian: boolean
  readonly max: readonly [red: number, green: number, blue: number]
  readonly shift: readonly [red: number, green: number, blue: number]
}

/** What the server offers: eight bits each in four bytes. */
export const OWN_FORMAT: PixelFormat = {
  bytesPerPixel: 4,
  isBigEndian: false,
  max: [255, 255, 255],
  shift: [16, 8, 0],
}

/** The sixteen bytes of a format. */
export function writePixelFormat({ bytesPerPixel, isBigEndian, max, shift }: PixelFormat): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.set([bytesPerPixel * 8, 24, isBigEndian ? 1 : 0, 1])
  for (const [index, value] of max.entries()) bytes.writeUInt16BE(value, 4 + 2 * index)
  bytes.set(shift, 10)
  return bytes
}

/** Null for what is no true-colour format of one, two or four bytes. */
export function readPixelFormat(bytes: Buffer): PixelFormat | null {
  const bytesPerPixel = bytes.readUInt8(0) / 8
  if (bytesPerPixel !== 1 && bytesPerPixel !== 2 && bytesPerPixel !== 4) return null
  if (bytes.readUInt8(3) === 0) return null
  return {
    bytesPerPixel,
    isBigEndian: bytes.readUInt8(2) !== 0,
    max: [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)],
    shift: [bytes.readUInt8(10) & 31, bytes.readUInt8(11) & 31, bytes.readUInt8(12) & 31],
  }
}

/** A part of the picture as raw pixels (RFC 6143, 7.7.1). */
export function encodeRaw({ pixels, width }: TestCard, part: Rectangle, format: PixelFormat): Buffer {
  const { bytesPerPixel, isBigEndian, max, shift } = format
  const bytes = Buffer.alloc(part.width * part.height * bytesPerPixel)
  const known = new Map<number, number>()
  const translate = (color: number): number => {
    const channels = [(color >>> 16) & 255, (color >>> 8) & 255, color & 255] as const
    const value = channels.reduce(
      (sum, channel, index) => sum | (Math.round((channel * (max[index] ?? 0)) / 255) << (shift[index] ?? 0)),
      0,
    )
    return value >>> 0
  }
  let at = 0
  for (let y = part.y; y < part.y + part.height; y += 1) {
    for (let x = part.x; x < part.x + part.width; x += 1) {
      const color = pixels[y * width + x] ?? 0
      let value = known.get(color)
      if (value === undefined) {
        value = translate(color)
        known.set(color, value)
      }
      if (bytesPerPixel === 1) bytes[at] = value & 255
      else if (isBigEndian) bytes.writeUIntBE(bytesPerPixel === 2 ? value & 0xffff : value, at, bytesPerPixel)
      else bytes.writeUIntLE(bytesPerPixel === 2 ? value & 0xffff : value, at, bytesPerPixel)
      at += bytesPerPixel
    }
  }
  return bytes
}
