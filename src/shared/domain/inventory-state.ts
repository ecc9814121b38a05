import { z } from 'zod'

/** Whether the engine can store changes. One entity, id `inventory`. */
export const inventoryStateSchema = z.object({
  id: z.literal('inventory'),
  /** False: the disk is full. Everything is shown, and commands that store something are refused. */
  writable: z.boolean(),
  path: z.string(),
  freeBytes: z.number(),
})
