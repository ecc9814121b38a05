import { lazyDialog } from '../../components/lazy-dialog.ts'

export { HostLibvirtNetworks } from './HostLibvirtNetworks.tsx'

export const CreateLibvirtNetworkDialog = lazyDialog(() =>
  import('./NetworkDialog.tsx').then((module) => module.CreateLibvirtNetworkDialog),
)
export const EditLibvirtNetworkDialog = lazyDialog(() =>
  import('./NetworkDialog.tsx').then((module) => module.EditLibvirtNetworkDialog),
)
export const StopLibvirtNetworkDialog = lazyDialog(() =>
  import('./EndNetworkDialog.tsx').then((module) => module.StopLibvirtNetworkDialog),
)
export const RemoveLibvirtNetworkDialog = lazyDialog(() =>
  import('./EndNetworkDialog.tsx').then((module) => module.RemoveLibvirtNetworkDialog),
)
