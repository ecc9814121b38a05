import { useTranslation } from 'react-i18next'
import type { Vm, VmSample } from '../../../shared/domain/index.ts'
import { PlotCard } from '../../components/PlotCard.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'
import { isActive } from './status.ts'

/** CPU, memory, disk and network of a VM over the last minutes. */
export function VmPlots({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('vm.stats', vm.id)
  const samples = [...entities.values()].sort((a, b) => a.at - b.at)
  const last = samples.at(-1)
  const times = samples.map(({ at }) => at / 1_000)
  const values = (key: Exclude<keyof VmSample, 'id'>) => samples.map((sample) => sample[key])
  const or = (value: number | null | undefined, words: (value: number) => string) =>
    value === null || value === undefined ? '—' : words(value)
  const nothing = isActive(vm.status) ? null : t('vms:plot.notRunning')
  return (
    <div className="vd-plots">
      <PlotCard
        title={t('vms:plot.cpu')}
        value={t('vms:plot.cpuOf', { percent: or(last?.cpuPercent, format.percent), count: vm.vcpus })}
        nothing={nothing}
        times={times}
        max={100}
        formatValue={(value) => `${value}`}
        series={[{ label: t('vms:plot.cpu'), color: '--vd-plot-1', values: values('cpuPercent') }]}
      />
      <PlotCard
        title={t('vms:plot.memory')}
        value={t('vms:plot.memoryOf', {
          used: or(last?.memoryUsedKiB, format.kib),
          total: format.kib(last?.memoryTotalKiB ?? vm.memoryKiB),
        })}
        nothing={nothing}
        times={times}
        max={last?.memoryTotalKiB ?? vm.memoryKiB}
        formatValue={format.kib}
        series={[{ label: t('vms:plot.memory'), color: '--vd-plot-2', values: values('memoryUsedKiB') }]}
      />
      <PlotCard
        title={t('vms:plot.disk')}
        value={t('vms:plot.diskRates', {
          read: or(last?.diskReadBytesPerSecond, format.rate),
          write: or(last?.diskWriteBytesPerSecond, format.rate),
        })}
        nothing={nothing ?? (vm.disks.length === 0 ? t('vms:plot.noDisk') : null)}
        times={times}
        max={null}
        formatValue={format.bytes}
        series={[
          { label: t('vms:plot.read'), color: '--vd-plot-3', values: values('diskReadBytesPerSecond') },
          { label: t('vms:plot.write'), color: '--vd-plot-4', values: values('diskWriteBytesPerSecond') },
        ]}
      />
      <PlotCard
        title={t('vms:plot.network')}
        value={t('vms:plot.networkRates', {
          receive: or(last?.networkReceiveBytesPerSecond, format.bitRate),
          transmit: or(last?.networkTransmitBytesPerSecond, format.bitRate),
        })}
        nothing={nothing ?? (vm.nics.length === 0 ? t('vms:plot.noNetwork') : null)}
        times={times}
        max={null}
        formatValue={format.bitRate}
        series={[
          { label: t('vms:plot.receive'), color: '--vd-plot-4', values: values('networkReceiveBytesPerSecond') },
          { label: t('vms:plot.transmit'), color: '--vd-plot-1', values: values('networkTransmitBytesPerSecond') },
        ]}
      />
    </div>
  )
}
