/**
 * Hands frames on in their order, all that have come meanwhile in one task: what they change is painted once. A page that painted
 * after each frame would fall behind where hundreds come at once, and React takes a long row of such paints, each followed by
 * an effect of the one before, for one that never ends (its error 185).
 */
export interface FrameQueue<Frame> {
  push(frame: Frame): void
  /** Hands on what waits, at once: before a connection's end is told of. */
  flush(): void
}

/**
 * `schedule` runs a function in a task of its own, behind those that wait already. A `deliver` that throws ends that task as any
 * other error does; the frames behind it come with the next.
 */
export function createFrameQueue<Frame>(
  deliver: (frame: Frame) => void,
  schedule: (run: () => void) => void,
): FrameQueue<Frame> {
  const waiting: Frame[] = []
  let isScheduled = false

  const scheduleRun = () => {
    if (isScheduled) return
    isScheduled = true
    schedule(() => {
      isScheduled = false
      flush()
    })
  }
  const flush = () => {
    try {
      for (let frame = waiting.shift(); frame !== undefined; frame = waiting.shift()) deliver(frame)
    } finally {
      if (waiting.length > 0) scheduleRun()
    }
  }
  return {
    push(frame) {
      waiting.push(frame)
      scheduleRun()
    },
    flush,
  }
}

/** Runs functions in tasks of their own, in their order; unlike a timer's they are not put off in a page that nobody sees. */
export function createTaskScheduler(): { readonly schedule: (run: () => void) => void; close(): void } {
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  port1.onmessage = () => waiting.shift()?.()
  return {
    schedule(run) {
      waiting.push(run)
      port2.postMessage(null)
    },
    close: () => port1.close(),
  }
}
