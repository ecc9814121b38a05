import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from './Card.tsx'
import { Plot, type PlotSeries } from './Plot.tsx'

/** A plot in a card, its newest values in words beside the title. `nothing` says why there is none. */
export function PlotCard(props: {
  readonly title: string
  readonly value: string
  readonly nothing: string | null
  readonly times: readonly number[]
  readonly series: readonly PlotSeries[]
  readonly max: number | null
  readonly formatValue: (value: number) => string
}) {
  const { t, i18n } = useTranslation()
  const theme = useThemeClass()
  const clock = new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const reason = props.nothing ?? (props.times.length === 0 ? t('common:plot.waiting') : null)
  return (
    <Card title={props.title} className="vd-plot-card" aside={props.nothing === null ? props.value : undefined}>
      {reason === null ? (
        <Plot
          label={`${props.title}: ${props.value}`}
          times={props.times}
          series={props.series}
          max={props.max}
          formatValue={props.formatValue}
          formatTime={(seconds) => clock.format(new Date(seconds * 1_000))}
          theme={theme}
        />
      ) : (
        <div className="vd-plot vd-plot--nothing">{reason}</div>
      )}
    </Card>
  )
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
