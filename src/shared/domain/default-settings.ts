import type { Settings } from './settings.ts'

/** What holds until somebody changes it. */
export const defaultSettings: Settings = {
  auditDays: 180,
  connectTimeoutMs: 15_000,
  nonResponsiveAfterMs: 60_000,
  confirmForcedActions: true,
}
