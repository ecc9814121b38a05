import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { type Control, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { DatacenterId, Network, NetworkId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { ChangedMeanwhile } from '../../components/ChangedMeanwhile.tsx'
import { compareTexts } from '../../components/compare-texts.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { CheckField, SelectField, TextField } from '../../components/fields/index.ts'
import { showEntity, useCollection, useDialogCommand, useEntity } from '../../stores/index.ts'
import {
  emptyNetworkForm,
  type NetworkForm,
  networkChangesOf,
  networkFieldsOf,
  networkFormOf,
  networkFormSchema,
} from './network-form.ts'

/** Creates a network in a datacenter. */
export function CreateNetworkDialog({ datacenterId }: { readonly datacenterId: DatacenterId | null }) {
  const { t } = useTranslation()
  const { entities } = useCollection('datacenters')
  const datacenters = [...entities.values()].sort((a, b) => compareTexts(a.name, b.name))
  const form = useForm<NetworkForm>({
    resolver: zodResolver(networkFormSchema),
    defaultValues: emptyNetworkForm(datacenterId ?? datacenters[0]?.id ?? ''),
  })
  const { isBusy, error, run } = useDialogCommand('network.create', form.watch('name'))
  const create = async (values: NetworkForm) => {
    const made = await run({
      ...networkFieldsOf(values),
      datacenterId: values.datacenterId as DatacenterId,
      attachToAllClusters: values.attachToAllClusters,
    })
    if (made !== null) showEntity('network', made.networkId)
  }
  return (
    <FormDialog
      size="medium"
      title={t('networks:create.title')}
      label={t('networks:create.do')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void form.handleSubmit(create)()}
    >
      <SelectField
        control={form.control}
        name="datacenterId"
        label={t('networks:label.datacenter')}
        choices={datacenters.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <NetworkFields control={form.control} isNameFixed={false} />
      <CheckField
        control={form.control}
        name="attachToAllClusters"
        label={t('networks:label.attachToAllClusters')}
        hint={t('networks:form.attachHint')}
      />
    </FormDialog>
  )
}

/** Changes a network. */
export function EditNetworkDialog({ networkId }: { readonly networkId: NetworkId }) {
  const network = useEntity('networks', networkId)
  return network === undefined ? null : <EditNetworkForm network={network} />
}

function EditNetworkForm({ network }: { readonly network: Network }) {
  const { t } = useTranslation()
  // What the person saw when they began: only what they changed of it is sent, and on which revision.
  const [base, setBase] = useState(network)
  const [loaded, setLoaded] = useState<WireError | null>(null)
  const form = useForm<NetworkForm>({ resolver: zodResolver(networkFormSchema), defaultValues: networkFormOf(network) })
  const { isBusy, error, run } = useDialogCommand('network.edit', base.name)
  const save = (revision: number) =>
    void form.handleSubmit((values) => run({ ...networkChangesOf(base, values), revision }))()
  return (
    <FormDialog
      size="medium"
      title={t('networks:edit.title', { name: base.name })}
      label={t('common:save')}
      isBusy={isBusy}
      error={error === loaded ? null : error}
      failureActions={
        error?.code === 'network.changed-meanwhile' ? (
          <ChangedMeanwhile
            onLoad={() => {
              form.reset(networkFormOf(network))
              setBase(network)
              setLoaded(error)
            }}
            onSaveAnyway={() => save(network.revision)}
          />
        ) : null
      }
      onSubmit={() => save(base.revision)}
    >
      <NetworkFields control={form.control} isNameFixed={base.isManagement} />
      {base.hostIds.length === 0 ? null : (
        <p className="vd-subtle">{t('networks:edit.outOfSync', { count: base.hostIds.length })}</p>
      )}
    </FormDialog>
  )
}

function NetworkFields(props: { readonly control: Control<NetworkForm>; readonly isNameFixed: boolean }) {
  const { t } = useTranslation()
  const { control, isNameFixed } = props
  return (
    <>
      {isNameFixed ? null : (
        <TextField control={control} name="name" label={t('networks:label.name')} isRequired autoFocus />
      )}
      <TextField control={control} name="description" label={t('networks:label.description')} />
      <TextField control={control} name="comment" label={t('networks:label.comment')} />
      <TextField
        control={control}
        name="vlanId"
        label={t('networks:label.vlanId')}
        hint={t('networks:form.vlanHint')}
        autoFocus={isNameFixed}
      />
      <TextField control={control} name="mtu" label={t('networks:label.mtu')} hint={t('networks:form.mtuHint')} />
      <CheckField
        control={control}
        name="vmNetwork"
        label={t('networks:label.vmNetwork')}
        hint={t('networks:form.vmHint')}
      />
    </>
  )
}
