import { zodResolver } from '@hookform/resolvers/zod'
import { Checkbox } from '@patternfly/react-core'
import { useState } from 'react'
import { type Control, useController, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import type { StorageDomainId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { parseSize, RadioField, SizeField, TextField, type TypedSize } from '../../components/fields/index.ts'
import { showEntity, useDialogCommand } from '../../stores/index.ts'
import { DomainSelect } from './DomainSelect.tsx'
import { useDomainChoices } from './use-domain-choices.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const DATA = ['data'] as const

export const diskFormSchema = z.object({
  alias: z.string().trim().min(1, 'disks:form.nameMissing').max(120, 'clusters:form.tooLong'),
  description: z.string().trim().max(500, 'clusters:form.tooLong'),
  format: z.enum(['qcow2', 'raw']),
  allocation: z.enum(['thin', 'preallocated']),
  shareable: z.boolean(),
  readOnly: z.boolean(),
  discard: z.boolean(),
})
export type DiskForm = z.infer<typeof diskFormSchema>

/** Makes an empty disk. A name and a size are enough. */
export function CreateDiskDialog({ storageDomainId }: { readonly storageDomainId: StorageDomainId | null }) {
  const { t } = useTranslation()
  const choices = useDomainChoices(DATA)
  const [chosen, setChosen] = useState(storageDomainId)
  const [size, setSize] = useState<TypedSize>({ text: '', unit: 'gib' })
  const [isSizeWrong, setSizeWrong] = useState(false)
  const form = useForm<DiskForm>({
    resolver: zodResolver(diskFormSchema),
    defaultValues: {
      alias: '',
      description: '',
      format: 'qcow2',
      allocation: 'thin',
      shareable: false,
      readOnly: false,
      discard: true,
    },
  })
  const { isBusy, error, run } = useDialogCommand('disk.create', form.watch('alias'))
  const domainId = chosen ?? choices[0]?.id ?? null
  const sizeBytes = parseSize(size.text, size.unit)
  const submit = form.handleSubmit(async (values) => {
    if (domainId === null || sizeBytes === null) return
    const made = await run({ storageDomainId: domainId, sizeBytes, ...diskFormSchema.parse(values) })
    if (made !== null) showEntity('disk', made.diskId)
  })
  return (
    <FormDialog
      size="medium"
      title={t('disks:create.title')}
      label={t('disks:create.do')}
      busyLabel={t('disks:create.busy')}
      isBusy={isBusy}
      isDisabled={domainId === null}
      error={error}
      onSubmit={() => {
        setSizeWrong(sizeBytes === null)
        void submit()
      }}
    >
      <TextField control={form.control} name="alias" label={t('disks:column.name')} isRequired autoFocus />
      <SizeField
        value={size}
        onChange={setSize}
        error={isSizeWrong && sizeBytes === null ? 'disks:form.sizeWrong' : null}
      />
      <DomainSelect choices={choices} value={domainId} onChange={setChosen} />
      <RadioField
        control={form.control}
        name="allocation"
        label={t('disks:form.allocation')}
        hint={t(`disks:form.about.${form.watch('allocation')}`)}
        choices={(['thin', 'preallocated'] as const).map((value) => ({
          value,
          label: t(`clusters:value.disk.${value}`),
        }))}
      />
      <RadioField
        control={form.control}
        name="format"
        label={t('disks:column.format')}
        hint={t(`disks:form.about.${form.watch('format')}`)}
        choices={[
          { value: 'qcow2', label: 'qcow2' },
          { value: 'raw', label: 'raw' },
        ]}
      />
      <TextField control={form.control} name="description" label={t('disks:column.description')} />
      <FlagFields control={form.control} />
    </FormDialog>
  )
}

/** How machines get a disk. */
export function FlagFields({ control }: { readonly control: Control<DiskForm> }) {
  return (
    <>
      <FlagField control={control} name="shareable" />
      <FlagField control={control} name="readOnly" />
      <FlagField control={control} name="discard" />
    </>
  )
}

function FlagField(props: {
  readonly control: Control<DiskForm>
  readonly name: 'shareable' | 'readOnly' | 'discard'
}) {
  const { t } = useTranslation()
  const { name } = props
  const { field } = useController({ control: props.control, name })
  return (
    <Checkbox
      id={`disk-${name}`}
      label={t(`disks:label.${name}`)}
      description={t(`disks:form.about.${name}`)}
      isChecked={field.value}
      onChange={(_event, checked) => field.onChange(checked)}
    />
  )
}
