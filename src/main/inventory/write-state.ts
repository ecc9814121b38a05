import { diskFull, freeBytesAt, hasRoom } from './disk-space.ts'

/** Whether the inventory can be written now. */
export interface WriteState {
  readonly writable: boolean
  readonly path: string
  /** Free bytes on its disk when it was last looked at. */
  readonly freeBytes: number
}

/** Keeps track of a disk that is full, and finds out when it no longer is. */
export interface WriteStateKeeper {
  current(): WriteState
  /** Told of every change. Returns how to stop listening. */
  onChange(listener: (state: WriteState) => void): () => void
  /** A write met a full disk. */
  becameFull(): void
  stop(): Promise<void>
}

const CHECK_MS = 5_000

/**
 * While the disk is full it is looked at every five seconds: as soon as there is room, `resume` is asked to make the file writable
 * again, and then everybody is told.
 */
export function createWriteState(options: {
  readonly dataDir: string
  readonly isFull: boolean
  /** Makes the file writable again; a failure leaves things as they are until the next look. */
  readonly resume: () => void
}): WriteStateKeeper {
  const { dataDir, resume } = options
  const listeners = new Set<(state: WriteState) => void>()
  let state: WriteState = { writable: !options.isFull, path: dataDir, freeBytes: freeBytesAt(dataDir) }
  let timer: NodeJS.Timeout | null = null
  let looking: Promise<void> = Promise.resolve()
  let stopped = false

  function change(next: Omit<WriteState, 'path'>): void {
    if (next.writable === state.writable && next.freeBytes === state.freeBytes) return
    state = { ...next, path: dataDir }
    for (const listener of listeners) listener(state)
  }

  function lookLater(): void {
    if (stopped) return
    timer = setTimeout(() => {
      looking = look()
    }, CHECK_MS).unref()
  }

  async function look(): Promise<void> {
    try {
      if (await hasRoom(dataDir)) {
        resume()
        change({ writable: true, freeBytes: freeBytesAt(dataDir) })
        return
      }
    } catch {
      // Whatever it is by now, it cannot be written: the next look may tell more.
    }
    change({ writable: false, freeBytes: freeBytesAt(dataDir) })
    lookLater()
  }

  if (options.isFull) lookLater()
  return {
    current: () => state,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    becameFull() {
      if (!state.writable) return
      change({ writable: false, freeBytes: freeBytesAt(dataDir) })
      lookLater()
    },
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      await looking
    },
  }
}

/** What a change is refused with while the inventory cannot be written; null while it can. */
export function decideWriteRefusal({ writable, path }: WriteState) {
  return writable ? null : diskFull(path)
}
