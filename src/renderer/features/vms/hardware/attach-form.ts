import { z } from 'zod'
import { parseSize } from '../../../components/fields/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

/** What is attached, and how. Messages are catalog keys. */
export const attachFormSchema = z
  .object({
    source: z.enum(['new', 'existing', 'lun']),
    alias: z.string().trim(),
    sizeGiB: z.string().trim(),
    domainId: z.string(),
    diskId: z.string(),
    lunId: z.string(),
    bus: z.enum(['', 'virtio', 'scsi', 'sata', 'usb']),
    serial: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9_.+ -]{0,36}$/, 'newvm:wrong.value'),
    shareable: z.boolean(),
  })
  .superRefine(({ source, alias, sizeGiB, domainId, diskId, lunId }, context) => {
    const complain = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
    if (source === 'existing') {
      if (diskId === '') complain('diskId', 'newvm:wrong.diskMissing')
      return
    }
    if (source === 'lun') {
      if (lunId === '') complain('lunId', 'vms:hardware.attach.lunMissing')
      return
    }
    if (alias === '') complain('alias', 'disks:form.nameMissing')
    if (parseSize(sizeGiB, 'gib') === null) complain('sizeGiB', 'newvm:wrong.diskSize')
    if (domainId === '') complain('domainId', 'newvm:wrong.domainMissing')
  })
export type AttachForm = z.output<typeof attachFormSchema>
