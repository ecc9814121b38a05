import { z } from 'zod'
import { EACH_CALLS_LIMIT, EACH_FIELDS, EACH_IDS_LIMIT } from './group-verdict.ts'

const idSchema = z.number().int().nonnegative()

/** A frame from a client, as the engine takes it in: a client is not trusted. */
export const clientFrameSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('call'), id: idSchema, command: z.string().max(64), input: z.unknown() }),
  /** What would this do now? Answered by `plan`. */
  z.object({ t: z.literal('plan'), id: idSchema, command: z.string().max(64), input: z.unknown() }),
  /** May these run now? Answered by `verdicts` in the same order. At most 64 at once. */
  z.object({
    t: z.literal('can-run'),
    id: idSchema,
    calls: z.array(z.object({ command: z.string().max(64), input: z.unknown() })).max(64),
  }),
  /**
   * May these run for each of these ids, which stand in the inputs as `field`? Answered by `group-verdicts`, one for each
   * call. `list`: name the allowed ids too.
   */
  z.object({
    t: z.literal('can-run-each'),
    id: idSchema,
    calls: z
      .array(z.object({ command: z.string().max(64), input: z.record(z.string(), z.unknown()) }))
      .max(EACH_CALLS_LIMIT),
    field: z.enum(EACH_FIELDS),
    ids: z.array(z.guid()).max(EACH_IDS_LIMIT),
    list: z.boolean(),
  }),
  z.object({ t: z.literal('subscribe'), id: idSchema, topic: z.string().max(64), key: z.string().max(128).optional() }),
  z.object({ t: z.literal('unsubscribe'), id: idSchema }),
  z.object({ t: z.literal('ping'), id: idSchema }),
  /** `id`: how many frames this client has taken on this connection. Sent every `ACK_EVERY_FRAMES`. */
  z.object({ t: z.literal('ack'), id: idSchema }),
])
export type ClientFrame = z.infer<typeof clientFrameSchema>
