import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostSample } from '../../../shared/domain/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { decidePlotTimes } from './order-samples.ts'
import { PlotCard } from './PlotCard.tsx'
import { decideBitsAxis, decideBytesAxis } from './plot-data.ts'

type Traffic = Pick<HostSample, 'at' | 'elapsedMs' | Extract<keyof HostSample, `${string}PerSecond`>>

/** What goes through disks and networks: a plot each, left out where its title is null. */
export function TrafficPlots(props: {
  readonly samples: readonly Traffic[]
  readonly diskTitle: string | null
  readonly networkTitle: string | null
  readonly stale: boolean
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { samples, diskTitle, networkTitle, stale } = props
  const { times, disk, network } = useMemo(() => {
    const line = (label: string, sign: string, color: `--${string}`, key: keyof Traffic) => {
      return { label, sign, color, values: samples.map((sample) => sample[key]) }
    }
    return {
      times: decidePlotTimes(samples),
      disk: [
        line(t('vms:plot.read'), t('vms:plot.readSign'), '--vd-plot-3', 'diskReadBytesPerSecond'),
        line(t('vms:plot.write'), t('vms:plot.writeSign'), '--vd-plot-4', 'diskWriteBytesPerSecond'),
      ],
      network: [
        line(t('vms:plot.receive'), '↓', '--vd-plot-4', 'networkReceiveBytesPerSecond'),
        line(t('vms:plot.transmit'), '↑', '--vd-plot-1', 'networkTransmitBytesPerSecond'),
      ],
    }
  }, [samples, t])
  return (
    <>
      {diskTitle === null ? null : (
        <PlotCard
          title={diskTitle}
          summary={null}
          times={times}
          axisEnd={decideBytesAxis}
          formatValue={format.rate}
          series={disk}
          stale={stale}
        />
      )}
      {networkTitle === null ? null : (
        <PlotCard
          title={networkTitle}
          summary={null}
          times={times}
          axisEnd={decideBitsAxis}
          formatValue={format.bitRate}
          series={network}
          stale={stale}
        />
      )}
    </>
  )
}
