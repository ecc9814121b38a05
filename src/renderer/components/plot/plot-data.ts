/** One line of a plot. `color` is a CSS custom property's name, so that themes apply. */
export interface PlotSeries {
  readonly label: string
  /** A letter or arrow for narrow places, where colour alone would not do; null: the label. */
  readonly sign: string | null
  readonly color: `--${string}`
  readonly values: readonly (number | null)[]
}

/** Longer than the slowest pace of samples: nobody measured meanwhile, and no line is drawn across. */
const GAP_SECONDS = 40

export interface PlotData {
  /** Seconds since the epoch, ascending. */
  readonly times: readonly number[]
  readonly series: readonly (readonly (number | null)[])[]
}

/** The data with an empty point in each stretch that nobody measured, so that lines are broken there. Pure. */
export function withGaps({ times, series }: PlotData): PlotData {
  const gaps = times.flatMap((time, index) => {
    const before = times[index - 1]
    return before !== undefined && time - before > GAP_SECONDS ? [index] : []
  })
  if (gaps.length === 0) return { times, series }
  const insert = <T>(values: readonly T[], empty: (index: number) => T) =>
    values.flatMap((value, index) => (gaps.includes(index) ? [empty(index), value] : [value]))
  return {
    times: insert(times, (index) => ((times[index - 1] ?? 0) + (times[index] ?? 0)) / 2),
    series: series.map((values) => insert<number | null>(values, () => null)),
  }
}

const LEAST_BYTES = 1_024
const LEAST_BITS = 1_000
const BITS_PER_BYTE = 8
const DECIMAL_STEPS = [1, 2, 4, 6, 8, 10]

/** Upper end of an axis of bytes whose highest value is `max`: it and its half are whole numbers of a binary unit. Pure. */
export function decideBytesAxis(max: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(LEAST_BYTES, max)))
}

/** As {@link decideBytesAxis} for what is shown in decimal units of bits; bytes in, bytes out. Pure. */
export function decideBitsAxis(maxBytes: number): number {
  const bits = Math.max(LEAST_BITS, maxBytes * BITS_PER_BYTE)
  const decade = 10 ** Math.floor(Math.log10(bits))
  const step = DECIMAL_STEPS.find((each) => each * decade >= bits) ?? 10
  return (step * decade) / BITS_PER_BYTE
}

/** The newest value of a series that is one; null when it has none. Pure. */
export function latestValue(values: readonly (number | null)[]): number | null {
  return values.at(-1) ?? null
}
