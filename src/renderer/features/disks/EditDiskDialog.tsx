import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { Disk, DiskId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { ChangedMeanwhile } from '../../components/ChangedMeanwhile.tsx'
import { FormDialog } from '../../components/dialog/index.ts'
import { TextField } from '../../components/fields/index.ts'
import { useDialogCommand, useEntity } from '../../stores/index.ts'
import { type DiskForm, diskFormSchema, FlagFields } from './CreateDiskDialog.tsx'

/** Changes what a disk is called, and how machines get it. */
export function EditDiskDialog({ diskId }: { readonly diskId: DiskId }) {
  const disk = useEntity('disks', diskId)
  return disk === undefined ? null : <EditDiskForm disk={disk} />
}

function EditDiskForm({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  // What the person saw when they began: only what they changed of it is sent, and on which revision.
  const [base, setBase] = useState(disk)
  const [loaded, setLoaded] = useState<WireError | null>(null)
  const form = useForm<DiskForm>({ resolver: zodResolver(diskFormSchema), defaultValues: formOf(disk) })
  const { isBusy, error, run } = useDialogCommand('disk.edit', base.name)
  const save = (revision: number) =>
    void form.handleSubmit((values) => run({ diskId: base.id, revision, ...changesOf(base, values) }))()
  return (
    <FormDialog
      size="medium"
      title={t('disks:edit.title', { name: base.name })}
      label={t('common:save')}
      isBusy={isBusy}
      error={error === loaded ? null : error}
      failureActions={
        error?.code === 'disk.changed-meanwhile' ? (
          <ChangedMeanwhile
            onLoad={() => {
              form.reset(formOf(disk))
              setBase(disk)
              setLoaded(error)
            }}
            onSaveAnyway={() => save(disk.revision)}
          />
        ) : null
      }
      onSubmit={() => save(base.revision)}
    >
      <TextField control={form.control} name="alias" label={t('disks:column.name')} isRequired autoFocus />
      <TextField control={form.control} name="description" label={t('disks:column.description')} />
      {base.kind === 'disk' ? <FlagFields control={form.control} /> : null}
    </FormDialog>
  )
}

function formOf({ alias, description, shareable, readOnly, discard }: Disk): DiskForm {
  // Those two stay as they are once a disk is made, and are not asked for here.
  return { alias, description, shareable, readOnly, discard, format: 'qcow2', allocation: 'thin' }
}

/** What a person changed of what they saw. */
function changesOf(base: Disk, values: DiskForm) {
  const was = formOf(base)
  const is = diskFormSchema.parse(values)
  const names = ['alias', 'description', 'shareable', 'readOnly', 'discard'] as const
  return Object.fromEntries(names.flatMap((name) => (is[name] === was[name] ? [] : [[name, is[name]]])))
}
