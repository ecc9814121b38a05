import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { Cluster, ClusterId } from '../../../shared/domain/index.ts'
import { ChangedMeanwhile } from '../../components/ChangedMeanwhile.tsx'
import { type StepOutcome, Wizard, type WizardAction } from '../../components/wizard/index.ts'
import { addNotice, closeDialog, rememberDialog, useEngineClient, useEntity } from '../../stores/index.ts'
import { ClusterPlan } from './ClusterPlan.tsx'
import { type ClusterForm, clusterFormSchema, fieldOfError, formOfCluster, toEdit } from './cluster-form.ts'
import { buildClusterSteps } from './cluster-steps.tsx'
import { useClusterChoices } from './use-cluster-choices.ts'

/** Changes a cluster's name and settings: the pages of the wizard that creates one; the last one shows what changes. */
export function EditClusterDialog({ clusterId }: { readonly clusterId: ClusterId }) {
  const cluster = useEntity('clusters', clusterId)
  return cluster === undefined ? null : <EditClusterForm cluster={cluster} />
}

function EditClusterForm({ cluster }: { readonly cluster: Cluster }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const choices = useClusterChoices(cluster.id)
  const datacenter = useEntity('datacenters', cluster.datacenterId)
  // What the person saw when they began: only what they changed of it is sent, and on which revision.
  const [base, setBase] = useState(cluster)
  const form = useForm<ClusterForm>({
    resolver: zodResolver(clusterFormSchema),
    defaultValues: formOfCluster(cluster),
    shouldFocusError: false,
  })
  const save = async (values: ClusterForm, revision = base.revision): Promise<StepOutcome<ClusterForm>> => {
    const isOpen = rememberDialog()
    const result = await client.call('cluster.edit', { ...toEdit(base, values), revision })
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'cluster.edit', subject: cluster.name, error: result.error })
      return { kind: 'finished' }
    }
    if (!result.ok) return { kind: 'failed', error: result.error, field: fieldOfError(result.error) }
    closeDialog()
    return { kind: 'finished' }
  }
  const finish: WizardAction<ClusterForm> = {
    label: t('common:save'),
    busy: t('clusters:edit.busy'),
    isFinal: true,
    run: (values) => save(values),
  }
  return (
    <Wizard
      title={t('clusters:edit.title', { name: base.name })}
      form={form}
      steps={buildClusterSteps({
        form,
        choices,
        finish,
        summary: <ClusterPlan form={form} datacenterName={datacenter?.name ?? ''} before={base} />,
        t,
      })}
      finish={finish}
      failureActions={({ code }, ways) =>
        code === 'cluster.changed-meanwhile' ? (
          <ChangedMeanwhile
            onLoad={() => {
              form.reset(formOfCluster(cluster))
              setBase(cluster)
              ways.dismiss()
            }}
            onSaveAnyway={() => ways.run({ ...finish, run: (values) => save(values, cluster.revision) })}
          />
        ) : null
      }
      onStartOver={null}
      onClose={closeDialog}
    />
  )
}
