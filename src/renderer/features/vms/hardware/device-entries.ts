import type { TFunction } from 'i18next'
import type { Vm, VmDisk, VmNic } from '../../../../shared/domain/index.ts'
import type { MenuEntry } from '../../../components/menu.tsx'
import { openDialog } from '../../../stores/index.ts'

/** What can be done to one drive of a machine; a drive for media has actions of its own elsewhere. */
export function diskEntries({ id: vmId, persistent }: Vm, { device, target }: VmDisk, t: TFunction): MenuEntry[] {
  if (!persistent || device !== 'disk') return []
  return [
    {
      type: 'action',
      id: 'limit',
      label: t('vms:hardware.limit.open'),
      run: () => openDialog({ kind: 'limit-vm-disk', vmId, target }),
    },
    {
      type: 'action',
      id: 'detach',
      label: t('vms:hardware.detach.open'),
      danger: true,
      run: () => openDialog({ kind: 'detach-vm-disk', vmId, target }),
    },
  ]
}

/** What can be done to one network card of a machine. */
export function nicEntries({ id: vmId, persistent }: Vm, { macAddress }: VmNic, t: TFunction): MenuEntry[] {
  if (!persistent) return []
  return [
    {
      type: 'action',
      id: 'edit',
      label: t('vms:hardware.editNic.open'),
      run: () => openDialog({ kind: 'edit-vm-nic', vmId, macAddress }),
    },
    {
      type: 'action',
      id: 'remove',
      label: t('vms:hardware.removeNic.open'),
      danger: true,
      run: () => openDialog({ kind: 'remove-vm-nic', vmId, macAddress }),
    },
  ]
}

/** What can be done to a card that is as its vNIC profile was before it was changed. */
export function syncEntries({ persistent }: Vm, t: TFunction, run: () => void): MenuEntry[] {
  return persistent ? [{ type: 'action', id: 'sync', label: t('vms:hardware.syncNics.open'), run }] : []
}
