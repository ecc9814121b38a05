import { useTranslation } from 'react-i18next'
import type { Vm, VmDisk } from '../../../../shared/domain/index.ts'
import { ActionButton } from '../../../components/ActionButton.tsx'
import { Card, Unknown } from '../../../components/Card.tsx'
import { Name } from '../../../components/Name.tsx'
import { PlainTable } from '../../../components/PlainTable.tsx'
import { useFormat } from '../../../i18n/index.ts'
import { openDialog, useCollection } from '../../../stores/index.ts'
import { DeviceRowMenu } from './DeviceRowMenu.tsx'
import { diskEntries } from './device-entries.ts'

/** The drives of a machine, and what can be done with them. */
export function VmDisks({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sizes = useCollection('vm.drives', vm.id).entities
  const size = ({ target, source }: VmDisk, which: 'capacityBytes' | 'allocationBytes') => {
    const bytes = source === null ? null : (sizes.get(target)?.[which] ?? null)
    return bytes === null ? <Unknown key={which} /> : format.bytes(bytes)
  }
  const attach = vm.persistent ? (
    <ActionButton
      label={t('vms:hardware.attach.open')}
      disabledReason={vm.stale ? t('vms:hostAway') : null}
      onClick={() => openDialog({ kind: 'attach-vm-disk', vmId: vm.id })}
    />
  ) : undefined
  return (
    <div className="vd-summary">
      <Card title={t('vms:tab.disks')} aside={attach}>
        <PlainTable
          label={t('vms:tab.disks')}
          heads={[
            t('vms:devices.name'),
            t('vms:hardware.disk.kind'),
            t('vms:devices.where'),
            t('vms:hardware.disk.format'),
            t('vms:devices.size'),
            t('vms:hardware.disk.onStorage'),
            t('vms:hardware.actions'),
          ]}
          rows={vm.disks.map((disk) => ({
            key: disk.target,
            cells: [
              disk.target,
              `${t(`vms:device.${disk.device}`, { bus: disk.bus })}${
                disk.readOnly && disk.device === 'disk' ? ` · ${t('vms:devices.readOnly')}` : ''
              }`,
              disk.source === null ? (
                <Unknown key="source">{t('vms:devices.empty')}</Unknown>
              ) : (
                <Name key="source">{disk.source}</Name>
              ),
              disk.source === null ? null : disk.format,
              size(disk, 'capacityBytes'),
              size(disk, 'allocationBytes'),
              <DeviceRowMenu key="menu" device={disk.target} entries={diskEntries(vm, disk, t)} />,
            ],
          }))}
        />
      </Card>
    </div>
  )
}
