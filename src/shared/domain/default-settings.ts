/** What holds until somebody changes it: the defaults of `settingsSchema`, apart from it for a page that needs no schemas. */
export const defaultSettings = {
  auditDays: 180,
  connectTimeoutMs: 15_000,
  nonResponsiveAfterMs: 60_000,
  confirmForcedActions: true,
}
