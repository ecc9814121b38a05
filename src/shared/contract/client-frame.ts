import { z } from 'zod'

const idSchema = z.number().int().nonnegative()

/** A frame from a client, as the engine takes it in: a client is not trusted. */
export const clientFrameSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('call'), id: idSchema, command: z.string().max(64), input: z.unknown() }),
  /** May these run now? Answered by `verdicts` in the same order. At most 64 at once. */
  z.object({
    t: z.literal('can-run'),
    id: idSchema,
    calls: z.array(z.object({ command: z.string().max(64), input: z.unknown() })).max(64),
  }),
  z.object({ t: z.literal('subscribe'), id: idSchema, topic: z.string().max(64), key: z.string().max(128).optional() }),
  z.object({ t: z.literal('unsubscribe'), id: idSchema }),
  z.object({ t: z.literal('ping'), id: idSchema }),
  /** `id`: how many frames this client has taken on this connection. Sent every `ACK_EVERY_FRAMES`. */
  z.object({ t: z.literal('ack'), id: idSchema }),
])
export type ClientFrame = z.infer<typeof clientFrameSchema>
