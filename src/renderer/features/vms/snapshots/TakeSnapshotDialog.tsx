import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { snapshotDescriptionSchema, snapshotNameSchema, type Vm, type VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { CheckField, TextField } from '../../../components/fields/index.ts'
import { describeError } from '../../../i18n/index.ts'
import { useDialogCommand, useEntity } from '../../../stores/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const formSchema = z.object({
  name: snapshotNameSchema,
  description: snapshotDescriptionSchema,
  memory: z.boolean(),
  quiesce: z.boolean(),
})
type TakeForm = z.infer<typeof formSchema>

/** Takes a snapshot of a machine, and says before what that will stand in the way of. */
export function TakeSnapshotDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <TakeForm vm={vm} />
}

function TakeForm({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const form = useForm<TakeForm>({
    resolver: zodResolver(formSchema),
    defaultValues: { name: '', description: '', memory: false, quiesce: false },
  })
  const { control } = form
  const isRunning = vm.status !== 'down' && vm.status !== 'suspended'
  const memory = form.watch('memory')
  const { isBusy, error, run } = useDialogCommand('vm.snapshot-create', vm.name, (refusal) => {
    if (refusal.code !== 'snapshot.name-taken') return
    form.setError('name', { message: describeError(refusal, t).title }, { shouldFocus: true })
  })
  const submit = form.handleSubmit((given) =>
    run({
      vmId: vm.id,
      ...given,
      memory: isRunning && given.memory,
      quiesce: isRunning && !given.memory && given.quiesce,
    }),
  )
  return (
    <FormDialog
      size="medium"
      title={t('vms:snapshots.takeTitle', { name: vm.name })}
      label={t('vms:snapshots.take')}
      busyLabel={t('vms:snapshots.taking')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void submit()}
    >
      <p>{t('vms:snapshots.blocks', { name: vm.name })}</p>
      <TextField control={control} name="name" label={t('vms:snapshots.name')} isRequired autoFocus />
      <TextField control={control} name="description" label={t('vms:snapshots.description')} />
      {isRunning ? (
        <CheckField
          control={control}
          name="memory"
          label={t('vms:snapshots.memory')}
          hint={t('vms:snapshots.memoryHint')}
        />
      ) : null}
      {isRunning && !memory ? (
        <CheckField
          control={control}
          name="quiesce"
          label={t('vms:snapshots.quiesce')}
          hint={t(vm.guestAgent === 'connected' ? 'vms:snapshots.quiesceHint' : 'vms:snapshots.quiesceNoAgent')}
        />
      ) : null}
    </FormDialog>
  )
}
