import { lazyDialog } from '../../components/lazy-dialog.ts'

export { DriftCard } from './DriftCard.tsx'
export { describeChange } from './describe-change.ts'

export const CompareDriftDialog = lazyDialog(() =>
  import('./CompareDriftDialog.tsx').then((module) => module.CompareDriftDialog),
)
export const AcceptDriftsDialog = lazyDialog(() =>
  import('./AcceptDriftsDialog.tsx').then((module) => module.AcceptDriftsDialog),
)
