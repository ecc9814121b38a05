import { useTranslation } from 'react-i18next'
import type { Vm } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useNow } from '../../stores/index.ts'

/** What kind of machine it is. */
export function MachineCard({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const addresses = vm.nics.flatMap((nic) => nic.addresses)
  const agent = t(`vms:agent.${vm.guestAgent}`)
  return (
    <Card title={t('vms:machine.title')}>
      <Facts
        facts={[
          [t('vms:machine.guest'), vm.operatingSystem === null ? agent : `${vm.operatingSystem} · ${agent}`],
          [t('vms:machine.address'), addresses.length === 0 ? t('vms:machine.noAddress') : addresses.join(', ')],
          [
            t('vms:machine.vcpu'),
            vm.maxVcpus > vm.vcpus
              ? t('vms:machine.vcpuOfMax', { vcpus: vm.vcpus, max: vm.maxVcpus, mode: vm.cpuMode ?? '—' })
              : t('vms:machine.vcpus', { vcpus: vm.vcpus, mode: vm.cpuMode ?? '—' }),
          ],
          [
            t('vms:machine.memory'),
            vm.maxMemoryKiB > vm.memoryKiB
              ? t('vms:machine.memoryOfMax', { memory: format.kib(vm.memoryKiB), max: format.kib(vm.maxMemoryKiB) })
              : format.kib(vm.memoryKiB),
          ],
          [t('vms:machine.firmware'), vm.firmware === 'uefi' ? 'UEFI' : 'BIOS'],
          [t('vms:machine.type'), `${vm.machineType} · ${vm.architecture} · ${vm.domainType}`],
          [
            t('vms:machine.graphics'),
            vm.graphics.map(({ type }) => type.toUpperCase()).join(', ') || t('vms:machine.none'),
          ],
          [
            vm.status === 'down' ? t('vms:machine.downSince') : t('vms:machine.since'),
            <Since key="since" at={vm.statusSince} />,
          ],
          [t('vms:machine.id'), <code key="id">{vm.id}</code>],
          [t('vms:machine.titleField'), vm.title],
          [t('vms:machine.description'), vm.description],
        ]}
      />
    </Card>
  )
}

function Since({ at }: { readonly at: number }) {
  const format = useFormat()
  const now = useNow(1_000)
  return <span title={format.dateTime(at)}>{format.duration(now - at)}</span>
}
