import { Button } from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { useTranslation } from 'react-i18next'
import type { Vm, VmDisk, VmNic } from '../../../shared/domain/index.ts'
import { Card, Unknown } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { useFormat } from '../../i18n/index.ts'
import { openDialog, useCollection, useRunCommand } from '../../stores/index.ts'
import { DeviceRowMenu } from './hardware/DeviceRowMenu.tsx'
import { diskEntries, nicEntries, syncEntries } from './hardware/device-entries.ts'
import { isBehind, NicRules } from './NicRules.tsx'

/** Pool, if its host knows one, and the last part of a path, for the narrow column; the whole stands in the tooltip. */
function placeOf(source: string, sourceType: string | null, pool: string | null = null): string {
  const name = (sourceType === 'nvme' ? null : source.split('/').at(-1)) || source
  return pool === null ? name : `${pool} · ${name}`
}

/** Disks and network cards in one table. */
export function DevicesCard({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sizes = useCollection('vm.drives', vm.id).entities
  const profiles = useCollection('vnic-profiles').entities
  const profileOf = ({ vnicProfile }: VmNic) => (vnicProfile === undefined ? undefined : profiles.get(vnicProfile.id))
  const runCommand = useRunCommand()
  const capacity = ({ target, source, format: kind }: VmDisk) => {
    // The format of an empty drive is that of nothing.
    if (source === null) return <Unknown />
    const bytes = sizes.get(target)?.capacityBytes ?? null
    return bytes === null ? (kind ?? <Unknown />) : format.bytes(bytes)
  }
  const used = ({ target }: VmDisk) => {
    const { capacityBytes = null, allocationBytes = null } = sizes.get(target) ?? {}
    return capacityBytes === null || allocationBytes === null || capacityBytes === 0 ? (
      <Unknown />
    ) : (
      format.percent((allocationBytes / capacityBytes) * 100)
    )
  }
  return (
    <Card
      title={t('vms:devices.title')}
      aside={
        vm.persistent ? (
          <>
            <Button
              variant="link"
              isInline
              size="sm"
              onClick={() => openDialog({ kind: 'attach-vm-disk', vmId: vm.id })}
            >
              {t('vms:hardware.attach.open')}
            </Button>{' '}
            <Button variant="link" isInline size="sm" onClick={() => openDialog({ kind: 'add-vm-nic', vmId: vm.id })}>
              {t('vms:hardware.addNic.open')}
            </Button>
          </>
        ) : undefined
      }
    >
      <div className="vd-plain-table">
        <Table
          aria-label={t('vms:devices.title')}
          variant="compact"
          borders={false}
          className="vd-table"
          gridBreakPoint=""
        >
          <Thead>
            <Tr>
              <Th>{t('vms:devices.name')}</Th>
              <Th className="vd-table__rest">{t('vms:devices.where')}</Th>
              <Th>{t('vms:devices.size')}</Th>
              <Th>{t('vms:devices.used')}</Th>
              <Th screenReaderText={t('vms:hardware.actions')} />
            </Tr>
          </Thead>
          <Tbody>
            {vm.disks.map((disk) => (
              <Tr key={disk.target}>
                <Td>
                  {disk.target} · {t(`vms:device.${disk.device}`, { bus: disk.bus })}
                  {disk.readOnly && disk.device === 'disk' ? ` · ${t('vms:devices.readOnly')}` : ''}
                </Td>
                <Td className="vd-table__ellipsis vd-table__rest">
                  {disk.source === null ? (
                    <Unknown>{t('vms:devices.empty')}</Unknown>
                  ) : (
                    <Name whole={disk.source}>
                      {placeOf(disk.source, disk.sourceType, sizes.get(disk.target)?.pool)}
                    </Name>
                  )}
                </Td>
                <Td>{capacity(disk)}</Td>
                <Td>{used(disk)}</Td>
                <Td>
                  <DeviceRowMenu device={disk.target} entries={diskEntries(vm, disk, t)} />
                </Td>
              </Tr>
            ))}
            {vm.nics.map((nic) => (
              <Tr key={nic.macAddress}>
                <Td>
                  {nic.hostDevice ?? t('vms:devices.nic')} · {nic.model ?? nic.type}
                </Td>
                <Td className="vd-table__ellipsis vd-table__rest">
                  <Name>{nic.source ?? nic.type}</Name>
                  <NicRules nic={nic} profile={profileOf(nic)} />
                </Td>
                <Td>
                  <code>{nic.macAddress}</code>
                </Td>
                <Td>{nic.linkUp ? t('vms:devices.linkUp') : t('vms:devices.linkDown')}</Td>
                <Td>
                  <DeviceRowMenu
                    device={nic.macAddress}
                    entries={[
                      ...nicEntries(vm, nic, t),
                      ...(isBehind(nic, profileOf(nic))
                        ? syncEntries(vm, t, () => void runCommand('vm.sync-nics', { vmId: vm.id }, vm.name))
                        : []),
                    ]}
                  />
                </Td>
              </Tr>
            ))}
            {vm.disks.length + vm.nics.length === 0 ? (
              <Tr>
                <Td colSpan={5}>{t('vms:devices.noneAtAll')}</Td>
              </Tr>
            ) : null}
          </Tbody>
        </Table>
      </div>
    </Card>
  )
}
