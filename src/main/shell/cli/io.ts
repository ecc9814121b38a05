/** What a subcommand has of the process it runs in. */
export interface CliIo {
  /** Resolves when the text was handed over: whoever reads slowly holds the writer back. */
  out(text: string): Promise<void>
  err(text: string): void
  /** All of standard input as text, at most `limitBytes`. */
  readInput(limitBytes: number): Promise<string>
  /** Aborted by the first SIGINT or SIGTERM, and when nobody reads the output any more. */
  readonly stopped: AbortSignal
}

/** What the process ends with; scripts depend on it. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const

/** The command line itself is wrong: exit code 2, with the usage. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}
