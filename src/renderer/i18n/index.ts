export { changeLanguage, createI18n } from './create-i18n.ts'
export type { ErrorText } from './error-text.ts'
export { describeCause, describeError, describeErrorKind, describeStatus } from './error-text.ts'
export {
  formatBitRate,
  formatBytes,
  formatDuration,
  formatKiB,
  formatPercent,
  formatTime,
} from './format.ts'
export { isolateName, showBlanks } from './isolate-name.ts'
export { withParticle } from './particles.ts'
export type { Format } from './use-format.ts'
export { useFormat } from './use-format.ts'
