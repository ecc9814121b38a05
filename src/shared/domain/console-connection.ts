import { z } from 'zod'

/** Somebody who is connected to a console now. */
export const consoleConnectionSchema = z.object({
  id: z.string(),
  user: z.string(),
  /** The VM, or of a shell the host. */
  objectId: z.string(),
  kind: z.enum(['graphics', 'serial', 'shell']),
  /** Milliseconds since the epoch by the engine's clock. */
  since: z.number(),
})
export type ConsoleConnection = z.infer<typeof consoleConnectionSchema>
