/*
 * How the engine says why a console ended: a WebSocket close frame has room for a code and 123 bytes of reason. The reason
 * is JSON with an error's code and, where they fit, its parameters; the window has the texts.
 */

/** Close code of a console that ended with an AppError. 4000–4999 are free for applications (RFC 6455, 7.4.2). */
export const CONSOLE_CLOSE_ERROR = 4_000
/** Close code of a console whose other end (QEMU, the guest's serial port) was closed: no error by itself. */
export const CONSOLE_CLOSE_ENDED = 4_001

const REASON_LIMIT_BYTES = 123

/** What a close reason carries. Parameters are left out when they do not fit. */
export interface ConsoleCloseReason {
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Writes a close reason of at most 123 bytes of UTF-8; codes longer than that cannot be (they are ours). */
export function encodeConsoleClose(reason: ConsoleCloseReason): string {
  const whole = JSON.stringify({ c: reason.code, p: reason.params })
  if (new TextEncoder().encode(whole).length <= REASON_LIMIT_BYTES) return whole
  return JSON.stringify({ c: reason.code })
}

/** Reads a close reason; null for anything that `encodeConsoleClose` did not write. */
export function decodeConsoleClose(text: string): ConsoleCloseReason | null {
  if (!text.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('c' in value) || typeof value.c !== 'string') return null
    const params = 'p' in value && typeof value.p === 'object' && value.p !== null ? value.p : {}
    return { code: value.c, params: { ...params } }
  } catch {
    return null
  }
}
