import type { Settings } from '../../../shared/domain/index.ts'

/** The settings that are numbers. */
export type NumberSetting = Exclude<keyof Settings, 'confirmForcedActions'>

export interface NumberSettingSpec {
  readonly id: NumberSetting
  /** The wire's unit in the shown one: 1,000 shows milliseconds as seconds. */
  readonly scale: number
  /** Bounds in the shown unit, as the schema of the settings has them. */
  readonly min: number
  readonly max: number
}

export const NUMBER_SETTINGS: readonly NumberSettingSpec[] = [
  { id: 'connectTimeoutMs', scale: 1_000, min: 1, max: 120 },
  { id: 'nonResponsiveAfterMs', scale: 1_000, min: 5, max: 600 },
  { id: 'nonResponsiveAfterFailures', scale: 1, min: 0, max: 100 },
  { id: 'patiencePerVmMs', scale: 1, min: 0, max: 10_000 },
  { id: 'patienceStorageManagerMs', scale: 1_000, min: 0, max: 600 },
  { id: 'recheckNonOperationalMs', scale: 1_000, min: 10, max: 3_600 },
  { id: 'hostReturnMs', scale: 1_000, min: 5, max: 7_200 },
  { id: 'storagePatienceMs', scale: 1_000, min: 1, max: 3_600 },
  { id: 'networkPatienceMs', scale: 1_000, min: 1, max: 3_600 },
  { id: 'auditDays', scale: 1, min: 1, max: 3_650 },
]

/** A typed number in the wire's unit; `null` when it is none or out of bounds. Pure. */
export function readNumberSetting(spec: NumberSettingSpec, text: string): number | null {
  if (!/^\d+$/.test(text.trim())) return null
  const value = Number(text)
  return value < spec.min || value > spec.max ? null : value * spec.scale
}
