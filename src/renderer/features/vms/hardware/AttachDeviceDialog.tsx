import { zodResolver } from '@hookform/resolvers/zod'
import { useMemo } from 'react'
import { type Control, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { HostDevice, Vm, VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { SelectField, TextField } from '../../../components/fields/index.ts'
import { useCollection, useEntity } from '../../../stores/index.ts'
import { whyInactive } from '../status.ts'
import {
  DEVICE_CHOICES,
  type DeviceForm,
  deviceFormSchema,
  isOfHost,
  toDeviceSpec,
  WATCHDOG_ACTIONS,
  WATCHDOG_MODELS,
} from './device-form.ts'
import { useDeviceCommand } from './use-device-command.ts'

/** Gives a machine memory, a watchdog, random numbers, USB redirection, or a device of its host. */
export function AttachDeviceDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <AttachDevice vm={vm} />
}

function AttachDevice({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const { entities: devices } = useCollection('host.devices', vm.hostId)
  const form = useForm<DeviceForm>({
    resolver: zodResolver(deviceFormSchema),
    defaultValues: {
      kind: 'memory',
      sizeMiB: '1024',
      memoryModel: 'dimm',
      watchdogModel: 'i6300esb',
      action: 'reset',
      bytesPerSecond: '',
      hostDevice: '',
    },
  })
  const { control } = form
  const { isBusy, error, run } = useDeviceCommand('vm.attach-device', vm.name)
  const submit = form.handleSubmit(async (values) => {
    const device = toDeviceSpec(values, new Map(devices))
    if (device !== null) await run({ vmId: vm.id, device })
    else form.setError('hostDevice', { message: 'vms:hardware.device.wrongDevice' })
  })
  const kind = form.watch('kind')
  return (
    <FormDialog
      title={t('vms:hardware.device.attachTitle', { name: vm.name })}
      label={t('vms:hardware.device.attach')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void submit()}
    >
      <SelectField
        control={control}
        name="kind"
        label={t('vms:hardware.device.kind')}
        choices={DEVICE_CHOICES.map((value) => ({ value, label: t(`vms:hardware.device.kinds.${value}`) }))}
      />
      {isOfHost(kind) ? (
        <HostDeviceField control={control} kind={kind} devices={devices} />
      ) : (
        <OwnFields control={control} kind={kind} />
      )}
      {whyInactive(vm.status) === null ? <p>{t('vms:hardware.device.running')}</p> : null}
    </FormDialog>
  )
}

function OwnFields({ control, kind }: { readonly control: Control<DeviceForm>; readonly kind: DeviceForm['kind'] }) {
  const { t } = useTranslation()
  if (kind === 'memory') {
    return (
      <>
        <TextField
          control={control}
          name="sizeMiB"
          label={t('vms:hardware.device.sizeMiB')}
          hint={t('vms:hardware.device.sizeHint')}
          isRequired
        />
        <SelectField
          control={control}
          name="memoryModel"
          label={t('vms:hardware.device.model')}
          choices={(['dimm', 'virtio-mem'] as const).map((value) => ({
            value,
            label: t(`vms:hardware.device.memoryModel.${value}`),
          }))}
        />
      </>
    )
  }
  if (kind === 'watchdog') {
    return (
      <>
        <SelectField
          control={control}
          name="watchdogModel"
          label={t('vms:hardware.device.model')}
          choices={WATCHDOG_MODELS.map((value) => ({ value, label: value }))}
        />
        <SelectField
          control={control}
          name="action"
          label={t('vms:hardware.device.action')}
          choices={WATCHDOG_ACTIONS.map((value) => ({ value, label: t(`vms:hardware.device.actions.${value}`) }))}
        />
      </>
    )
  }
  if (kind !== 'rng') return <p>{t('vms:hardware.device.redirectionAbout')}</p>
  return (
    <TextField
      control={control}
      name="bytesPerSecond"
      label={t('vms:hardware.device.rate')}
      hint={t('vms:hardware.device.rateHint')}
    />
  )
}

function HostDeviceField(props: {
  readonly control: Control<DeviceForm>
  readonly kind: 'usb' | 'pci' | 'mediated'
  readonly devices: { values(): Iterable<HostDevice> }
}) {
  const { t } = useTranslation()
  const { control, kind, devices } = props
  const choices = useMemo(
    () =>
      [...devices.values()]
        .filter((device) => device.kind === kind)
        .sort((a, b) => (a.address ?? '').localeCompare(b.address ?? '', undefined, { numeric: true }))
        .map(({ id, name, vendor, address }) => ({
          value: id,
          label: [address, vendor, name].filter((part) => part !== null && part !== '').join(' · '),
        })),
    [devices, kind],
  )
  return (
    <SelectField
      control={control}
      name="hostDevice"
      label={t('vms:hardware.device.hostDevice')}
      hint={t(choices.length === 0 ? 'vms:hardware.device.noneOfHost' : `vms:hardware.device.hostHint.${kind}`)}
      choices={[{ value: '', label: t('vms:hardware.device.choose') }, ...choices]}
    />
  )
}
