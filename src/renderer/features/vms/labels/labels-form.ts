import { z } from 'zod'
import type { CommandInput } from '../../../../shared/contract/index.ts'
import { TAGS_LIMIT, type VmLabels, vmFolderSchema, vmTagSchema } from '../../../../shared/domain/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const tagsText = z.string().superRefine((text, context) => {
  const tags = splitTags(text)
  const wrong = tags.some((tag) => !vmTagSchema.safeParse(tag).success)
  if (wrong) context.addIssue({ code: 'custom', message: 'vms:labels.tagWrong' })
  else if (tags.length > TAGS_LIMIT) context.addIssue({ code: 'custom', message: 'vms:labels.tooMany' })
})

export const labelsFormSchema = z.object({
  add: tagsText,
  remove: tagsText,
  /** Of several machines: whether their folder is changed at all. */
  changesFolder: z.boolean(),
  folder: z.string().refine((text) => text.trim() === '' || vmFolderSchema.safeParse(text).success, {
    error: 'vms:labels.folderWrong',
  }),
})
export type LabelsForm = z.infer<typeof labelsFormSchema>

/** What a person typed, by commas and spaces. Pure. */
export function splitTags(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/u).filter((tag) => tag !== ''))]
}

/** The form of one machine has what it has; that of several has nothing: what they have may differ. Pure. */
export function labelsFormOf(machines: readonly VmLabels[]): LabelsForm {
  const [only] = machines
  if (only === undefined || machines.length > 1) return { add: '', remove: '', changesFolder: false, folder: '' }
  return { add: only.tags.join(', '), remove: '', changesFolder: true, folder: only.folder ?? '' }
}

/** The input of `vm.label` beside the machines. Of one machine, the tags that are not in its field any more are taken from it. Pure. */
export function toLabel(form: LabelsForm, machines: readonly VmLabels[]): Omit<CommandInput<'vm.label'>, 'vmId'> {
  const add = splitTags(form.add)
  const wanted = new Set(add)
  const [only] = machines
  const dropped = machines.length === 1 ? (only?.tags ?? []).filter((tag) => !wanted.has(tag)) : []
  return {
    add,
    remove: [...dropped, ...splitTags(form.remove)],
    ...(form.changesFolder ? { folder: form.folder.trim() === '' ? null : form.folder } : {}),
  }
}
