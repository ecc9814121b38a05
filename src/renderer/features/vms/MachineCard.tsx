import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { describeOperatingSystem, type Vm } from '../../../shared/domain/index.ts'
import { Card, Facts, Unknown } from '../../components/Card.tsx'
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
          [
            t('vms:machine.guest'),
            vm.operatingSystem === null ? (
              <Unknown key="guest">{agent}</Unknown>
            ) : (
              `${describeOperatingSystem(vm.operatingSystem)} · ${agent}`
            ),
          ],
          [
            t('vms:machine.address'),
            addresses.length === 0 ? (
              <Unknown key="address">{t('vms:machine.noAddress')}</Unknown>
            ) : (
              addresses.join(', ')
            ),
          ],
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
          [t('vms:machine.firmware'), t(`vms:firmware.${vm.firmware}`)],
          [t('vms:machine.type'), `${vm.machineType} · ${vm.architecture} · ${vm.domainType}`],
          [
            t('vms:machine.graphics'),
            vm.graphics.map(({ type }) => type.toUpperCase()).join(', ') || t('vms:machine.none'),
          ],
          [decideSinceLabel(vm, t), <Since key="since" vm={vm} />],
          [t('vms:machine.id'), <code key="id">{vm.id}</code>],
          [t('vms:labels.folder'), vm.folder],
          [t('vms:machine.titleField'), vm.title],
          [t('vms:machine.description'), vm.description],
        ]}
      />
    </Card>
  )
}

function decideSinceLabel({ status, statusSinceExact }: Vm, t: TFunction): string {
  if (status === 'down') return t(statusSinceExact ? 'vms:machine.downFor' : 'vms:machine.downSince')
  return t(statusSinceExact ? 'vms:machine.statusFor' : 'vms:machine.statusSince')
}

/** How long, or, where nobody can tell, since before when. */
function Since({ vm: { statusSince: at, statusSinceExact } }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(1_000)
  const text = statusSinceExact ? format.duration(now - at) : t('vms:machine.before', { time: format.time(at) })
  return <span title={format.dateTime(at)}>{text}</span>
}
