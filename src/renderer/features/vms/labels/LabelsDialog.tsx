import { zodResolver } from '@hookform/resolvers/zod'
import { Button, LabelGroup } from '@patternfly/react-core'
import { useMemo, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { sortTags, type Vm, type VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { CheckField, TextField } from '../../../components/fields/index.ts'
import { useCollection, useDialogCommand } from '../../../stores/index.ts'
import { type LabelsForm, labelsFormOf, labelsFormSchema, splitTags, toLabel } from './labels-form.ts'

/** More than these are found by typing. */
const OFFERED = 24

/** Tags and folder of one machine, or what several get and lose. */
export function LabelsDialog({ vmIds }: { readonly vmIds: readonly VmId[] }) {
  const { t } = useTranslation()
  const { entities } = useCollection('vms')
  // As they were when it was opened: what is typed is not overtaken.
  const [machines] = useState(() => vmIds.flatMap((id): Vm[] => (entities.get(id) ? [entities.get(id) as Vm] : [])))
  const form = useForm<LabelsForm>({
    resolver: zodResolver(labelsFormSchema),
    defaultValues: labelsFormOf(machines),
  })
  const { control } = form
  const isOne = machines.length === 1
  const name = machines[0]?.name ?? ''
  const { isBusy, error, run } = useDialogCommand('vm.label', name)
  const known = useKnownTags(entities)
  const typed = new Set(splitTags(form.watch('add')))
  const offered = known.filter((tag) => !typed.has(tag)).slice(0, OFFERED)
  const submit = form.handleSubmit((values) => {
    const input = toLabel(values, machines)
    // One of several becomes a row of one task.
    return run((isOne ? { vmId: machines[0]?.id, ...input } : { vmIds, ...input }) as Parameters<typeof run>[0])
  })
  return (
    <FormDialog
      size="medium"
      title={isOne ? t('vms:labels.title', { name }) : t('vms:labels.titleMany', { count: machines.length })}
      label={t('vms:labels.do')}
      busyLabel={t('vms:labels.busy')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void submit()}
    >
      <TextField
        control={control}
        name="add"
        label={t(isOne ? 'vms:labels.tags' : 'vms:labels.add')}
        hint={t('vms:labels.tagsHint')}
        autoFocus
      />
      {offered.length === 0 ? null : (
        <LabelGroup categoryName={t('vms:labels.known')} numLabels={OFFERED}>
          {offered.map((tag) => (
            <Button
              key={tag}
              variant="link"
              size="sm"
              onClick={() => form.setValue('add', [...typed, tag].join(', '), { shouldValidate: true })}
            >
              {tag}
            </Button>
          ))}
        </LabelGroup>
      )}
      {isOne ? null : (
        <>
          <TextField control={control} name="remove" label={t('vms:labels.remove')} />
          <CheckField control={control} name="changesFolder" label={t('vms:labels.changesFolder')} />
        </>
      )}
      {form.watch('changesFolder') ? (
        <TextField control={control} name="folder" label={t('vms:labels.folder')} hint={t('vms:labels.folderHint')} />
      ) : null}
    </FormDialog>
  )
}

/** The tags of all machines, each once. */
function useKnownTags(entities: ReadonlyMap<string, Vm>): readonly string[] {
  return useMemo(() => sortTags([...new Set([...entities.values()].flatMap(({ tags }) => tags))]), [entities])
}
