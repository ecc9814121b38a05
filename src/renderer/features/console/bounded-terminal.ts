/** What is used of xterm.js's terminal. `done` is called once the data has been parsed. */
interface TerminalLike {
  write(data: string | Uint8Array, done: () => void): void
}

/** Where output is written to: what was written resolves once it is parsed. */
export interface BoundedTerminal {
  write(data: Uint8Array): Promise<void>
  /** What is written from now on goes to the terminal after this; it counts as waiting meanwhile. */
  hold(until: Promise<void>): void
}

/** Bytes that may wait for the terminal; xterm.js itself throws past 50 MB. */
const WAITING_LIMIT_BYTES = 4 * 1024 * 1024

/**
 * Writes to a terminal what may come faster than it is parsed, as when its window is in the background. What is written
 * resolves when it was parsed, so that a connection with flow control can wait for that. One without is held at the
 * limit: what comes past it is left out until half of what waits is parsed, and `describeGap` (bytes) stands in its place.
 */
export function createBoundedTerminal(terminal: TerminalLike, describeGap: (bytes: number) => string): BoundedTerminal {
  let held: Promise<void> | null = null
  let waitingBytes = 0
  let leftOutBytes = 0

  const closeGap = (): void => {
    if (leftOutBytes === 0 || waitingBytes > WAITING_LIMIT_BYTES / 2) return
    const text = describeGap(leftOutBytes)
    leftOutBytes = 0
    terminal.write(`\r\n${text}\r\n`, () => undefined)
  }
  const write = (data: Uint8Array): Promise<void> => {
    // One gap until there is room again, instead of many small ones.
    if (leftOutBytes > 0 || waitingBytes + data.length > WAITING_LIMIT_BYTES) {
      leftOutBytes += data.length
      return Promise.resolve()
    }
    waitingBytes += data.length
    return new Promise((resolve) => {
      const pass = () =>
        terminal.write(data, () => {
          waitingBytes -= data.length
          closeGap()
          resolve()
        })
      if (held === null) pass()
      else void held.then(pass)
    })
  }
  const hold = (until: Promise<void>): void => {
    const release = () => {
      if (held === current) held = null
    }
    const current = until.then(release, release)
    held = current
  }
  return { write, hold }
}
