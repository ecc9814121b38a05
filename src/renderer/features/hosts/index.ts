import { lazyDialog } from '../../components/lazy-dialog.ts'

export { hostKind } from './kind.tsx'
export { HOST_STATUSES, hostStatusTone } from './status.ts'
export { useLocalSocket, Welcome } from './Welcome.tsx'

export const AddHostDialog = lazyDialog(() => import('./AddHostDialog.tsx').then((module) => module.AddHostDialog))
export const AddHostsDialog = lazyDialog(() =>
  import('./many/AddHostsDialog.tsx').then((module) => module.AddHostsDialog),
)
export const CheckHostDialog = lazyDialog(() =>
  import('./CheckHostDialog.tsx').then((module) => module.CheckHostDialog),
)
export const EditHostDialog = lazyDialog(() => import('./EditHostDialog.tsx').then((module) => module.EditHostDialog))
export const MaintainHostsDialog = lazyDialog(() =>
  import('./MaintainHostsDialog.tsx').then((module) => module.MaintainHostsDialog),
)
export const MoveHostDialog = lazyDialog(() => import('./MoveHostDialog.tsx').then((module) => module.MoveHostDialog))
export const RemoveHostDialog = lazyDialog(() =>
  import('./RemoveHostDialog.tsx').then((module) => module.RemoveHostDialog),
)
