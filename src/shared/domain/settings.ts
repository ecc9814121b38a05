import { z } from 'zod'

/** The inventory's settings, all with defaults. UI preferences of one person live in their browser, not here. */
export const settingsSchema = z.object({
  /** How long the audit trail is kept. */
  auditDays: z.number().int().min(1).max(3_650).default(180),
  /** Time limit of a connection attempt to a host. */
  connectTimeoutMs: z.number().int().min(1_000).max(120_000).default(15_000),
  /** oVirt: a host is non-responsive only after this long without an answer. */
  nonResponsiveAfterMs: z.number().int().min(5_000).max(600_000).default(60_000),
  /** Ask for a word before a running VM is powered off or reset. */
  confirmForcedActions: z.boolean().default(true),
})
export type Settings = z.infer<typeof settingsSchema>

export const defaultSettings: Settings = settingsSchema.parse({})
