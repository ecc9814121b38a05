import { z } from 'zod'
import { defaultSettings } from './schema-free.ts'

const fields = z.object({
  /** How long the audit trail is kept. */
  auditDays: z.number().int().min(1).max(3_650),
  /** Time limit of a connection attempt to a host. */
  connectTimeoutMs: z.number().int().min(1_000).max(120_000),
  /** oVirt: a host is non-responsive only after this long without an answer. */
  nonResponsiveAfterMs: z.number().int().min(5_000).max(600_000),
  /** Ask for a word before a running VM is powered off or reset. */
  confirmForcedActions: z.boolean(),
})
export type Settings = z.infer<typeof fields>

/** The inventory's settings, all with defaults. UI preferences of one person live in their browser, not here. */
export const settingsSchema = z.object({
  auditDays: fields.shape.auditDays.default(defaultSettings.auditDays),
  connectTimeoutMs: fields.shape.connectTimeoutMs.default(defaultSettings.connectTimeoutMs),
  nonResponsiveAfterMs: fields.shape.nonResponsiveAfterMs.default(defaultSettings.nonResponsiveAfterMs),
  confirmForcedActions: fields.shape.confirmForcedActions.default(defaultSettings.confirmForcedActions),
})

/** Some of the settings. Without defaults: what is not named must stay as it is (`partial()` of the above would reset it). */
export const settingsChangesSchema = fields.partial()
