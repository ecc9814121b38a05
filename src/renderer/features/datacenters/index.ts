import { lazyDialog } from '../../components/lazy-dialog.ts'

export { ActivationCard } from './ActivationCard.tsx'
export { DatacenterOverview } from './DatacenterOverview.tsx'
export { datacenterKind } from './kind.tsx'

export const CreateDatacenterDialog = lazyDialog(() =>
  import('./DatacenterDialogs.tsx').then((module) => module.CreateDatacenterDialog),
)
export const EditDatacenterDialog = lazyDialog(() =>
  import('./DatacenterDialogs.tsx').then((module) => module.EditDatacenterDialog),
)
export const RemoveDatacenterDialog = lazyDialog(() =>
  import('./RemoveDatacenterDialog.tsx').then((module) => module.RemoveDatacenterDialog),
)
