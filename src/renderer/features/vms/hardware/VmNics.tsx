import { useTranslation } from 'react-i18next'
import type { Vm } from '../../../../shared/domain/index.ts'
import { ActionButton } from '../../../components/ActionButton.tsx'
import { Card, Unknown } from '../../../components/Card.tsx'
import { Name } from '../../../components/Name.tsx'
import { PlainTable } from '../../../components/PlainTable.tsx'
import { StatusMark } from '../../../components/StatusMark.tsx'
import { openDialog } from '../../../stores/index.ts'
import { DeviceRowMenu } from './DeviceRowMenu.tsx'
import { nicEntries } from './device-entries.ts'

/** The network cards of a machine, and what can be done with them. */
export function VmNics({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const add = vm.persistent ? (
    <ActionButton
      label={t('vms:hardware.addNic.open')}
      disabledReason={vm.stale ? t('vms:hostAway') : null}
      onClick={() => openDialog({ kind: 'add-vm-nic', vmId: vm.id })}
    />
  ) : undefined
  return (
    <div className="vd-summary">
      <Card title={t('vms:tab.nics')} aside={add}>
        <PlainTable
          label={t('vms:tab.nics')}
          heads={[
            t('vms:hardware.nic.mac'),
            t('vms:hardware.device.model'),
            t('vms:hardware.nic.network'),
            t('vms:hardware.nic.onHost'),
            t('vms:hardware.nic.link'),
            t('vms:hardware.nic.addresses'),
            t('vms:hardware.actions'),
          ]}
          rows={vm.nics.map((nic) => ({
            key: nic.macAddress,
            cells: [
              <code key="mac">{nic.macAddress}</code>,
              nic.model ?? nic.type,
              <Name key="network">{nic.source ?? nic.type}</Name>,
              nic.hostDevice ?? <Unknown key="host" />,
              <span key="link" className="vd-status">
                <StatusMark tone={nic.linkUp ? 'ok' : 'off'} />{' '}
                {t(nic.linkUp ? 'vms:devices.linkUp' : 'vms:devices.linkDown')}
              </span>,
              nic.addresses.length === 0 ? (
                <Unknown key="addresses" />
              ) : (
                <Name key="addresses">{nic.addresses.join(', ')}</Name>
              ),
              <DeviceRowMenu key="menu" device={nic.macAddress} entries={nicEntries(vm, nic, t)} />,
            ],
          }))}
        />
      </Card>
    </div>
  )
}
