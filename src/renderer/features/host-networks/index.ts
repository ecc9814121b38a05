import { lazyDialog } from '../../components/lazy-dialog.ts'

export const HostNetworksTab = lazyDialog(() =>
  import('./HostNetworksTab.tsx').then((module) => module.HostNetworksTab),
)
export const CopyHostNetworksDialog = lazyDialog(() =>
  import('./CopyHostNetworksDialog.tsx').then((module) => module.CopyHostNetworksDialog),
)
