import { lazyDialog } from '../../components/lazy-dialog.ts'

export { AllPage } from './AllPage.tsx'
export { HostPage } from './HostPage.tsx'
export { hostTone } from './status.ts'
export { HostContextMenu, useHostActions } from './use-host-menu.tsx'
export { useLocalSocket } from './Welcome.tsx'

export const AddHostDialog = lazyDialog(() => import('./AddHostDialog.tsx').then((module) => module.AddHostDialog))
export const EditHostDialog = lazyDialog(() => import('./EditHostDialog.tsx').then((module) => module.EditHostDialog))
export const RemoveHostDialog = lazyDialog(() =>
  import('./RemoveHostDialog.tsx').then((module) => module.RemoveHostDialog),
)
