/** What the engine writes its log to; pino's loggers fit. Fields must never hold a secret or a command's input. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

function discard(): void {
  // Deliberately nothing: for tests and tools that want no log.
}

/** A log that goes nowhere. */
export const silentLog: Log = { debug: discard, info: discard, warn: discard, error: discard }
