/** How long a pause may be inside of one typed prefix. */
const PAUSE_MS = 700

/**
 * Typed letters as a search: returns the index to go to for each key press, or -1. The search starts after the current
 * item and wraps; a letter typed again and again walks over the items that begin with it.
 */
export function createTypeAhead(): (key: string, nowMs: number, names: readonly string[], current: number) => number {
  let prefix = ''
  let lastAt = Number.NEGATIVE_INFINITY
  return (key, nowMs, names, current) => {
    const typed = key.toLocaleLowerCase()
    prefix = nowMs - lastAt > PAUSE_MS ? typed : prefix + typed
    lastAt = nowMs
    const repeated = [...prefix].every((letter) => letter === prefix[0])
    const wanted = repeated ? (prefix[0] ?? '') : prefix
    const first = repeated ? current + 1 : current
    for (let step = 0; step < names.length; step += 1) {
      const index = (first + step + names.length) % names.length
      if (names[index]?.toLocaleLowerCase().startsWith(wanted)) return index
    }
    return -1
  }
}
