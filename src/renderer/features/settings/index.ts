export { NUMBER_SETTINGS, readNumberSetting } from './number-settings.ts'
export { SettingsDialog } from './SettingsDialog.tsx'
