import { lazyDialog } from '../../components/lazy-dialog.ts'

export { clusterKind } from './kind.tsx'
export { describeProblemCount } from './status.ts'

export const CreateClusterDialog = lazyDialog(() =>
  import('./CreateClusterDialog.tsx').then((module) => module.CreateClusterDialog),
)
export const EditClusterDialog = lazyDialog(() =>
  import('./EditClusterDialog.tsx').then((module) => module.EditClusterDialog),
)
export const RemoveClusterDialog = lazyDialog(() =>
  import('./RemoveClusterDialog.tsx').then((module) => module.RemoveClusterDialog),
)
