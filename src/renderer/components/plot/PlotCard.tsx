import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/index.ts'
import { Card } from '../Card.tsx'
import { Plot, Swatch } from './Plot.tsx'
import { latestValue, type PlotSeries } from './plot-data.ts'

export interface PlotCardProps {
  readonly title: string
  /** The newest value in words, where one number says it all; null: each series with its newest. */
  readonly summary: string | null
  /** What is to know about the summary. */
  readonly note?: string | undefined
  /** Seconds since the epoch, ascending, one for each value. */
  readonly times: readonly number[]
  readonly series: readonly PlotSeries[]
  readonly axisEnd: (max: number) => number
  readonly formatValue: (value: number) => string
  /** Nobody keeps it current. */
  readonly stale: boolean
}

/** A plot in a card, with its newest values beside the title; they are the legend, too. */
export function PlotCard(props: PlotCardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const theme = useThemeClass()
  const { title, summary, times, series } = props
  const isUnknown = times.length > 0 && series.every(({ values }) => values.every((value) => value === null))
  const nothing = times.length === 0 ? t('common:plot.waiting') : isUnknown ? t('common:plot.notCounted') : null
  return (
    <Card
      title={title}
      className="vd-plot-card"
      aside={nothing === null ? summary === null ? <Legend {...props} /> : <Summary {...props} /> : undefined}
    >
      {nothing === null ? (
        <Plot
          label={title}
          times={times}
          series={series}
          axisEnd={props.axisEnd}
          formatValue={props.formatValue}
          formatTime={(seconds) => format.clock(seconds * 1_000)}
          formatMoment={(seconds) => format.time(seconds * 1_000)}
          stale={props.stale}
          theme={theme}
        />
      ) : (
        <div className="vd-plot vd-plot--nothing">{nothing}</div>
      )}
    </Card>
  )
}

function Summary({ summary, note }: PlotCardProps) {
  return note === undefined ? summary : <span title={note}>{summary}</span>
}

function Legend({ series, formatValue, stale }: PlotCardProps) {
  return series.map(({ label, sign, color, values }) => {
    const value = latestValue(values)
    return (
      <span key={label} className="vd-plot__entry" title={label}>
        <Swatch color={color} stale={stale} /> {sign ?? label} {value === null ? '—' : formatValue(value)}
      </span>
    )
  })
}

/** The page's theme class, so that canvases can take the colours of the other theme. */
function useThemeClass(): string {
  const [theme, setTheme] = useState(() => document.documentElement.className)
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(document.documentElement.className))
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] })
    return () => observer.disconnect()
  }, [])
  return theme
}
