import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { decideHotFields, type Vm, type VmId, type VmSettings } from '../../../../shared/domain/index.ts'
import { ChangedMeanwhile } from '../../../components/ChangedMeanwhile.tsx'
import { DialogFrame } from '../../../components/dialog/index.ts'
import { EmptyPage } from '../../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { type StepOutcome, Wizard, type WizardAction } from '../../../components/wizard/index.ts'
import {
  addNotice,
  closeDialog,
  rememberDialog,
  useCollection,
  useEngineClient,
  useEntity,
} from '../../../stores/index.ts'
import { whyInactive } from '../status.ts'
import { EditSummary } from './EditSummary.tsx'
import { buildEditSteps } from './edit-steps.tsx'
import { changesOf, fieldOfError, formOfSettings, type VmEditForm, vmEditFormSchema } from './vm-edit-form.ts'

/** Changes a machine's settings: pages by what they are about; the last one says what changes now, and what at the next start. */
export function EditVmDialog({ vmId }: { readonly vmId: VmId }) {
  const { t } = useTranslation()
  const vm = useEntity('vms', vmId)
  const { entities, error } = useCollection('vm.settings', vmId)
  const settings = entities.get('settings')
  if (vm === undefined) return null
  if (settings !== undefined) return <EditForm vm={vm} settings={settings} />
  return (
    <DialogFrame size="medium" title={t('vms:edit.title', { name: vm.name })} footer={null}>
      {error === null ? <EmptyPage title={t('common:loading')} busy /> : <ErrorDetails error={error} />}
    </DialogFrame>
  )
}

function EditForm({ vm, settings }: { readonly vm: Vm; readonly settings: VmSettings }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  // What the person saw when they began: only what they changed of it is sent, and on which revision.
  const [base, setBase] = useState({ form: formOfSettings(settings, vm), revision: settings.revision })
  const form = useForm<VmEditForm>({
    resolver: zodResolver(vmEditFormSchema),
    defaultValues: base.form,
    shouldFocusError: false,
  })
  const isRunning = whyInactive(vm.status) === null
  const changes = changesOf(base.form, form.watch())
  const { applyNow: _applyNow, ...edit } = changes
  const effects = isRunning && form.watch('applyNow') ? decideHotFields(edit, vm) : null
  const save = async (values: VmEditForm, revision = base.revision): Promise<StepOutcome<VmEditForm>> => {
    const input = changesOf(base.form, values)
    const isOpen = rememberDialog()
    const result = await client.call('vm.edit', { vmId: vm.id, revision, ...input })
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'vm.edit', subject: vm.name, error: result.error })
      return { kind: 'finished' }
    }
    if (!result.ok) return { kind: 'failed', error: result.error, field: fieldOfError(result.error) }
    closeDialog()
    return { kind: 'finished' }
  }
  const finish: WizardAction<VmEditForm> = {
    label: t('common:save'),
    busy: t('vms:edit.busy'),
    isFinal: true,
    run: (values) => save(values),
  }
  return (
    <Wizard
      title={t('vms:edit.title', { name: vm.name })}
      form={form}
      steps={buildEditSteps({
        form,
        isDown: vm.status === 'down',
        isRunning,
        finish,
        summary: <EditSummary before={base.form} after={form.watch()} isRunning={isRunning} effects={effects} />,
        t,
      })}
      finish={finish}
      failureActions={({ code }, ways) =>
        code === 'vm.changed-meanwhile' ? (
          <ChangedMeanwhile
            onLoad={() => {
              const now = formOfSettings(settings, vm)
              form.reset(now)
              setBase({ form: now, revision: settings.revision })
              ways.dismiss()
            }}
            onSaveAnyway={() => ways.run({ ...finish, run: (values) => save(values, settings.revision) })}
          />
        ) : null
      }
      onStartOver={null}
      onClose={closeDialog}
    />
  )
}
