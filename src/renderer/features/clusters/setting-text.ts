import type { TFunction } from 'i18next'
import type { ClusterSettings } from '../../../shared/domain/index.ts'

/** The settings that a summary shows, in its order. The CPU level has a card of its own. */
export const SHOWN_SETTINGS = [
  'description',
  'memoryOvercommitPercent',
  'ksm',
  'ballooning',
  'migrationPolicy',
  'diskAllocation',
  'machineType',
  'firmware',
  'consoleType',
  'macRange',
] as const satisfies readonly (keyof ClusterSettings)[]

/** The value of a setting in words. Pure. */
export function describeSetting(settings: ClusterSettings, name: keyof ClusterSettings, t: TFunction): string {
  switch (name) {
    case 'description':
      return settings.description
    case 'cpuModel':
      return settings.cpuModel ?? t('clusters:value.cpuDetected')
    case 'memoryOvercommitPercent':
      return t(`clusters:value.overcommit.${settings.memoryOvercommitPercent}`)
    case 'ksm':
      return t(`clusters:value.ksm.${settings.ksm}`)
    case 'ballooning':
      return t(settings.ballooning ? 'clusters:value.on' : 'clusters:value.off')
    case 'diskAllocation':
      return t(`clusters:value.disk.${settings.diskAllocation}`)
    case 'migrationPolicy':
      return t(`clusters:value.migration.${settings.migrationPolicy}`)
    case 'macRange':
      return `${settings.macRange.from} – ${settings.macRange.to}`
    case 'machineType':
      return settings.machineType === 'auto' ? t('clusters:value.auto') : settings.machineType
    case 'firmware':
      return t(`clusters:value.firmware.${settings.firmware}`)
    case 'consoleType':
      return t(`clusters:value.console.${settings.consoleType}`)
  }
}
