/** Asks again and again until the answer is neither undefined, null nor false; throws after 30 s with the last error. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
): Promise<T> {
  const limitMs = 30_000
  const end = Date.now() + limitMs
  let last: unknown
  while (Date.now() < end) {
    try {
      const value = await probe()
      if (value !== undefined && value !== null && value !== false) return value
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${what}: not within ${limitMs} ms`, { cause: last })
}
