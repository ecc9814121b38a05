/**
 * Runs `work` one at a time: however often it is asked for during a run, it runs once more after it, as nobody knows what
 * that run still saw. Who begins it waits for all of that and gets its failure; the others are not kept waiting.
 */
export function onePlusOne(work: () => Promise<void>): () => Promise<void> {
  let running = false
  let again = false
  return async () => {
    again = true
    if (running) return
    running = true
    try {
      while (again) {
        again = false
        await work()
      }
    } finally {
      running = false
    }
  }
}
