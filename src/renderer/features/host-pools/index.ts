import { lazyDialog } from '../../components/lazy-dialog.ts'

export { HostPools } from './HostPools.tsx'

export const CreateHostPoolDialog = lazyDialog(() =>
  import('./CreateHostPoolDialog.tsx').then((module) => module.CreateHostPoolDialog),
)
export const EndHostPoolDialog = lazyDialog(() =>
  import('./EndHostPoolDialog.tsx').then((module) => module.EndHostPoolDialog),
)
export const CreateHostVolumeDialog = lazyDialog(() =>
  import('./CreateHostVolumeDialog.tsx').then((module) => module.CreateHostVolumeDialog),
)
export const RemoveHostVolumeDialog = lazyDialog(() =>
  import('./RemoveHostVolumeDialog.tsx').then((module) => module.RemoveHostVolumeDialog),
)
