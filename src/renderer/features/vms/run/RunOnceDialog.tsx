import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { Vm, VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { CheckField, SelectField, TextField } from '../../../components/fields/index.ts'
import { describeError } from '../../../i18n/index.ts'
import { useDialogCommand, useEntity } from '../../../stores/index.ts'
import { bootOrderChoices } from '../create/boot-order-choices.ts'
import { useVmChoices } from '../create/use-vm-choices.ts'
import {
  AS_DEFINED,
  EMPTY_DRIVE,
  fieldOfRefusal,
  NOTHING_ELSE,
  type RunOnceForm,
  runOnceFormSchema,
  toRunOnce,
} from './run-once-form.ts'

/** Starts a machine with other values for this run only. */
export function RunOnceDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <Fields vm={vm} />
}

function Fields({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const { media } = useVmChoices(vm.clusterId)
  const form = useForm<RunOnceForm>({ resolver: zodResolver(runOnceFormSchema), defaultValues: NOTHING_ELSE })
  const { control } = form
  const { isBusy, error, run } = useDialogCommand('vm.run-once', vm.name, (refusal) => {
    const field = fieldOfRefusal(refusal)
    if (field !== null) form.setError(field, { message: describeError(refusal, t).title }, { shouldFocus: true })
  })
  const hasDrive = vm.disks.some(({ device }) => device === 'cdrom')
  return (
    <FormDialog
      size="medium"
      title={t('vms:runOnce.title', { name: vm.name })}
      label={t('vms:runOnce.do')}
      busyLabel={t('vms:runOnce.busy')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void form.handleSubmit((values) => run({ vmId: vm.id, ...toRunOnce(values) }))()}
    >
      <p>{t('vms:runOnce.body')}</p>
      <SelectField
        control={control}
        name="bootOrder"
        label={t('newvm:label.bootOrder')}
        hint={t('vms:runOnce.bootOrderHint')}
        choices={bootOrderChoices(t, t('vms:runOnce.asDefined'))}
      />
      <SelectField
        control={control}
        name="bootMenu"
        label={t('newvm:label.bootMenu')}
        choices={[
          { value: '', label: t('vms:runOnce.asDefined') },
          ...(['on', 'off'] as const).map((value) => ({ value, label: t(`vms:runOnce.menu.${value}`) })),
        ]}
      />
      <SelectField
        control={control}
        name="medium"
        label={t('vms:cd.medium')}
        hint={hasDrive ? undefined : t('vms:cd.noDrive')}
        choices={[
          { value: AS_DEFINED, label: t('vms:runOnce.asDefined') },
          ...(hasDrive ? [{ value: EMPTY_DRIVE, label: t('vms:cd.empty') }] : []),
          ...(hasDrive ? media.map(({ id, name }) => ({ value: id, label: name })) : []),
        ]}
      />
      <CheckField
        control={control}
        name="ownKernel"
        label={t('vms:runOnce.kernel')}
        hint={t('vms:runOnce.kernelHint')}
      />
      {form.watch('ownKernel') ? (
        <>
          <TextField
            control={control}
            name="kernelPath"
            label={t('newvm:label.kernelPath')}
            hint={t('newvm:hint.hostPath')}
            isRequired
          />
          <TextField control={control} name="initrdPath" label={t('newvm:label.initrdPath')} />
          <TextField control={control} name="commandLine" label={t('newvm:label.commandLine')} />
        </>
      ) : null}
      <CheckField control={control} name="paused" label={t('vms:runOnce.paused')} hint={t('vms:runOnce.pausedHint')} />
    </FormDialog>
  )
}
