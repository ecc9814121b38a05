import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/domain/index.ts'
import { decidePlotTimes, orderSamples, PlotCard, TrafficPlots } from '../../components/plot/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'

/** CPU and memory of a host, and what its machines move, over the last minutes. */
export function HostPlots({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('host.stats', host.id)
  const samples = useMemo(() => orderSamples(entities.values()), [entities])
  const { times, cpu, memory } = useMemo(() => {
    const line = (label: string, color: `--${string}`, values: readonly (number | null)[]) => {
      return [{ label, sign: null, color, values }]
    }
    return {
      times: decidePlotTimes(samples),
      cpu: line(
        t('vms:plot.cpu'),
        '--vd-plot-1',
        samples.map(({ cpuPercent }) => cpuPercent),
      ),
      memory: line(
        t('vms:plot.used'),
        '--vd-plot-2',
        samples.map(({ memoryUsedKiB }) => memoryUsedKiB),
      ),
    }
  }, [samples, t])
  const last = samples.at(-1)
  const or = (value: number | null | undefined, words: (value: number) => string) =>
    value === null || value === undefined ? '—' : words(value)
  const total = last?.memoryTotalKiB ?? host.facts?.memoryKiB ?? null
  // Of a lost host there is still what was seen of it.
  if (host.status !== 'up' && samples.length === 0) {
    return <p className="vd-summary__note">{t('hosts:plot.notConnected')}</p>
  }
  const percent = or(last?.cpuPercent, format.percent)
  return (
    <div className="vd-plots">
      <PlotCard
        title={t('vms:plot.cpu')}
        summary={host.facts === null ? percent : t('hosts:plot.cpuOf', { percent, count: host.facts.cpus })}
        times={times}
        axisEnd={() => 100}
        formatValue={format.percent}
        series={cpu}
        stale={host.stale}
      />
      <PlotCard
        title={t('vms:plot.memory')}
        summary={t('vms:plot.memoryOf', { used: or(last?.memoryUsedKiB, format.kib), total: or(total, format.kib) })}
        times={times}
        axisEnd={(max) => total ?? max}
        formatValue={format.kib}
        series={memory}
        stale={host.stale}
      />
      <TrafficPlots
        samples={samples}
        diskTitle={t('hosts:plot.disk')}
        networkTitle={t('hosts:plot.network')}
        stale={host.stale}
      />
    </div>
  )
}
