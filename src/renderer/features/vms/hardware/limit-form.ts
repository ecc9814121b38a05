import { z } from 'zod'
import { DISK_LIMIT_ELEMENTS, type DiskLimits, diskLimitsSchema } from '../../../../shared/domain/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const MIB = 1024 * 1024

const megabytes = z
  .string()
  .trim()
  .regex(/^(\d{1,7}([.,]\d{1,3})?)?$/, 'vms:hardware.limit.wrong')
const operations = z
  .string()
  .trim()
  .regex(/^\d{0,9}$/, 'vms:hardware.limit.wrong')

/** Limits as a person writes them: MiB and operations a second; empty: none. */
export const limitFormSchema = z
  .object({
    totalMiB: megabytes,
    readMiB: megabytes,
    writeMiB: megabytes,
    totalOperations: operations,
    readOperations: operations,
    writeOperations: operations,
  })
  .superRefine((form, context) => {
    const parsed = diskLimitsSchema.safeParse(limitsOf(form))
    for (const { path } of parsed.error?.issues ?? []) {
      const field = FIELDS[String(path[0]) as keyof DiskLimits]
      context.addIssue({ code: 'custom', path: [field], message: 'vms:hardware.limit.both' })
    }
  })
export type LimitForm = z.output<typeof limitFormSchema>

const FIELDS = {
  totalBytesPerSecond: 'totalMiB',
  readBytesPerSecond: 'readMiB',
  writeBytesPerSecond: 'writeMiB',
  totalOperationsPerSecond: 'totalOperations',
  readOperationsPerSecond: 'readOperations',
  writeOperationsPerSecond: 'writeOperations',
} as const satisfies Record<keyof DiskLimits, keyof LimitForm>

/** The limits that a form stands for. Pure. */
export function limitsOf(form: LimitForm): DiskLimits {
  const value = (text: string, unit: number) => {
    const number = Math.round(Number(text.trim().replace(',', '.')) * unit)
    return number > 0 ? number : null
  }
  return {
    totalBytesPerSecond: value(form.totalMiB, MIB),
    readBytesPerSecond: value(form.readMiB, MIB),
    writeBytesPerSecond: value(form.writeMiB, MIB),
    totalOperationsPerSecond: value(form.totalOperations, 1),
    readOperationsPerSecond: value(form.readOperations, 1),
    writeOperationsPerSecond: value(form.writeOperations, 1),
  }
}

/** The limits that a definition has for a disk, as they are written into the form. */
export function readLimitForm(xml: string, target: string): LimitForm {
  const document = new DOMParser().parseFromString(xml, 'application/xml')
  const disk = [...document.querySelectorAll('devices > disk')].find(
    (each) => each.querySelector(':scope > target')?.getAttribute('dev') === target,
  )
  const form = { totalMiB: '', readMiB: '', writeMiB: '', totalOperations: '', readOperations: '', writeOperations: '' }
  for (const [limit, field] of Object.entries(FIELDS) as [keyof DiskLimits, keyof LimitForm][]) {
    const value = Number(disk?.querySelector(`:scope > iotune > ${DISK_LIMIT_ELEMENTS[limit]}`)?.textContent ?? '')
    // Three digits are what the field takes: a limit that was set elsewhere to the byte is rounded.
    if (value > 0) form[field] = String(field.endsWith('MiB') ? Math.round((value / MIB) * 1_000) / 1_000 : value)
  }
  return form
}
