import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { type DiskId, diskIdSchema, type Vm, type VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { CheckField, SelectField } from '../../../components/fields/index.ts'
import { describeError } from '../../../i18n/index.ts'
import { useDialogCommand, useEntity } from '../../../stores/index.ts'
import { useVmChoices } from '../create/use-vm-choices.ts'
import { EMPTY_DRIVE, fieldOfRefusal } from './run-once-form.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const cdFormSchema = z.object({ medium: z.string(), force: z.boolean() })
type CdForm = z.infer<typeof cdFormSchema>

/** Puts another medium into a machine's drive, or takes it out. */
export function ChangeCdDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <ChangeCdForm vm={vm} />
}

function ChangeCdForm({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const { media } = useVmChoices(vm.clusterId)
  const drive = vm.disks.find(({ device }) => device === 'cdrom')
  const inside = media.find(({ path }) => path === drive?.source)
  const form = useForm<CdForm>({
    resolver: zodResolver(cdFormSchema),
    defaultValues: { medium: inside?.id ?? EMPTY_DRIVE, force: false },
  })
  const { control } = form
  const { isBusy, error, run } = useDialogCommand('vm.change-cd', vm.name, (refusal) => {
    if (fieldOfRefusal(refusal) === null) return
    form.setError('medium', { message: describeError(refusal, t).title }, { shouldFocus: true })
  })
  const submit = form.handleSubmit(({ medium, force }) =>
    run({ vmId: vm.id, diskId: medium === EMPTY_DRIVE ? null : diskOf(medium), force }),
  )
  const isRunning = vm.status === 'up' || vm.status === 'paused'
  return (
    <FormDialog
      size="medium"
      title={t('vms:cd.title', { name: vm.name })}
      label={t('vms:cd.do')}
      busyLabel={t('vms:cd.busy')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void submit()}
    >
      <p>{t(isRunning ? 'vms:cd.bodyNow' : 'vms:cd.bodyNext')}</p>
      <SelectField
        control={control}
        name="medium"
        label={t('vms:cd.medium')}
        hint={hintOf()}
        choices={[
          { value: EMPTY_DRIVE, label: t('vms:cd.empty') },
          ...media.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      {isRunning ? (
        <CheckField control={control} name="force" label={t('vms:cd.force')} hint={t('vms:cd.forceHint')} />
      ) : null}
    </FormDialog>
  )

  /** What is in the drive now, where the list does not say it. */
  function hintOf(): string | undefined {
    if (media.length === 0) return t('newvm:hint.noMedia')
    const source = drive?.source ?? null
    return source === null || inside !== undefined ? undefined : t('vms:cd.inside', { path: source })
  }
}

function diskOf(id: string): DiskId {
  return diskIdSchema.parse(id)
}
