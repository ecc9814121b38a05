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
