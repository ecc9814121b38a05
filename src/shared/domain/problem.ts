import { z } from 'zod'
import type { WireError } from '../errors/index.ts'
import { subjectSchema } from './ids.ts'

/** {@link WireError} as a schema: errors cross the wire inside entities too. */
export const wireErrorSchema = z.custom<WireError>(
  (value) => typeof value === 'object' && value !== null && 'code' in value && 'params' in value,
) as z.ZodType<WireError>

/** Something about an entity that a person should know, worst first where several are listed. */
export const problemSchema = z.object({
  severity: z.enum(['warning', 'error']),
  error: wireErrorSchema,
})
export type Problem = z.infer<typeof problemSchema>

/** A problem in a list of several things' problems. */
export const subjectProblemSchema = problemSchema.extend({ subject: subjectSchema })
export type SubjectProblem = z.infer<typeof subjectProblemSchema>
