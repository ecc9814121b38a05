import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Rectangle } from 'electron'
import { z } from 'zod'

export const MAIN_WINDOW_SIZE = { width: 1_440, height: 900 } as const
export const MAIN_WINDOW_MINIMUM = { width: 800, height: 500 } as const
/** So much of a window's upper edge must be on a screen, that it can be taken hold of. */
const VISIBLE_WIDTH = 100
const VISIBLE_HEIGHT = 40

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
})

const windowStateSchema = z.object({
  bounds: boundsSchema.nullable().default(null),
  maximized: z.boolean().default(false),
  /** Told once that secrets are kept with a key file only. */
  keyFileNoticeShown: z.boolean().default(false),
})
export type WindowState = z.infer<typeof windowStateSchema>

/** Where the main window was, as its file says; defaults for a file that is missing or not to be used. Pure. */
export function parseWindowState(text: string): WindowState {
  try {
    return windowStateSchema.parse(JSON.parse(text))
  } catch {
    return windowStateSchema.parse({})
  }
}

/**
 * Where to put the window: where it was, if enough of it can be seen on today's screens and it is not smaller than the
 * least; else undefined, which centres it. `workAreas` are the screens without task bars. Pure.
 */
export function decideBounds(bounds: Rectangle | null, workAreas: readonly Rectangle[]): Rectangle | undefined {
  if (bounds === null) return undefined
  const width = Math.max(bounds.width, MAIN_WINDOW_MINIMUM.width)
  const height = Math.max(bounds.height, MAIN_WINDOW_MINIMUM.height)
  const reachable = workAreas.some((area) => {
    const visibleWidth = Math.min(bounds.x + width, area.x + area.width) - Math.max(bounds.x, area.x)
    const top = bounds.y >= area.y && bounds.y + VISIBLE_HEIGHT <= area.y + area.height
    return visibleWidth >= VISIBLE_WIDTH && top
  })
  return reachable ? { x: bounds.x, y: bounds.y, width, height } : undefined
}

/** The state's file, kept whole at every moment. */
export interface WindowStateFile {
  readonly state: WindowState
  change(change: Partial<WindowState>): Promise<void>
}

/** Opens the state's file; a missing or broken one is as if new. */
export function openWindowState(path: string): WindowStateFile {
  let state = parseWindowState(readText(path))
  let writing: Promise<void> = Promise.resolve()
  return {
    get state() {
      return state
    },
    change(change) {
      state = { ...state, ...change }
      const text = JSON.stringify(state)
      writing = writing.then(async () => {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(`${path}.part`, text)
        await rename(`${path}.part`, path)
      })
      return writing
    },
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // None yet, or not readable: where a window was is not worth an error.
    return ''
  }
}
