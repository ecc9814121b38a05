import { z } from 'zod'
import { subjectSchema, taskIdSchema } from './ids.ts'
import { wireErrorSchema } from './problem.ts'

/** `unknown`: the engine stopped while it ran and the hosts have not settled yet what became of it. */
export const taskStatusSchema = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'unknown'])
export type TaskStatus = z.infer<typeof taskStatusSchema>

export const taskSchema = z.object({
  id: taskIdSchema,
  /** A command's name; the catalogs have its title under `commands.<name>`. */
  command: z.string(),
  subject: subjectSchema,
  status: taskStatusSchema,
  /** 0–1 over all steps by their weights; null when nobody can say. */
  progress: z.number().nullable(),
  /** The step it is at: its text is `steps.<key>` in the catalogs. */
  step: z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
  cancellable: z.boolean(),
  cancelRequested: z.boolean(),
  user: z.string(),
  queuedAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  error: wireErrorSchema.nullable(),
})
export type Task = z.infer<typeof taskSchema>
