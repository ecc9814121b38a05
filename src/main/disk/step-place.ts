import { z } from 'zod'
import { storageDomainIdSchema } from '../../shared/domain/index.ts'

/** Where a step works, as its plan stores it: the disk may be gone from the model by then. */
export const stepPlaceSchema = z.object({ storageDomainId: storageDomainIdSchema, fileName: z.string() })
