import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import type { StorageDomainId, Vm, VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { CheckField, SelectField, TextField } from '../../../components/fields/index.ts'
import { useDialogCommand, useEntity, useVerdicts } from '../../../stores/index.ts'
import { DomainSelect } from '../../disks/index.ts'
import { useBackupDomains } from './use-backup-domains.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const formSchema = z.object({
  kind: z.enum(['auto', 'full', 'incremental']),
  checkpoint: z.boolean(),
  description: z.string().trim().max(500, 'clusters:form.tooLong'),
  keep: z
    .string()
    .trim()
    .regex(/^(?:[1-9]\d{0,2}|1000)?$/, 'vms:backups.keepWrong'),
})
type BackUpForm = z.infer<typeof formSchema>

/** Backs a machine up, and says before what is in a backup. */
export function BackUpDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <BackUp vm={vm} />
}

function BackUp({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const choices = useBackupDomains()
  const [chosen, setChosen] = useState<StorageDomainId | null>(null)
  const { control, handleSubmit, watch } = useForm<BackUpForm>({
    resolver: zodResolver(formSchema),
    defaultValues: { kind: 'auto', checkpoint: true, description: '', keep: '' },
  })
  const { isBusy, error, run } = useDialogCommand('backup.create', vm.name)
  const target = chosen ?? choices[0]?.id ?? null
  const isRunning = vm.status !== 'down'
  const kind = isRunning ? watch('kind') : 'full'
  const question = { command: 'backup.create' as const, input: { vmId: vm.id, storageDomainId: target, kind } }
  // What the engine would say to it is said before it is asked to.
  const [verdict] = useVerdicts(target === null ? [] : [question], vm)
  const refusal = verdict ?? null
  const submit = handleSubmit(({ keep, ...given }) => {
    if (target === null) return
    const kept = keep === '' ? {} : { keep: Number(keep) }
    return run({ vmId: vm.id, storageDomainId: target, ...given, kind, ...kept })
  })
  return (
    <FormDialog
      size="medium"
      title={t('vms:backups.takeTitle', { name: vm.name })}
      label={t('vms:backups.takeDo')}
      busyLabel={t('vms:backups.taking')}
      isBusy={isBusy}
      isDisabled={target === null || refusal !== null}
      error={error ?? (isBusy ? null : refusal)}
      onSubmit={() => void submit()}
    >
      <p>{t(isRunning ? 'vms:backups.takeRunning' : 'vms:backups.takeOff', { name: vm.name })}</p>
      <DomainSelect choices={choices} value={target} onChange={setChosen} autoFocus />
      {isRunning ? (
        <>
          <SelectField
            control={control}
            name="kind"
            label={t('vms:backups.which')}
            choices={[
              { value: 'auto', label: t('vms:backups.whichAuto') },
              { value: 'full', label: t('vms:backups.whichFull') },
              { value: 'incremental', label: t('vms:backups.whichIncremental') },
            ]}
          />
          <CheckField
            control={control}
            name="checkpoint"
            label={t('vms:backups.checkpoint')}
            hint={t('vms:backups.checkpointHint')}
          />
        </>
      ) : null}
      <TextField control={control} name="description" label={t('vms:backups.description')} />
      <TextField control={control} name="keep" label={t('vms:backups.keep')} hint={t('vms:backups.keepHint')} />
    </FormDialog>
  )
}
