import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { MEMORY_BLOCK_MIB, type Vm, type VmDevice, type VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { TextField } from '../../../components/fields/index.ts'
import { useCollection, useEntity } from '../../../stores/index.ts'
import { whyInactive } from '../status.ts'
import { useDeviceCommand } from './use-device-command.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

interface DialogProps {
  readonly vmId: VmId
  readonly device: string
}

/** Asks before a device is taken from a machine. */
export function DetachDeviceDialog({ vmId, device }: DialogProps) {
  const { t } = useTranslation()
  const vm = useEntity('vms', vmId)
  const known = useCollection('vm.devices', vmId).entities.get(device)
  const { isBusy, error, run } = useDeviceCommand('vm.detach-device', vm?.name ?? '')
  if (vm === undefined) return null
  const what = known === undefined ? device : t(`vms:hardware.device.kinds.${known.kind}`)
  return (
    <FormDialog
      title={t('vms:hardware.device.detachTitle', { device: what, name: vm.name })}
      label={t('vms:hardware.device.detach')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run({ vmId, device })}
    >
      <p>{[known?.model, known?.detail].filter((part) => part !== undefined && part !== '').join(' · ')}</p>
      {whyInactive(vm.status) === null ? <p>{t('vms:hardware.running')}</p> : null}
    </FormDialog>
  )
}

/** Asks how much of a virtio-mem a machine is given. */
export function ResizeDeviceDialog({ vmId, device }: DialogProps) {
  const vm = useEntity('vms', vmId)
  const known = useCollection('vm.devices', vmId).entities.get(device)
  return vm === undefined || known === undefined ? null : <ResizeDevice vm={vm} device={known} />
}

const schema = z.object({
  requestedMiB: z
    .string()
    .trim()
    .refine((text) => /^\d{1,8}$/.test(text) && Number(text) % MEMORY_BLOCK_MIB === 0, 'vms:hardware.device.wrongSize'),
})

function ResizeDevice({ vm, device }: { readonly vm: Vm; readonly device: VmDevice }) {
  const { t } = useTranslation()
  const form = useForm<z.output<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { requestedMiB: String(device.requestedMiB ?? 0) },
  })
  const { isBusy, error, run } = useDeviceCommand('vm.resize-device', vm.name)
  const submit = form.handleSubmit(({ requestedMiB }) =>
    run({ vmId: vm.id, device: device.id, requestedMiB: Number(requestedMiB) }),
  )
  return (
    <FormDialog
      title={t('vms:hardware.device.resizeTitle', { name: vm.name })}
      label={t('vms:hardware.device.resizeDo')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void submit()}
    >
      <TextField
        control={form.control}
        name="requestedMiB"
        label={t('vms:hardware.device.requestedMiB')}
        hint={t('vms:hardware.device.requestedHint', { size: device.sizeMiB ?? 0 })}
        isRequired
      />
    </FormDialog>
  )
}
