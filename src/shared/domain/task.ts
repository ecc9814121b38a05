import { z } from 'zod'
import { subjectSchema, taskIdSchema } from './ids.ts'
import { wireErrorSchema } from './problem.ts'

/**
 * Open: `queued`; `running`; `undoing` (it failed or was cancelled, and goes back); `unknown` (nobody can say yet what became
 * of a step: the host is asked again when it is there); `left-behind` (what could not be undone yet is listed).
 * Ended: `succeeded`, `failed`, `cancelled`, `abandoned` (a person ended it as it stood), `unreadable` (its stored form is
 * damaged, or newer than this program).
 */
export const taskStatusSchema = z.enum([
  'queued',
  'running',
  'undoing',
  'unknown',
  'left-behind',
  'succeeded',
  'failed',
  'cancelled',
  'abandoned',
  'unreadable',
])
export type TaskStatus = z.infer<typeof taskStatusSchema>

/** `failed`: it had no effect. `left`: it should be undone and cannot be yet. */
export const stepPhaseSchema = z.enum(['pending', 'running', 'done', 'failed', 'unknown', 'undoing', 'undone', 'left'])
export type StepPhase = z.infer<typeof stepPhaseSchema>

/** A text of the catalogs: `steps.<key>`. */
export const stepTextSchema = z.object({
  key: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type StepText = z.infer<typeof stepTextSchema>

/** A step as a person sees it. */
export const taskStepSchema = z.object({
  id: z.string(),
  text: stepTextSchema,
  hostId: z.string().nullable(),
  cancellable: z.boolean(),
  goesOn: z.boolean(),
  phase: stepPhaseSchema,
  error: wireErrorSchema.nullable(),
})
export type TaskStep = z.infer<typeof taskStepSchema>

/**
 * What became of something that only asks a guest: `done`; `unanswered`, not done in its time, which it may still do;
 * `overtaken`, the machine went down another way before; `unseen`, it may have done it while nobody was there to see it.
 */
export const guestAnswerSchema = z.object({
  outcome: z.enum(['done', 'unanswered', 'overtaken', 'unseen']),
  at: z.number(),
})
export type GuestAnswer = z.infer<typeof guestAnswerSchema>

/** How many rows of a batch ended how. */
export const rowCountsSchema = z.object({
  total: z.number(),
  running: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  /** Unknown, left behind. */
  open: z.number(),
})
export type RowCounts = z.infer<typeof rowCountsSchema>

/** An operation as a person sees it. */
export const taskSchema = z.object({
  id: taskIdSchema,
  /** Ascending in the order in which the engine came to know of them; what the clock showed then may be wrong. */
  order: z.number().int(),
  /** A command's name; the catalogs have its title under `commands.<name>`. */
  command: z.string(),
  subject: subjectSchema,
  /** What else it works on, as its plan says; of a batch, nothing. */
  touches: z.array(subjectSchema),
  status: taskStatusSchema,
  /** 0–1 over all steps by their weights; null when nobody can say. */
  progress: z.number().nullable(),
  /** What it is doing now. */
  step: stepTextSchema.nullable(),
  steps: z.array(taskStepSchema),
  /** For a batch; its rows are the topic `task.rows` with the task's id as key. */
  rows: rowCountsSchema.nullable(),
  cancellable: z.boolean(),
  cancelRequested: z.boolean(),
  user: z.string(),
  queuedAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  error: wireErrorSchema.nullable(),
  /** Of what only asks a guest; null while nobody has seen what became of it. */
  answer: guestAnswerSchema.nullable(),
})
export type Task = z.infer<typeof taskSchema>

/** One row of a batch. */
export const taskRowSchema = z.object({
  id: taskIdSchema,
  position: z.number(),
  subject: subjectSchema,
  status: taskStatusSchema,
  progress: z.number().nullable(),
  step: stepTextSchema.nullable(),
  error: wireErrorSchema.nullable(),
  answer: guestAnswerSchema.nullable(),
})
export type TaskRow = z.infer<typeof taskRowSchema>

/** A line that a program of a task has printed on its host, without control characters. Ids ascend. */
export const taskLogLineSchema = z.object({ id: z.string(), line: z.string() })
export type TaskLogLine = z.infer<typeof taskLogLineSchema>
