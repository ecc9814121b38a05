import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import {
  formatBitRate,
  formatBytes,
  formatClock,
  formatDateTime,
  formatDuration,
  formatKiB,
  formatNumber,
  formatPercent,
  formatRate,
  formatTime,
} from './format.ts'

/** The formats in the language of the page. */
export interface Format {
  readonly language: string
  bytes(bytes: number): string
  kib(kib: number): string
  rate(bytesPerSecond: number): string
  bitRate(bytesPerSecond: number): string
  percent(percent: number): string
  number(value: number): string
  time(at: number): string
  clock(at: number): string
  dateTime(at: number): string
  duration(milliseconds: number): string
}

/** Numbers, sizes and times in the page's language. */
export function useFormat(): Format {
  const { language } = useTranslation().i18n
  return useMemo(
    () => ({
      language,
      bytes: (bytes) => formatBytes(bytes, language),
      kib: (kib) => formatKiB(kib, language),
      rate: (bytesPerSecond) => formatRate(bytesPerSecond, language),
      bitRate: (bytesPerSecond) => formatBitRate(bytesPerSecond, language),
      percent: (percent) => formatPercent(percent, language),
      number: (value) => formatNumber(value, language),
      time: (at) => formatTime(at, Date.now(), language),
      clock: (at) => formatClock(at, language),
      dateTime: (at) => formatDateTime(at, language),
      duration: (milliseconds) => formatDuration(milliseconds, language),
    }),
    [language],
  )
}
