import { z } from 'zod'
import { vmIdSchema } from './ids.ts'

/** One point of a VM's live plots. Rates are averages since the point before; null where the host gave no two readings. */
export const vmSampleSchema = z.object({
  /** The time as a string: samples are entities of a topic, and the newest ones push out the oldest. */
  id: z.string(),
  at: z.number(),
  /** 0–100 of all its vCPUs. */
  cpuPercent: z.number().nullable(),
  memoryUsedKiB: z.number().nullable(),
  memoryTotalKiB: z.number(),
  diskReadBytesPerSecond: z.number().nullable(),
  diskWriteBytesPerSecond: z.number().nullable(),
  networkReceiveBytesPerSecond: z.number().nullable(),
  networkTransmitBytesPerSecond: z.number().nullable(),
})
export type VmSample = z.infer<typeof vmSampleSchema>

/** One point of a host's live plots. Disks and networks are what its VMs move together. */
export const hostSampleSchema = z.object({
  id: z.string(),
  at: z.number(),
  cpuPercent: z.number().nullable(),
  memoryUsedKiB: z.number().nullable(),
  memoryTotalKiB: z.number(),
  diskReadBytesPerSecond: z.number().nullable(),
  diskWriteBytesPerSecond: z.number().nullable(),
  networkReceiveBytesPerSecond: z.number().nullable(),
  networkTransmitBytesPerSecond: z.number().nullable(),
})
export type HostSample = z.infer<typeof hostSampleSchema>

/** The last load of a VM, for tables: one entity a VM. */
export const vmLoadSchema = z.object({
  id: vmIdSchema,
  at: z.number(),
  cpuPercent: z.number().nullable(),
  memoryUsedKiB: z.number().nullable(),
})
export type VmLoad = z.infer<typeof vmLoadSchema>

/** How often the engine reads stats while somebody looks, and how many points a plot keeps (10 minutes). */
export const STATS_INTERVAL_MS = 5_000
export const SAMPLES_KEPT = 120
