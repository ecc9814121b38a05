import { z } from 'zod'

/** Bytes of a log that are shown at most. */
export const LOG_TAIL_BYTES = 128 * 1_024

/** The end of a log that a host keeps. */
export const logTailSchema = z.object({
  id: z.literal('tail'),
  /** When it was read, milliseconds since the epoch. */
  asOf: z.number(),
  /** Where it comes from: a path on the host, or the units of its journal. */
  source: z.string(),
  /** Whole lines, oldest first; control characters are replaced. */
  text: z.string(),
  /** Older lines were left out. */
  isCut: z.boolean(),
  /** Why there is no text: the log is not there, the user may not read it, or the host runs no commands for us. */
  obstacle: z.enum(['missing', 'unreadable', 'no-shell']).nullable(),
})
export type LogTail = z.infer<typeof logTailSchema>
