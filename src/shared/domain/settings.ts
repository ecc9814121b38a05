import { z } from 'zod'

const fields = {
  /** How long the audit trail is kept. */
  auditDays: z.number().int().min(1).max(3_650),
  /** Time limit of a connection attempt to a host. */
  connectTimeoutMs: z.number().int().min(1_000).max(120_000),
  /** oVirt: a host is non-responsive only after this long without an answer. */
  nonResponsiveAfterMs: z.number().int().min(5_000).max(600_000),
  /** Ask for a word before a running VM is powered off or reset. */
  confirmForcedActions: z.boolean(),
}

/** The inventory's settings, all with defaults. UI preferences of one person live in their browser, not here. */
export const settingsSchema = z.object({
  auditDays: fields.auditDays.default(180),
  connectTimeoutMs: fields.connectTimeoutMs.default(15_000),
  nonResponsiveAfterMs: fields.nonResponsiveAfterMs.default(60_000),
  confirmForcedActions: fields.confirmForcedActions.default(true),
})
export type Settings = z.infer<typeof settingsSchema>

/** Some of the settings. Without defaults: what is not named must stay as it is (`partial()` of the above would reset it). */
export const settingsChangesSchema = z.object(fields).partial()

export const defaultSettings: Settings = settingsSchema.parse({})
