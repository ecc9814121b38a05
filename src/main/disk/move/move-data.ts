import { z } from 'zod'
import { diskFormatSchema, hostIdSchema, vmIdSchema } from '../../../shared/domain/index.ts'
import { stepPlaceSchema } from '../step-place.ts'

/** What the steps of a move go by, as its plan stores it: model and definitions are other ones by the time. */
export const moveDataSchema = stepPlaceSchema.extend({
  alias: z.string(),
  fromFormat: diskFormatSchema,
  /** In the other domain. */
  to: z.object({ fileName: z.string(), format: diskFormatSchema }),
  /** Whose disk it is. */
  machine: z
    .object({
      vmId: vmIdSchema,
      hostId: hostIdSchema,
      target: z.string(),
      fromPath: z.string(),
      toPath: z.string(),
      virtualBytes: z.number(),
    })
    .nullable(),
})
export type MoveData = z.infer<typeof moveDataSchema>
