import { useTranslation } from 'react-i18next'
import type { VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { useEntity } from '../../../stores/index.ts'
import { whyInactive } from '../status.ts'
import { useDeviceCommand } from './use-device-command.ts'

/** Asks before a disk is taken from a machine. */
export function DetachVmDiskDialog({ vmId, target }: { readonly vmId: VmId; readonly target: string }) {
  const { t } = useTranslation()
  const vm = useEntity('vms', vmId)
  const { isBusy, error, run } = useDeviceCommand('vm.detach-disk', vm?.name ?? '')
  if (vm === undefined) return null
  return (
    <FormDialog
      title={t('vms:hardware.detach.title', { target, name: vm.name })}
      label={t('vms:hardware.detach.do')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run({ vmId, target })}
    >
      <p>{t('vms:hardware.detach.body')}</p>
      {whyInactive(vm.status) === null ? <p>{t('vms:hardware.running')}</p> : null}
    </FormDialog>
  )
}

/** Asks before a network card is taken from a machine. */
export function RemoveVmNicDialog({ vmId, macAddress }: { readonly vmId: VmId; readonly macAddress: string }) {
  const { t } = useTranslation()
  const vm = useEntity('vms', vmId)
  const { isBusy, error, run } = useDeviceCommand('vm.remove-nic', vm?.name ?? '')
  if (vm === undefined) return null
  return (
    <FormDialog
      title={t('vms:hardware.removeNic.title', { macAddress, name: vm.name })}
      label={t('vms:hardware.removeNic.do')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run({ vmId, macAddress })}
    >
      {whyInactive(vm.status) === null ? <p>{t('vms:hardware.running')}</p> : null}
    </FormDialog>
  )
}
