import { lazyDialog } from '../../components/lazy-dialog.ts'

export { DomainSelect } from './DomainSelect.tsx'
export { FileDrop } from './FileDrop.tsx'
export { diskKind } from './kind.tsx'
export { guardTransfers, TransferList, useRunningTransfers } from './transfers/index.ts'
export { useDomainChoices } from './use-domain-choices.ts'

export const UploadDialog = lazyDialog(() => import('./UploadDialog.tsx').then((module) => module.UploadDialog))
export const UploadUrlDialog = lazyDialog(() =>
  import('./UploadUrlDialog.tsx').then((module) => module.UploadUrlDialog),
)
export const CreateDiskDialog = lazyDialog(() =>
  import('./CreateDiskDialog.tsx').then((module) => module.CreateDiskDialog),
)
export const EditDiskDialog = lazyDialog(() => import('./EditDiskDialog.tsx').then((module) => module.EditDiskDialog))
export const ResizeDiskDialog = lazyDialog(() =>
  import('./ResizeDiskDialog.tsx').then((module) => module.ResizeDiskDialog),
)
export const CopyDiskDialog = lazyDialog(() => import('./CopyDiskDialog.tsx').then((module) => module.CopyDiskDialog))
export const MoveDiskDialog = lazyDialog(() => import('./MoveDiskDialog.tsx').then((module) => module.MoveDiskDialog))
export const AdoptDiskDialog = lazyDialog(() =>
  import('./AdoptDiskDialog.tsx').then((module) => module.AdoptDiskDialog),
)
export const DownloadDiskDialog = lazyDialog(() =>
  import('./DownloadDiskDialog.tsx').then((module) => module.DownloadDiskDialog),
)
export const UploadHostVolumeDialog = lazyDialog(() =>
  import('./UploadHostVolumeDialog.tsx').then((module) => module.UploadHostVolumeDialog),
)
export const DownloadHostVolumeDialog = lazyDialog(() =>
  import('./DownloadHostVolumeDialog.tsx').then((module) => module.DownloadHostVolumeDialog),
)
