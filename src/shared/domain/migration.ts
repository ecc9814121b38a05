import { z } from 'zod'
import { hostIdSchema } from './ids.ts'
import { wireErrorSchema } from './problem.ts'

/** Can a machine go to a host? `warning`: it can, and something is worth knowing before. */
export const migrationVerdictSchema = z.object({
  hostId: hostIdSchema,
  hostName: z.string(),
  verdict: z.enum(['fits', 'warning', 'cannot']),
  /** Of several machines, the worst first; each says which machine it is about. */
  reasons: z.array(wireErrorSchema),
  /** Left of the memory that machines may use there, once these have come. */
  freeMemoryMiB: z.number().nullable(),
})
export type MigrationVerdict = z.infer<typeof migrationVerdictSchema>
