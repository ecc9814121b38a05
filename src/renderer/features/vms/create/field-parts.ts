import type { TFunction } from 'i18next'
import type { UseFormReturn } from 'react-hook-form'
import type { Template } from '../../../../shared/domain/index.ts'
import type { VmForm } from './vm-fields.ts'
import { fieldsOfSystem, fieldsOfTemplate } from './vm-form.ts'

/** What every page of the wizard gets. */
export interface PageProps {
  readonly form: UseFormReturn<VmForm>
  readonly t: TFunction
}

/** Choices whose names are the same in every language; the empty one is left to the system and the cluster. */
export function plainChoices(t: TFunction, values: readonly string[]) {
  return values.map((value) => ({ value, label: value === '' ? t('newvm:auto') : value }))
}

/** What a person has typed stays. */
export function fillIn(form: UseFormReturn<VmForm>, systemId: string): void {
  for (const [field, value] of Object.entries(fieldsOfSystem(systemId))) {
    const name = field as keyof ReturnType<typeof fieldsOfSystem>
    if (form.getFieldState(name).isDirty) continue
    form.resetField(name, { defaultValue: value })
  }
}

/** A machine of a template is like it, and has its disks. What a person has typed stays. */
export function fillInTemplate(form: UseFormReturn<VmForm>, template: Template | undefined): void {
  if (template === undefined) return
  const values = fieldsOfTemplate(template.hardware)
  for (const [field, value] of Object.entries(values)) {
    const name = field as keyof typeof values
    if (!form.getFieldState(name).isDirty) form.resetField(name, { defaultValue: value })
  }
}
