import { z } from 'zod'

/** How long sending a running machine's memory takes. */
export const migrationEstimateSchema = z.object({
  /** What QEMU holds of the guest's memory. */
  memoryMiB: z.number(),
  /** What the guest writes to, MiB per second; null: the host cannot measure it. */
  dirtyMiBs: z.number().nullable(),
  /** How fast it is expected to go, MiB per second; null: nobody knows yet. */
  bandwidthMiBs: z.number().nullable(),
  /** What that is taken from: the limit that was asked for, or the last migration between the two hosts. */
  bandwidthFrom: z.enum(['limit', 'measured']).nullable(),
  /** Null: not known, or it does not end by itself. */
  seconds: z.number().nullable(),
  /** Does it end by itself? False: the guest writes faster than the line carries. Null: not known. */
  converges: z.boolean().nullable(),
})
export type MigrationEstimate = z.infer<typeof migrationEstimateSchema>

export interface EstimateFacts {
  /** What QEMU holds of the guest's memory, MiB. */
  readonly memoryMiB: number
  /** What the guest writes to, MiB per second; null: the host cannot measure it. */
  readonly dirtyMiBs: number | null
  /** What a person allows, MiB per second; null: as fast as the line is. */
  readonly limitMiBs: number | null
  /** How fast memory went between the two hosts the last time; null: never since the engine began. */
  readonly measuredMiBs: number | null
}

/**
 * How long it takes until the memory is sent. While a round is under way the guest writes to pages again, which the next round sends: the rounds
 * become shorter by the ratio of the two rates, and sum up as a geometric series. Where the guest writes faster than the line carries, they never end by themselves. Pure.
 */
export function decideEstimate({ memoryMiB, dirtyMiBs, limitMiBs, measuredMiBs }: EstimateFacts): MigrationEstimate {
  const bandwidthMiBs =
    limitMiBs === null ? measuredMiBs : measuredMiBs === null ? limitMiBs : Math.min(limitMiBs, measuredMiBs)
  const bandwidthFrom = bandwidthMiBs === null ? null : bandwidthMiBs === measuredMiBs ? 'measured' : 'limit'
  const base = { memoryMiB, dirtyMiBs, bandwidthMiBs, bandwidthFrom } as const
  if (bandwidthMiBs === null) return { ...base, seconds: null, converges: null }
  const ratio = (dirtyMiBs ?? 0) / bandwidthMiBs
  if (ratio >= 1) return { ...base, seconds: null, converges: false }
  const seconds = Math.ceil(memoryMiB / bandwidthMiBs / (1 - ratio))
  return { ...base, seconds, converges: dirtyMiBs === null ? null : true }
}
