import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { type PlotSeries, withGaps } from './plot-data.ts'

export interface PlotProps {
  /** For people who do not see it: what it shows. */
  readonly label: string
  /** Seconds since the epoch, ascending, one for each value. */
  readonly times: readonly number[]
  readonly series: readonly PlotSeries[]
  /** Upper end of the axis by the highest value. */
  readonly axisEnd: (max: number) => number
  readonly formatValue: (value: number) => string
  /** On the axis, without seconds. */
  readonly formatTime: (seconds: number) => string
  /** Of a point, with seconds. */
  readonly formatMoment: (seconds: number) => string
  /** Nobody keeps it current: grey. */
  readonly stale: boolean
  /** Changes when colours must be read anew. */
  readonly theme: string
}

/** Width of the window in time, seconds: as long as samples are kept, or as what there is, so that a young line can be read. */
const SPAN_SECONDS = 600
const LEAST_SPAN_SECONDS = 120
const HEIGHT = 96
/** A label nearer to an end of the time axis would be cut off there, or stand over the other axis' lowest: part of the span. */
const LABEL_MARGIN = 0.1
/** All plots of a page show the values of the moment that the pointer is at in one of them. */
const SYNC_KEY = 'vd-plots'

function cssColor(element: Element, property: string): string {
  return getComputedStyle(element).getPropertyValue(property).trim()
}

function hasRoom(at: number, min: number, max: number): boolean {
  const margin = (max - min) * LABEL_MARGIN
  return at - min >= margin && max - at >= margin
}

/** The point that is shown in words. */
interface Pointed {
  readonly index: number
  /** Of the plot's element, pixels. */
  readonly left: number
  readonly isRight: boolean
}

function buildOptions(
  container: HTMLElement,
  latest: { readonly current: PlotProps },
  onPoint: (pointed: Pointed | null) => void,
): uPlot.Options {
  const { series, stale } = latest.current
  const axis = {
    stroke: cssColor(container, '--vd-plot-text'),
    font: '11px "Red Hat Text", sans-serif',
    ticks: { show: false },
  }
  const grid = { stroke: cssColor(container, '--vd-plot-grid'), width: 1 }
  return {
    width: Math.max(80, container.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 6 }, sync: { key: SYNC_KEY } },
    padding: [6, 4, 0, 0],
    hooks: {
      setCursor: [
        ({ cursor, bbox, over }) => {
          const { idx, left = -1 } = cursor
          if (idx === null || idx === undefined || left < 0) return onPoint(null)
          onPoint({ index: idx, left: bbox.left / devicePixelRatio + left, isRight: left > over.clientWidth / 2 })
        },
      ],
    },
    scales: {
      x: { range: (_plot, min, max) => [max - Math.min(SPAN_SECONDS, Math.max(LEAST_SPAN_SECONDS, max - min)), max] },
      y: { range: (_plot, _min, max) => [0, latest.current.axisEnd(max)] },
    },
    axes: [
      {
        ...axis,
        size: 18,
        gap: 2,
        grid: { show: false },
        space: 90,
        values: ({ scales: { x } }, splits) =>
          splits.map((at) => (hasRoom(at, x?.min ?? at, x?.max ?? at) ? latest.current.formatTime(at) : null)),
      },
      {
        ...axis,
        size: 58,
        gap: 4,
        grid,
        splits: (_plot, _axis, min, max) => [min, (min + max) / 2, max],
        values: (_plot, splits) => splits.map((value) => (value === 0 ? '0' : latest.current.formatValue(value))),
      },
    ],
    series: [
      {},
      ...series.map(({ label, color }) => {
        const stroke = cssColor(container, stale ? '--vd-off' : color)
        return {
          label,
          stroke,
          fill: `color-mix(in srgb, ${stroke} 14%, transparent)`,
          width: 1.5,
          points: { show: false },
          spanGaps: false,
        }
      }),
    ],
  }
}

/**
 * A small live plot on a canvas of its own, which repaints without React. The values of a moment are shown under the
 * pointer, or by the arrow keys.
 */
export function Plot(props: PlotProps) {
  const container = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  const [pointed, setPointed] = useState<Pointed | null>(null)
  const { times, series } = props
  const data = useMemo(() => withGaps({ times, series: series.map(({ values }) => values) }), [times, series])
  const latestData = useRef(data)
  latestData.current = data
  const shape = `${props.theme} ${props.stale} ${series.map(({ color }) => color).join(' ')}`

  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot is built anew when its shape or theme changes.
  useEffect(() => {
    const element = container.current
    if (element === null) return
    const build = new uPlot(buildOptions(element, latest, setPointed), alignedData(latestData.current), element)
    plot.current = build
    const observer = new ResizeObserver(() =>
      build.setSize({ width: Math.max(80, element.clientWidth), height: HEIGHT }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      build.destroy()
      plot.current = null
      setPointed(null)
    }
  }, [shape])

  useEffect(() => {
    plot.current?.setData(alignedData(data))
  }, [data])

  const last = data.times.length - 1
  const shown = Math.min(pointed?.index ?? last, last)
  const pointAt = (index: number) => {
    const time = data.times[Math.min(last, Math.max(0, index))]
    if (time !== undefined) plot.current?.setCursor({ left: plot.current.valToPos(time, 'x'), top: 0 })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: last }
    const move = moves[event.key]
    if (move !== undefined) {
      event.preventDefault()
      pointAt(move)
    } else if (event.key === 'Escape' && pointed !== null) {
      event.stopPropagation()
      plot.current?.setCursor({ left: -10, top: -10 })
    }
  }
  const words = describePoint(props, data, shown)
  return (
    <div
      ref={container}
      className="vd-plot"
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-readonly="true"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={Math.max(0, shown)}
      aria-valuetext={[words.time, ...words.lines.map(({ label, value }) => `${label} ${value}`)].join(', ')}
      onKeyDown={onKeyDown}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    >
      {pointed === null ? null : (
        <div
          className={pointed.isRight ? 'vd-plot__tip vd-plot__tip--left' : 'vd-plot__tip'}
          style={{ insetInlineStart: pointed.left }}
          aria-hidden="true"
        >
          <div className="vd-plot__moment">{words.time}</div>
          {words.lines.map(({ label, value, color }) => (
            <div key={label} className="vd-plot__line">
              <Swatch color={color} stale={props.stale} /> {label} <strong>{value}</strong>
            </div>
          ))}
        </div>
      )}
    </div>
  )
}

/** A series' colour, in legends. */
export function Swatch({ color, stale }: { readonly color: string; readonly stale: boolean }) {
  return (
    <span className="vd-plot__swatch" style={{ background: `var(${stale ? '--vd-off' : color})` }} aria-hidden="true" />
  )
}

/** A moment in words. What nobody measured is left out where another series has a value. */
function describePoint(
  { series, formatValue, formatMoment }: PlotProps,
  data: ReturnType<typeof withGaps>,
  index: number,
) {
  const time = data.times[index]
  const values = series.map(({ label, color }, position) => ({
    label,
    color,
    value: data.series[position]?.[index] ?? null,
  }))
  const known = values.filter(({ value }) => value !== null)
  return {
    time: time === undefined ? '' : formatMoment(time),
    lines: (known.length === 0 ? values : known).map(({ value, ...rest }) => {
      return { ...rest, value: value === null ? '—' : formatValue(value) }
    }),
  }
}

function alignedData(data: ReturnType<typeof withGaps>): uPlot.AlignedData {
  return [[...data.times], ...data.series.map((values) => [...values])] as uPlot.AlignedData
}
