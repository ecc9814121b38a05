import { GLYPH, glyphRows } from './font.ts'

/** A part of the picture. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const WIDTH = 640
const HEIGHT = 360
const BARS = [0xc0c0c0, 0xc0c000, 0x00c0c0, 0x00c000, 0xc000c0, 0xc00000, 0x0000c0] as const
const DARK = 0x101820
const LIGHT = 0xf0f4f8
const BARS_HEIGHT = 170
const NAME = { y: 186, scale: 4 } as const
const NOTE = { y: 226, scale: 2 } as const
const KEYS: Rectangle = { x: 0, y: 256, width: WIDTH, height: 30 }
const TRACK: Rectangle = { x: 0, y: 300, width: WIDTH, height: 40 }
const BLOCK_WIDTH = 48
const STEP_PIXELS = 16
const MARGIN = 16
const KEYS_SHOWN = 18

/** The picture of a simulated screen: colour bars, the machine's name, what was typed, and a block that moves so that one sees it live. */
export class TestCard {
  readonly width = WIDTH
  readonly height = HEIGHT
  /** 0xRRGGBB, row by row. */
  readonly pixels = new Uint32Array(WIDTH * HEIGHT)

  constructor(machineName: string) {
    this.#fill({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, DARK)
    for (const [index, color] of BARS.entries()) {
      const x = Math.round((index * WIDTH) / BARS.length)
      const width = Math.round(((index + 1) * WIDTH) / BARS.length) - x
      this.#fill({ x, y: 0, width, height: BARS_HEIGHT }, color)
    }
    this.#write(machineName, NAME.y, NAME.scale)
    this.#write('Simulated screen. Keys are shown below.', NOTE.y, NOTE.scale)
    this.drawKeys([])
    this.drawStep(0)
  }

  /** Shows the last keys; what of the picture changed. */
  drawKeys(keys: readonly string[]): Rectangle {
    this.#fill(KEYS, DARK)
    this.#write(keys.slice(-KEYS_SHOWN).join(' '), KEYS.y + 8, 2)
    return KEYS
  }

  /** Moves the block; what of the picture changed. */
  drawStep(step: number): Rectangle {
    const steps = Math.floor((WIDTH - BLOCK_WIDTH) / STEP_PIXELS)
    const place = step % (2 * steps)
    const x = (place <= steps ? place : 2 * steps - place) * STEP_PIXELS
    this.#fill(TRACK, DARK)
    this.#fill({ ...TRACK, x, width: BLOCK_WIDTH }, LIGHT)
    return TRACK
  }

  #fill({ x, y, width, height }: Rectangle, color: number): void {
    for (let row = y; row < y + height; row += 1) {
      const start = row * WIDTH + x
      this.pixels.fill(color, start, start + width)
    }
  }

  /** Text from the left margin; what does not fit is left out. */
  #write(text: string, y: number, scale: number): void {
    const fitting = Math.floor((WIDTH - 2 * MARGIN) / (GLYPH.advance * scale))
    for (const [place, character] of [...text].slice(0, fitting).entries()) {
      for (const [row, bits] of glyphRows(character).entries()) {
        for (let column = 0; column < GLYPH.width; column += 1) {
          if ((bits & (1 << (GLYPH.width - 1 - column))) === 0) continue
          const x = MARGIN + (place * GLYPH.advance + column) * scale
          this.#fill({ x, y: y + row * scale, width: scale, height: scale }, LIGHT)
        }
      }
    }
  }
}
