import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { VmId, VmSample, VmStatus } from '../../../shared/domain/index.ts'
import { decidePlotTimes, orderSamples, PlotCard, TrafficPlots } from '../../components/plot/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'
import { whyInactive } from './status.ts'

/** What the plots need of a VM: plain values, so that other changes of it do not draw them anew. */
interface VmPlotsProps {
  readonly vmId: VmId
  readonly status: VmStatus
  readonly stale: boolean
  readonly vcpus: number
  readonly memoryKiB: number
  readonly hasDisks: boolean
  readonly hasNetwork: boolean
}

/** CPU, memory, disk and network of a VM over the last minutes; one line instead where it does not run. */
export const VmPlots = memo(function VmPlots(vm: VmPlotsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('vm.stats', vm.vmId)
  const samples = useMemo(() => orderSamples(entities.values()), [entities])
  const times = useMemo(() => decidePlotTimes(samples), [samples])
  const cpu = useMemo(() => {
    const values = samples.map(({ cpuPercent }) => cpuPercent)
    return [{ label: t('vms:plot.cpu'), sign: null, color: '--vd-plot-1' as const, values }]
  }, [samples, t])
  const memory = useMemo(() => memorySeries(samples, t('vms:plot.used'), t('vms:plot.held')), [samples, t])
  const last = samples.at(-1)
  const or = (value: number | null | undefined, words: (value: number) => string) =>
    value === null || value === undefined ? '—' : words(value)
  const reason = whyInactive(vm.status)
  // Of a machine that nobody can ask about there is still what was seen of it.
  if (reason !== null && (vm.status !== 'unknown' || samples.length === 0)) {
    return (
      <p className="vd-summary__note">{t(vm.status === 'unknown' ? 'vms:plot.notConnected' : 'vms:plot.notRunning')}</p>
    )
  }
  const totalKiB = last?.memoryTotalKiB ?? vm.memoryKiB
  const used = t('vms:plot.memoryOf', { used: or(last?.memoryUsedKiB, format.kib), total: format.kib(totalKiB) })
  const isHeld = last?.memorySource === 'host'
  return (
    <div className="vd-plots">
      <PlotCard
        title={t('vms:plot.cpu')}
        summary={t('vms:plot.cpuOf', { percent: or(last?.cpuPercent, format.percent), count: vm.vcpus })}
        times={times}
        axisEnd={() => 100}
        formatValue={format.percent}
        series={cpu}
        stale={vm.stale}
      />
      <PlotCard
        title={t('vms:plot.memory')}
        summary={isHeld ? t('vms:plot.rss', { used }) : used}
        note={isHeld ? t('vms:plot.rssNote') : undefined}
        times={times}
        axisEnd={() => totalKiB}
        formatValue={format.kib}
        series={memory}
        stale={vm.stale}
      />
      <TrafficPlots
        samples={samples}
        diskTitle={vm.hasDisks ? t('vms:plot.disk') : null}
        networkTitle={vm.hasNetwork ? t('vms:plot.network') : null}
        stale={vm.stale}
      />
    </div>
  )
})

/** A line for what guests say, and another for what QEMU holds: they do not compare. One that has no values is left out. */
function memorySeries(samples: readonly VmSample[], used: string, held: string) {
  const line = (source: VmSample['memorySource'], label: string, color: `--${string}`) => ({
    label,
    sign: null,
    color,
    values: samples.map(({ memoryUsedKiB, memorySource }) => (memorySource === source ? memoryUsedKiB : null)),
  })
  const lines = [line('guest', used, '--vd-plot-2'), line('host', held, '--vd-plot-5')]
  const known = lines.filter(({ values }) => values.some((value) => value !== null))
  return known.length === 0 ? lines.slice(0, 1) : known
}
