import { lazyComponent } from '../../components/lazy-component.ts'

export const SettingsDialog = lazyComponent(() =>
  import('./SettingsDialog.tsx').then((module) => module.SettingsDialog),
)
