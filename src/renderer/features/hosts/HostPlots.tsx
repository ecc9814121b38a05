import { useTranslation } from 'react-i18next'
import type { Host, HostSample } from '../../../shared/domain/index.ts'
import { decidePlotTimes, orderSamples } from '../../components/order-samples.ts'
import { PlotCard } from '../../components/PlotCard.tsx'
import { TrafficPlots } from '../../components/TrafficPlots.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'

/** CPU and memory of a host, and what its machines move, over the last minutes. */
export function HostPlots({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('host.stats', host.id)
  const samples = orderSamples(entities.values())
  const last = samples.at(-1)
  const times = decidePlotTimes(samples)
  const values = (key: Exclude<keyof HostSample, 'id'>) => samples.map((sample) => sample[key])
  const or = (value: number | null | undefined, words: (value: number) => string) =>
    value === null || value === undefined ? '—' : words(value)
  const total = last?.memoryTotalKiB ?? host.facts?.memoryKiB ?? null
  const nothing = host.status === 'up' ? null : t('hosts:plot.notConnected')
  return (
    <div className="vd-plots">
      <PlotCard
        title={t('vms:plot.cpu')}
        value={
          host.facts === null
            ? or(last?.cpuPercent, format.percent)
            : t('hosts:plot.cpuOf', { percent: or(last?.cpuPercent, format.percent), count: host.facts.cpus })
        }
        nothing={nothing}
        times={times}
        max={100}
        formatValue={(value) => `${value}`}
        series={[{ label: t('vms:plot.cpu'), color: '--vd-plot-1', values: values('cpuPercent') }]}
      />
      <PlotCard
        title={t('vms:plot.memory')}
        value={t('vms:plot.memoryOf', { used: or(last?.memoryUsedKiB, format.kib), total: or(total, format.kib) })}
        nothing={nothing}
        times={times}
        max={total}
        formatValue={format.kib}
        series={[{ label: t('vms:plot.memory'), color: '--vd-plot-2', values: values('memoryUsedKiB') }]}
      />
      <TrafficPlots
        samples={samples}
        diskTitle={t('hosts:plot.disk')}
        networkTitle={t('hosts:plot.network')}
        nothingOfDisk={nothing}
        nothingOfNetwork={nothing}
      />
    </div>
  )
}
