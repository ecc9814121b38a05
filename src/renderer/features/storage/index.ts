import { lazyDialog } from '../../components/lazy-dialog.ts'

export { refuseContent } from './actions.tsx'
export { HostStorage } from './HostStorage.tsx'
export { storageKind } from './kind.tsx'

export const CreateStorageDialog = lazyDialog(() =>
  import('./CreateStorageDialog.tsx').then((module) => module.CreateStorageDialog),
)
export const ImportStorageDialog = lazyDialog(() =>
  import('./ImportStorageDialog.tsx').then((module) => module.ImportStorageDialog),
)
export const EditStorageDialog = lazyDialog(() =>
  import('./EditStorageDialog.tsx').then((module) => module.EditStorageDialog),
)
export const RegisterVmDialog = lazyDialog(() =>
  import('./RegisterVmDialog.tsx').then((module) => module.RegisterVmDialog),
)
export const AttachStorageDialog = lazyDialog(() =>
  import('./AttachStorageDialog.tsx').then((module) => module.AttachStorageDialog),
)
export const RemoveStorageDialog = lazyDialog(() =>
  import('./RemoveStorageDialog.tsx').then((module) => module.RemoveStorageDialog),
)
export const DestroyStorageDialog = lazyDialog(() =>
  import('./RemoveStorageDialog.tsx').then((module) => module.DestroyStorageDialog),
)
