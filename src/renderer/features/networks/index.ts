import { lazyDialog } from '../../components/lazy-dialog.ts'

export { networkKind } from './kind.tsx'
export { ClusterNetworks } from './NetworkAssignments.tsx'
export { vnicProfileKind } from './profile-kind.tsx'

export { describeRoles, describeVlan } from './status.ts'

export const TopologyTab = lazyDialog(() => import('./TopologyTab.tsx').then((module) => module.TopologyTab))
export const CreateNetworkDialog = lazyDialog(() =>
  import('./NetworkDialogs.tsx').then((module) => module.CreateNetworkDialog),
)
export const EditNetworkDialog = lazyDialog(() =>
  import('./NetworkDialogs.tsx').then((module) => module.EditNetworkDialog),
)
export const AssignNetworkDialog = lazyDialog(() =>
  import('./AssignNetworkDialog.tsx').then((module) => module.AssignNetworkDialog),
)
export const CreateProfileDialog = lazyDialog(() =>
  import('./ProfileDialogs.tsx').then((module) => module.CreateProfileDialog),
)
export const EditProfileDialog = lazyDialog(() =>
  import('./ProfileDialogs.tsx').then((module) => module.EditProfileDialog),
)
