import { z } from 'zod'
import { defaultSettings } from './schema-free.ts'

const fields = z.object({
  /** How long the audit trail is kept. */
  auditDays: z.number().int().min(1).max(3_650),
  /** Time limit of a connection attempt to a host. */
  connectTimeoutMs: z.number().int().min(1_000).max(120_000),
  /** oVirt: a host is non-responsive only after this long without an answer. */
  nonResponsiveAfterMs: z.number().int().min(5_000).max(600_000),
  /** … and only after more attempts than this have failed. */
  nonResponsiveAfterFailures: z.number().int().min(0).max(100),
  /** A lost host is waited for so much longer for each VM that ran there. */
  patiencePerVmMs: z.number().int().min(0).max(10_000),
  /** … and so much longer when it writes the metadata of its datacenter's storage. */
  patienceStorageManagerMs: z.number().int().min(0).max(600_000),
  /** How often a host that may not run VMs is looked at again. */
  recheckNonOperationalMs: z.number().int().min(10_000).max(3_600_000),
  /** How long a host that was rebooted or shut down has, to come back or to be gone. */
  hostReturnMs: z.number().int().min(5_000).max(7_200_000),
  /** How long storage may be out of reach before its hosts, or the storage domain, are taken to be without it. */
  storagePatienceMs: z.number().int().min(1_000).max(3_600_000),
  /** How long a NIC's link may be down before the networks on it count as missing on the host, after oVirt. */
  networkPatienceMs: z.number().int().min(1_000).max(3_600_000),
  /** Ask for a word before a running VM is powered off or reset. */
  confirmForcedActions: z.boolean(),
})
export type Settings = z.infer<typeof fields>

/** The inventory's settings, all with defaults. UI preferences of one person live in their browser, not here. */
export const settingsSchema = z.object({
  auditDays: fields.shape.auditDays.default(defaultSettings.auditDays),
  connectTimeoutMs: fields.shape.connectTimeoutMs.default(defaultSettings.connectTimeoutMs),
  nonResponsiveAfterMs: fields.shape.nonResponsiveAfterMs.default(defaultSettings.nonResponsiveAfterMs),
  nonResponsiveAfterFailures: fields.shape.nonResponsiveAfterFailures.default(
    defaultSettings.nonResponsiveAfterFailures,
  ),
  patiencePerVmMs: fields.shape.patiencePerVmMs.default(defaultSettings.patiencePerVmMs),
  patienceStorageManagerMs: fields.shape.patienceStorageManagerMs.default(defaultSettings.patienceStorageManagerMs),
  recheckNonOperationalMs: fields.shape.recheckNonOperationalMs.default(defaultSettings.recheckNonOperationalMs),
  hostReturnMs: fields.shape.hostReturnMs.default(defaultSettings.hostReturnMs),
  storagePatienceMs: fields.shape.storagePatienceMs.default(defaultSettings.storagePatienceMs),
  networkPatienceMs: fields.shape.networkPatienceMs.default(defaultSettings.networkPatienceMs),
  confirmForcedActions: fields.shape.confirmForcedActions.default(defaultSettings.confirmForcedActions),
})

/** Some of the settings. Without defaults: what is not named must stay as it is (`partial()` of the above would reset it). */
export const settingsChangesSchema = fields.partial()
