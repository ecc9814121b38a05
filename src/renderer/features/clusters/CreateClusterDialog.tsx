import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { DatacenterId } from '../../../shared/domain/index.ts'
import {
  forgetDraft,
  keepDraft,
  readDraft,
  type StepOutcome,
  Wizard,
  type WizardAction,
} from '../../components/wizard/index.ts'
import { useSelectedIds } from '../../kinds/index.ts'
import { addNotice, closeDialog, rememberDialog, showEntity, useEngineClient } from '../../stores/index.ts'
import { ClusterPlan } from './ClusterPlan.tsx'
import { type ClusterForm, clusterFormSchema, emptyClusterForm, fieldOfError, toCreate } from './cluster-form.ts'
import { buildClusterSteps } from './cluster-steps.tsx'
import { useClusterChoices } from './use-cluster-choices.ts'

const DRAFT = 'cluster.create'

/** The wizard that creates a cluster. A name is enough: all else has a default. */
export function CreateClusterDialog({ datacenterId }: { readonly datacenterId: DatacenterId | null }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const choices = useClusterChoices(null)
  const [selected] = useSelectedIds('datacenter')
  const [empty] = useState(() =>
    emptyClusterForm((datacenterId ?? selected ?? choices.datacenters?.[0]?.id ?? null) as DatacenterId | null),
  )
  const [draft] = useState(() => readDraft<ClusterForm>(DRAFT))
  const [isRestored, setRestored] = useState(draft !== null)
  const form = useForm<ClusterForm>({
    resolver: zodResolver(clusterFormSchema),
    // Where it was asked for counts more than where it was asked for an earlier time.
    defaultValues: draft === null ? empty : { ...draft, datacenterId: empty.datacenterId },
    shouldFocusError: false,
  })
  const isCreated = useRef(false)
  useEffect(
    () => () => {
      if (isCreated.current) forgetDraft(DRAFT)
      else keepDraft(DRAFT, form.getValues(), { defaults: empty, secrets: [] })
    },
    [form, empty],
  )
  const create = async (values: ClusterForm): Promise<StepOutcome<ClusterForm>> => {
    const isOpen = rememberDialog()
    const input = toCreate(values)
    const result = await client.call('cluster.create', input)
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'cluster.create', subject: input.name, error: result.error })
      return { kind: 'finished' }
    }
    if (!result.ok) return { kind: 'failed', error: result.error, field: fieldOfError(result.error) }
    isCreated.current = true
    closeDialog()
    showEntity('cluster', result.value.clusterId)
    return { kind: 'finished' }
  }
  const finish: WizardAction<ClusterForm> = {
    label: t('clusters:create.do'),
    busy: t('clusters:create.busy'),
    isFinal: true,
    run: create,
  }
  const chosen = form.watch('datacenterId')
  const datacenterName = choices.datacenters?.find(({ id }) => id === chosen)?.name ?? ''
  return (
    <Wizard
      title={t('clusters:create.title')}
      form={form}
      steps={buildClusterSteps({
        form,
        choices,
        finish,
        summary: <ClusterPlan form={form} datacenterName={datacenterName} before={null} />,
        t,
      })}
      finish={finish}
      onStartOver={
        isRestored
          ? () => {
              form.reset(empty)
              setRestored(false)
            }
          : null
      }
      onClose={closeDialog}
    />
  )
}
