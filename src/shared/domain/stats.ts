import { z } from 'zod'
import { vmIdSchema } from './ids.ts'

/** One point of the live plots. Rates are averages since the point before; null where there were no two readings. */
export const hostSampleSchema = z.object({
  /** `elapsedMs` as a string: samples are entities of a topic, and the newest ones push out the oldest. */
  id: z.string(),
  /** When it was read, milliseconds since the epoch, as the engine's clock showed it then. It can be set. */
  at: z.number(),
  /** The same by what has passed for the engine, milliseconds: what orders points and tells how far they lie apart. */
  elapsedMs: z.number().int(),
  /** 0–100 of all its CPUs. */
  cpuPercent: z.number().nullable(),
  memoryUsedKiB: z.number().nullable(),
  memoryTotalKiB: z.number(),
  /** Of a host: what its VMs move together. */
  diskReadBytesPerSecond: z.number().nullable(),
  diskWriteBytesPerSecond: z.number().nullable(),
  networkReceiveBytesPerSecond: z.number().nullable(),
  networkTransmitBytesPerSecond: z.number().nullable(),
})
export type HostSample = z.infer<typeof hostSampleSchema>

/**
 * Whose word the memory of a VM is: the guest's own, by its balloon driver, or the host's: what its QEMU holds there
 * (RSS), which never shrinks when the guest frees memory. Null: nobody told.
 */
export const memorySourceSchema = z.enum(['guest', 'host']).nullable()
export type MemorySource = z.infer<typeof memorySourceSchema>

export const vmSampleSchema = hostSampleSchema.extend({ memorySource: memorySourceSchema })
export type VmSample = z.infer<typeof vmSampleSchema>

/** The last load of a VM, for tables: one entity a VM. */
export const vmLoadSchema = z.object({
  id: vmIdSchema,
  at: z.number(),
  cpuPercent: z.number().nullable(),
  memoryUsedKiB: z.number().nullable(),
  memorySource: memorySourceSchema,
})
export type VmLoad = z.infer<typeof vmLoadSchema>

/** Sizes of a drive of a VM, in bytes. */
export const vmDriveSizeSchema = z.object({
  /** The drive's target ("vda"). */
  id: z.string(),
  /** What the guest sees. */
  capacityBytes: z.number().nullable(),
  /** What is taken on the storage. */
  allocationBytes: z.number().nullable(),
  /** The storage pool that it lies in; null: in none that its host knows. */
  pool: z.string().nullable(),
})
export type VmDriveSize = z.infer<typeof vmDriveSizeSchema>

/** How often the engine reads stats while somebody looks, and while nobody does. */
export const STATS_INTERVAL_MS = 5_000
export const QUIET_STATS_INTERVAL_MS = 15_000

/** How far back plots go, and so how long the engine keeps samples of what runs. */
export const STATS_KEPT_MS = 600_000
