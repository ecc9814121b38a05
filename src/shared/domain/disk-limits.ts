import { z } from 'zod'

/** Names of the limits of a disk in libvirt's `<iotune>` and in virDomainSetBlockIoTune (https://libvirt.org/formatdomain.html). */
export const DISK_LIMIT_ELEMENTS = {
  totalBytesPerSecond: 'total_bytes_sec',
  readBytesPerSecond: 'read_bytes_sec',
  writeBytesPerSecond: 'write_bytes_sec',
  totalOperationsPerSecond: 'total_iops_sec',
  readOperationsPerSecond: 'read_iops_sec',
  writeOperationsPerSecond: 'write_iops_sec',
} as const
export type DiskLimitField = keyof typeof DISK_LIMIT_ELEMENTS

const limit = z.number().int().min(1).max(1_000_000_000_000_000).nullable().default(null)

/** How much a machine may do to a disk each second; null: as much as it can. In total, or apart for reading and writing. */
export const diskLimitsSchema = z
  .strictObject({
    totalBytesPerSecond: limit,
    readBytesPerSecond: limit,
    writeBytesPerSecond: limit,
    totalOperationsPerSecond: limit,
    readOperationsPerSecond: limit,
    writeOperationsPerSecond: limit,
  })
  .superRefine((limits, context) => {
    for (const kind of ['Bytes', 'Operations'] as const) {
      const isApart = limits[`read${kind}PerSecond`] !== null || limits[`write${kind}PerSecond`] !== null
      if (limits[`total${kind}PerSecond`] === null || !isApart) continue
      const message = 'in total, or apart for reading and writing'
      context.addIssue({ code: 'custom', path: [`total${kind}PerSecond`], message })
    }
  })
export type DiskLimits = z.output<typeof diskLimitsSchema>
