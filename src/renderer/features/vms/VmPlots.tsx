import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { VmId, VmSample, VmStatus } from '../../../shared/domain/index.ts'
import { decidePlotTimes, orderSamples } from '../../components/order-samples.ts'
import { PlotCard } from '../../components/PlotCard.tsx'
import { TrafficPlots } from '../../components/TrafficPlots.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'
import { whyInactive } from './status.ts'

/** What the plots need of a VM: plain values, so that other changes of it do not draw them anew. */
interface VmPlotsProps {
  readonly vmId: VmId
  readonly status: VmStatus
  readonly vcpus: number
  readonly memoryKiB: number
  readonly hasDisks: boolean
  readonly hasNetwork: boolean
}

/** CPU, memory, disk and network of a VM over the last minutes. */
export const VmPlots = memo(function VmPlots(vm: VmPlotsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('vm.stats', vm.vmId)
  const samples = orderSamples(entities.values())
  const last = samples.at(-1)
  const times = decidePlotTimes(samples)
  const values = (key: Exclude<keyof VmSample, 'id' | 'memorySource'>) => samples.map((sample) => sample[key])
  const or = (value: number | null | undefined, words: (value: number) => string) =>
    value === null || value === undefined ? '—' : words(value)
  const reason = whyInactive(vm.status)
  const nothing = reason === null ? null : t(reason)
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
      <TrafficPlots
        samples={samples}
        diskTitle={t('vms:plot.disk')}
        networkTitle={t('vms:plot.network')}
        nothingOfDisk={nothing ?? (vm.hasDisks ? null : t('vms:plot.noDisk'))}
        nothingOfNetwork={nothing ?? (vm.hasNetwork ? null : t('vms:plot.noNetwork'))}
      />
    </div>
  )
})
