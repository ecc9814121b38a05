/*
 * Numbers, dates and sizes as a person of a language reads them. Sizes are binary units always.
 */

const numberFormats = new Map<string, Intl.NumberFormat>()

/** Making one costs a hundred times what using it does, and tables use them in every cell. */
function numberFormat(language: string, maximumFractionDigits: number): Intl.NumberFormat {
  const key = `${language} ${maximumFractionDigits}`
  const known = numberFormats.get(key)
  if (known !== undefined) return known
  const made = new Intl.NumberFormat(language, { maximumFractionDigits })
  numberFormats.set(key, made)
  return made
}

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** A number of bytes in the largest binary unit that leaves it at 1 or more: 1,536 → "1.5 KiB". */
export function formatBytes(bytes: number, language: string): string {
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1_024 && unit < SIZE_UNITS.length - 1) {
    value /= 1_024
    unit += 1
  }
  // 1023.96 KiB would be rounded to "1,024 KiB".
  if (Math.round(Math.abs(value)) >= 1_024 && unit < SIZE_UNITS.length - 1) {
    value /= 1_024
    unit += 1
  }
  const digits = unit === 0 || Math.abs(value) >= 100 ? 0 : 1
  const number = numberFormat(language, digits).format(value)
  return `${number} ${SIZE_UNITS[unit]}`
}

/** As {@link formatBytes}, from KiB. */
export function formatKiB(kib: number, language: string): string {
  return formatBytes(kib * 1_024, language)
}

/** "12.4 MiB/s" */
export function formatRate(bytesPerSecond: number, language: string): string {
  return `${formatBytes(bytesPerSecond, language)}/s`
}

/** Network rates are bits by custom, in decimal units: "31 Mbit/s". */
export function formatBitRate(bytesPerSecond: number, language: string): string {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']
  let value = bytesPerSecond * 8
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000
    unit += 1
  }
  const number = numberFormat(language, unit === 0 || value >= 100 ? 0 : 1).format(value)
  return `${number} ${units[unit]}`
}

/** 0–100 → "38 %". */
export function formatPercent(percent: number, language: string): string {
  return `${numberFormat(language, 0).format(percent)} %`
}

export function formatNumber(value: number, language: string): string {
  return numberFormat(language, 3).format(value)
}

/** Time of day with seconds; before it the date when that is not the day of `now`, and the year when that is another. */
export function formatTime(at: number, now: number, language: string): string {
  const date = new Date(at)
  const today = new Date(now)
  const day = date.toDateString() === today.toDateString() ? {} : ({ month: 'short', day: 'numeric' } as const)
  const year = date.getFullYear() === today.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...year,
    ...day,
  }).format(date)
}

/** Time of day without seconds, for axes. */
export function formatClock(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(at),
  )
}

/** Date and time in full, for tooltips. All clocks count to 24. */
export function formatDateTime(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(
    new Date(at),
  )
}

const DURATION_STEPS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const

/** A length of time in its two largest units: "41 days 3 hr", "1 min 4 sec"; below a second "0 sec". */
export function formatDuration(milliseconds: number, language: string): string {
  let rest = Math.max(0, Math.floor(milliseconds / 1_000))
  const parts: string[] = []
  for (const { unit, seconds } of DURATION_STEPS) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    const last = unit === 'second'
    if (count === 0 && (parts.length > 0 || !last)) {
      if (parts.length > 0) break
      continue
    }
    const display = unit === 'day' ? 'long' : 'short'
    parts.push(new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: display }).format(count))
    if (parts.length === 2) break
  }
  return parts.join(' ')
}
