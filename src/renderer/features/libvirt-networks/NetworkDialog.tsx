import { zodResolver } from '@hookform/resolvers/zod'
import { Checkbox } from '@patternfly/react-core'
import { useState } from 'react'
import { type Control, useController, useForm, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { type HostId, LIBVIRT_NETWORK_MODES, type LibvirtNetwork } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { SelectField, TextAreaField, TextField } from '../../components/fields/index.ts'
import { useCollection, useDialogCommand } from '../../stores/index.ts'
import { changesOf, formOf, NEW_NETWORK, type NetworkForm, networkFormSchema } from './network-form.ts'
import { isOwnMode } from './network-words.ts'

const LINES = 3

/** Makes a network of a host's libvirt. A name is enough for one that most want. */
export function CreateLibvirtNetworkDialog({ hostId }: { readonly hostId: HostId }) {
  const { t } = useTranslation()
  const form = useForm<NetworkForm>({ resolver: zodResolver(networkFormSchema), defaultValues: NEW_NETWORK })
  const [starts, setStarts] = useState({ start: true, autostart: true })
  const { isBusy, error, run } = useDialogCommand('libvirt-network.create', form.watch('name'))
  const submit = form.handleSubmit(async ({ name, ...values }) => {
    const { mode } = values
    if (!isOwnMode(mode)) return
    const nothing = { ...NEW_NETWORK, mode: '', ipv4: '', ranges4: '', name }
    await run({ hostId, name: name.trim(), ...starts, ...changesOf(nothing, { ...values, name }), mode })
  })
  return (
    <FormDialog
      size="medium"
      title={t('local:form.createTitle')}
      label={t('local:form.create')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void submit()}
    >
      <TextField control={form.control} name="name" label={t('local:networks.column.name')} isRequired autoFocus />
      <SettingsFields control={form.control} modes={LIBVIRT_NETWORK_MODES} />
      {(['start', 'autostart'] as const).map((key) => (
        <Checkbox
          key={key}
          id={`libvirt-network-${key}`}
          label={t(`local:form.${key}`)}
          isChecked={starts[key]}
          onChange={(_event, checked) => setStarts({ ...starts, [key]: checked })}
        />
      ))}
    </FormDialog>
  )
}

interface OneNetwork {
  readonly hostId: HostId
  readonly libvirtNetworkId: string
}

/** Changes a network. Only what a person changed is sent: what is not shown here stays as it is. */
export function EditLibvirtNetworkDialog({ hostId, libvirtNetworkId }: OneNetwork) {
  const network = useCollection('host.libvirt-networks', hostId).entities.get(libvirtNetworkId)
  return network === undefined ? null : <EditForm hostId={hostId} network={network} />
}

function EditForm({ hostId, network }: { readonly hostId: HostId; readonly network: LibvirtNetwork }) {
  const { t } = useTranslation()
  // What the person saw when they began.
  const [base] = useState(() => formOf(network))
  const form = useForm<NetworkForm>({ resolver: zodResolver(networkFormSchema), defaultValues: base })
  const { isBusy, error, run } = useDialogCommand('libvirt-network.edit', network.name)
  const isFixed = !isOwnMode(network.mode) || network.mode === 'bridge'
  const modes = isFixed ? [network.mode] : LIBVIRT_NETWORK_MODES.filter((mode) => mode !== 'bridge')
  const submit = form.handleSubmit((values) =>
    run({ hostId, libvirtNetworkId: network.id, ...changesOf(base, values) }).then(() => undefined),
  )
  return (
    <FormDialog
      size="medium"
      title={t('local:form.editTitle', { name: network.name })}
      label={t('common:save')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void submit()}
    >
      {network.isActive ? <p className="vd-subtle">{t('local:form.editNote')}</p> : null}
      <SettingsFields control={form.control} modes={modes} />
    </FormDialog>
  )
}

function SettingsFields(props: { readonly control: Control<NetworkForm>; readonly modes: readonly string[] }) {
  const { t } = useTranslation()
  const { control, modes } = props
  const mode = useWatch({ control, name: 'mode' })
  const known = isOwnMode(mode)
  const isOwn = known && mode !== 'bridge'
  const lines = (name: 'ranges4' | 'leases4' | 'ranges6' | 'leases6' | 'forwarders' | 'dnsHosts') => (
    <TextAreaField
      control={control}
      name={name}
      rows={LINES}
      label={t(`local:form.${name}`)}
      hint={t(`local:form.hint.${name}`)}
    />
  )
  return (
    <>
      <SelectField
        control={control}
        name="mode"
        label={t('local:networks.column.mode')}
        {...(known ? { hint: t(`local:form.about.${mode}`) } : {})}
        choices={modes.map((value) => ({
          value,
          label: isOwnMode(value) ? t(`local:networks.mode.${value}`) : value,
        }))}
      />
      <TextField
        control={control}
        name="bridgeName"
        label={t('local:networks.column.bridge')}
        {...(isOwn ? { hint: t('local:form.hint.bridge') } : {})}
      />
      {mode === 'nat' || mode === 'route' ? (
        <TextField
          control={control}
          name="forwardDevice"
          label={t('local:networks.fact.forwardDevice')}
          hint={t('local:form.hint.forwardDevice')}
        />
      ) : null}
      {isOwn ? (
        <>
          <TextField control={control} name="ipv4" label={t('local:form.ipv4')} hint={t('local:form.hint.ipv4')} />
          {lines('ranges4')}
          {lines('leases4')}
          <TextField control={control} name="ipv6" label={t('local:form.ipv6')} hint={t('local:form.hint.ipv6')} />
          {lines('ranges6')}
          {lines('leases6')}
          {mode === 'nat' ? <BooleanField control={control} name="natIpv6" /> : null}
          <TextField control={control} name="domainName" label={t('local:networks.fact.domain')} />
          <BooleanField control={control} name="hasDns" />
          {lines('forwarders')}
          {lines('dnsHosts')}
          <TextField control={control} name="mtu" label={t('local:networks.fact.mtu')} />
        </>
      ) : null}
    </>
  )
}

function BooleanField(props: { readonly control: Control<NetworkForm>; readonly name: 'natIpv6' | 'hasDns' }) {
  const { t } = useTranslation()
  const { control, name } = props
  const { field } = useController({ control, name })
  return (
    <Checkbox
      id={`libvirt-network-${name}`}
      label={t(`local:form.${name}`)}
      isChecked={field.value}
      onChange={(_event, checked) => field.onChange(checked)}
    />
  )
}
