/*
 * Small things that one browser remembers: sizes, open nodes, columns. Losing them costs nothing, so a full or forbidden
 * storage is no error.
 */

const PREFIX = 'virtdeck.'

/** A remembered value of the same shape as the fallback, or the fallback. */
export function readStored<T>(name: string, fallback: T): T {
  if (typeof localStorage === 'undefined') return fallback
  const text = localStorage.getItem(PREFIX + name)
  if (text === null) return fallback
  try {
    const value: unknown = JSON.parse(text)
    const sameShape =
      typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback) && value !== null
    return sameShape ? (value as T) : fallback
  } catch {
    return fallback
  }
}

/** Remembers a value. */
export function writeStored(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch (error) {
    // Full or forbidden: the value lives until the window closes.
    if (!(error instanceof DOMException)) throw error
  }
}
