import { useTranslation } from 'react-i18next'
import type { HostSample, VmSample } from '../../shared/domain/index.ts'
import { useFormat } from '../i18n/index.ts'
import { decidePlotTimes } from './order-samples.ts'
import { PlotCard } from './PlotCard.tsx'

type Traffic = Pick<VmSample | HostSample, 'at' | 'elapsedMs' | Extract<keyof VmSample, `${string}PerSecond`>>

/** What goes through disks and networks: two plots. `nothing…` is said instead of a plot. */
export function TrafficPlots(props: {
  readonly samples: readonly Traffic[]
  readonly diskTitle: string
  readonly networkTitle: string
  readonly nothingOfDisk: string | null
  readonly nothingOfNetwork: string | null
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { samples } = props
  const last = samples.at(-1)
  const times = decidePlotTimes(samples)
  const values = (key: keyof Traffic) => samples.map((sample) => sample[key])
  const or = (value: number | null | undefined, words: (value: number) => string) =>
    value === null || value === undefined ? '—' : words(value)
  return (
    <>
      <PlotCard
        title={props.diskTitle}
        value={t('vms:plot.diskRates', {
          read: or(last?.diskReadBytesPerSecond, format.rate),
          write: or(last?.diskWriteBytesPerSecond, format.rate),
        })}
        nothing={props.nothingOfDisk}
        times={times}
        max={null}
        formatValue={format.bytes}
        series={[
          { label: t('vms:plot.read'), color: '--vd-plot-3', values: values('diskReadBytesPerSecond') },
          { label: t('vms:plot.write'), color: '--vd-plot-4', values: values('diskWriteBytesPerSecond') },
        ]}
      />
      <PlotCard
        title={props.networkTitle}
        value={t('vms:plot.networkRates', {
          receive: or(last?.networkReceiveBytesPerSecond, format.bitRate),
          transmit: or(last?.networkTransmitBytesPerSecond, format.bitRate),
        })}
        nothing={props.nothingOfNetwork}
        times={times}
        max={null}
        formatValue={format.bitRate}
        series={[
          { label: t('vms:plot.receive'), color: '--vd-plot-4', values: values('networkReceiveBytesPerSecond') },
          { label: t('vms:plot.transmit'), color: '--vd-plot-1', values: values('networkTransmitBytesPerSecond') },
        ]}
      />
    </>
  )
}
