import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

/** One line of a plot. `color` is a CSS custom property's name, so that themes apply. */
export interface PlotSeries {
  readonly label: string
  readonly color: `--${string}`
  readonly values: readonly (number | null)[]
}

export interface PlotProps {
  /** For people who do not see it: what it shows and its newest values. */
  readonly label: string
  /** Seconds since the epoch, ascending, one for each value. */
  readonly times: readonly number[]
  readonly series: readonly PlotSeries[]
  /** Upper end of the axis; null: by the values. */
  readonly max: number | null
  readonly formatValue: (value: number) => string
  readonly formatTime: (seconds: number) => string
  /** Changes when colours must be read anew. */
  readonly theme: string
}

/** Width of the window in time, seconds: as long as samples are kept. */
const SPAN_SECONDS = 600
/** Upper end of an axis without a bound while hardly anything happens: a kibibyte a second. */
const LEAST_MAX = 1_024
const HEIGHT = 96
/** A label nearer to an end of the time axis would be cut off there, or stand over the other axis' lowest. */
const LABEL_MARGIN_SECONDS = 60

function cssColor(element: Element, property: string): string {
  return getComputedStyle(element).getPropertyValue(property).trim()
}

function hasRoom(at: number, min: number, max: number): boolean {
  return at - min >= LABEL_MARGIN_SECONDS && max - at >= LABEL_MARGIN_SECONDS
}

function buildOptions(container: HTMLElement, props: PlotProps): uPlot.Options {
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
    cursor: { drag: { x: false, y: false }, points: { size: 5 } },
    padding: [6, 4, 0, 0],
    scales: {
      x: { range: (_plot, _min, max) => [max - SPAN_SECONDS, max] },
      y: { range: (_plot, _min, max) => [0, props.max ?? Math.max(LEAST_MAX, max * 1.15)] },
    },
    axes: [
      {
        ...axis,
        size: 18,
        gap: 2,
        grid: { show: false },
        space: 90,
        values: ({ scales: { x } }, splits) =>
          splits.map((at) => (hasRoom(at, x?.min ?? at, x?.max ?? at) ? props.formatTime(at) : null)),
      },
      {
        ...axis,
        size: 60,
        gap: 4,
        grid,
        splits: (_plot, _axis, min, max) => [min, (min + max) / 2, max],
        values: (_plot, splits) => splits.map(props.formatValue),
      },
    ],
    series: [
      {},
      ...props.series.map(({ label, color }) => ({
        label,
        stroke: cssColor(container, color),
        fill: `color-mix(in srgb, ${cssColor(container, color)} 14%, transparent)`,
        width: 1.5,
        points: { show: false },
        spanGaps: false,
      })),
    ],
  }
}

/** A small live plot. It draws on a canvas of its own and repaints without React. */
export function Plot(props: PlotProps) {
  const container = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  const shape = `${props.theme} ${props.max} ${props.series.map(({ color }) => color).join(' ')}`

  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot is built anew when its shape or theme changes.
  useEffect(() => {
    const element = container.current
    if (element === null) return
    const build = new uPlot(buildOptions(element, latest.current), plotData(latest.current), element)
    plot.current = build
    const observer = new ResizeObserver(() =>
      build.setSize({ width: Math.max(80, element.clientWidth), height: HEIGHT }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      build.destroy()
      plot.current = null
    }
  }, [shape])

  useEffect(() => {
    plot.current?.setData(plotData(props))
  }, [props])

  return <div ref={container} className="vd-plot" role="img" aria-label={props.label} />
}

function plotData(props: PlotProps): uPlot.AlignedData {
  return [[...props.times], ...props.series.map(({ values }) => [...values])] as uPlot.AlignedData
}
