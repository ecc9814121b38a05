import { lazyDialog } from '../../components/lazy-dialog.ts'

export const SettingsDialog = lazyDialog(() => import('./SettingsDialog.tsx').then((module) => module.SettingsDialog))
