import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { type UseFormReturn, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandPlan } from '../../../shared/contract/index.ts'
import { HOST_POOL_TYPES, type HostId } from '../../../shared/domain/index.ts'
import { CheckField, SelectField, TextField } from '../../components/fields/index.ts'
import { PlanPage, type StepOutcome, Wizard, type WizardStep } from '../../components/wizard/index.ts'
import { addNotice, closeDialog, rememberDialog, useEngineClient } from '../../stores/index.ts'
import { NEW_POOL, type PoolForm, poolFormSchema, poolInputOf, SOURCE_FIELDS } from './pool-form.ts'

/** Makes a storage pool of a host's libvirt. The second page shows its definition. */
export function CreateHostPoolDialog({ hostId }: { readonly hostId: HostId }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const form = useForm<PoolForm>({
    resolver: zodResolver(poolFormSchema),
    defaultValues: NEW_POOL,
    shouldFocusError: false,
  })
  const [plan, setPlan] = useState<CommandPlan | null>(null)
  const planned = async (values: PoolForm): Promise<StepOutcome<PoolForm>> => {
    const result = await client.plan('host-pool.create', poolInputOf(hostId, values))
    if (!result.ok) return { kind: 'failed', error: result.error, field: null }
    setPlan(result.value)
    return { kind: 'next' }
  }
  const create = async (values: PoolForm): Promise<StepOutcome<PoolForm>> => {
    const isOpen = rememberDialog()
    const input = poolInputOf(hostId, values)
    const result = await client.call('host-pool.create', input)
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'host-pool.create', subject: input.name, error: result.error })
      return { kind: 'finished' }
    }
    if (!result.ok) return { kind: 'failed', error: result.error, field: null }
    closeDialog()
    return { kind: 'finished' }
  }
  const finish = { label: t('local:form.create'), busy: t('local:pools.form.busy'), isFinal: true, run: create }
  const steps: readonly WizardStep<PoolForm>[] = [
    {
      id: 'general',
      title: t('local:pools.page.general.title'),
      description: t('local:pools.page.general.description'),
      fields: ['name', ...SOURCE_FIELDS],
      content: <PoolFields form={form} />,
      next: { label: t('common:wizard.next'), run: planned },
    },
    {
      id: 'summary',
      title: t('local:pools.page.summary.title'),
      description: t('local:pools.page.summary.description'),
      fields: [],
      content:
        plan === null ? <p className="vd-subtle">{t('local:pools.page.summary.none')}</p> : <PlanPage plan={plan} />,
      next: finish,
    },
  ]
  return (
    <Wizard
      title={t('local:pools.form.title')}
      form={form}
      steps={steps}
      finish={finish}
      onStartOver={null}
      onClose={closeDialog}
    />
  )
}

function PoolFields({ form }: { readonly form: UseFormReturn<PoolForm> }) {
  const { t } = useTranslation()
  const { control, watch } = form
  const type = watch('type')
  const text = (name: (typeof SOURCE_FIELDS)[number], placeholder: string) => (
    <TextField
      key={name}
      control={control}
      name={name}
      label={t(`local:pools.form.${name}`)}
      hint={t(`local:pools.form.hint.${name === 'path' ? (type === 'dir' ? 'folder' : 'mount') : name}`)}
      placeholder={placeholder}
      isRequired
    />
  )
  return (
    <>
      <TextField control={control} name="name" label={t('local:pools.column.name')} isRequired autoFocus />
      <SelectField
        control={control}
        name="type"
        label={t('local:pools.column.type')}
        hint={t(`local:pools.about.${type}`)}
        choices={HOST_POOL_TYPES.map((value) => ({ value, label: t(`local:pools.type.${value}`) }))}
      />
      {type === 'fs' ? text('device', '/dev/disk/by-uuid/…') : null}
      {type === 'netfs' ? (
        <>
          {text('server', 'nfs.example.com')}
          {text('export', '/exports/scratch')}
          <SelectField
            control={control}
            name="fileSystem"
            label={t('local:pools.form.fileSystem')}
            choices={(['auto', 'nfs', 'glusterfs', 'cifs'] as const).map((value) => ({
              value,
              label: t(`local:pools.fileSystem.${value}`),
            }))}
          />
        </>
      ) : null}
      {type === 'logical' ? text('volumeGroup', 'vg0') : null}
      {type === 'zfs' ? text('dataset', 'tank/vms') : null}
      {type === 'dir' || type === 'fs' || type === 'netfs' ? text('path', '/srv/scratch') : null}
      <CheckField control={control} name="start" label={t('local:form.start')} />
      <CheckField control={control} name="autostart" label={t('local:form.autostart')} />
    </>
  )
}
