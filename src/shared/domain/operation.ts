import { z } from 'zod'
import { subjectSchema, taskIdSchema } from './ids.ts'
import { wireErrorSchema } from './problem.ts'
import { guestAnswerSchema, stepPhaseSchema, stepTextSchema, taskStatusSchema } from './task.ts'

/**
 * What is held while an operation is at work: `vm:<id>`, `host:<id>`, the list of `hosts`. `shared` goes beside other shared
 * claims, `exclusive` beside none, and of `slots` as many as it says go at once ("two migrations out of a host").
 */
export const lockClaimSchema = z.object({
  key: z.string().min(1).max(256),
  mode: z.union([z.literal('exclusive'), z.literal('shared'), z.object({ slots: z.number().int().positive() })]),
})
export type LockClaim = z.infer<typeof lockClaimSchema>

/** A step as it was planned, before anything ran. All of it is data: it is stored, and shown to a person. */
export const plannedStepSchema = z.object({
  /** Unique in its plan: `store`, `connect:<hostId>`. */
  id: z.string().min(1).max(256),
  /** Which of the command's step handlers runs it. */
  action: z.string().min(1).max(64),
  /** Where it works; null for what only concerns the inventory. */
  hostId: z.string().nullable(),
  /** What a person reads of it: `steps.<key>` in the catalogs. */
  text: stepTextSchema,
  /** Relative to the other steps of the plan. */
  weight: z.number().nonnegative(),
  /** May a person cancel while it runs? */
  cancellable: z.boolean(),
  /** The host goes on with it by itself when the engine stops; it is found again at the next start. */
  goesOn: z.boolean(),
  /** What the handler needs beyond the command's input. */
  data: z.json(),
})
export type PlannedStep = z.infer<typeof plannedStepSchema>

/** What an operation will do: shown before it runs, stored, and then run as it stands. */
export const planSchema = z.object({
  steps: z.array(plannedStepSchema).max(10_000),
  locks: z.array(lockClaimSchema).max(10_000),
  /** What it changes. */
  touches: z.array(subjectSchema).max(10_000),
})
export type Plan = z.infer<typeof planSchema>

/** How far a step is. */
export const stepStateSchema = z.object({
  phase: stepPhaseSchema,
  /** What the step's handler found or made; later steps and the undo read it. Never a secret. */
  result: z.json(),
  error: wireErrorSchema.nullable(),
})
export type StepState = z.infer<typeof stepStateSchema>

/** One operation as it is stored: enough to finish or undo it by an engine that knows nothing else of it. */
export const operationRecordSchema = z.object({
  id: taskIdSchema,
  /** The batch that it is a row of. */
  parentId: taskIdSchema.nullable(),
  /** Its place among the batch's rows. */
  position: z.number().int().nonnegative(),
  command: z.string(),
  /** The version of the command's input: a handler that does not know it refuses to go on. */
  inputVersion: z.number().int().nonnegative(),
  /** The command's input without its secrets. */
  input: z.json(),
  /** Names of the secrets that were taken out of the input, and lie in the secret store until the operation is settled. */
  secrets: z.array(z.string()),
  /** Ids made for what the operation makes, by their name: the same after a crash. */
  ids: z.record(z.string(), z.string()),
  user: z.string(),
  subject: subjectSchema,
  correlationId: z.string(),
  plan: planSchema,
  steps: z.array(stepStateSchema),
  /** Towards its end, or back to where it began. */
  direction: z.enum(['forward', 'back']),
  /** The engine that began it is gone; the one that goes on with it knows only this record. */
  resumed: z.boolean(),
  status: taskStatusSchema,
  cancelRequested: z.boolean(),
  queuedAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  /** Why it goes back, failed, or is open. */
  error: wireErrorSchema.nullable(),
  /** What became of what it only asked for: known after it has ended. */
  answer: guestAnswerSchema.nullable().default(null),
  /** For a batch: how many rows it has. */
  rowCount: z.number().int().nonnegative(),
})
export type OperationRecord = z.infer<typeof operationRecordSchema>
