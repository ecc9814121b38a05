import { lazyDialog } from '../../components/lazy-dialog.ts'

export { vmKind } from './kind.tsx'
export { VM_STATUSES, vmStatusTone, vmTone } from './status.ts'
export { ShutdownQuestions } from './stop/ShutdownQuestions.tsx'

export const CreateVmDialog = lazyDialog(() =>
  import('./create/CreateVmDialog.tsx').then((module) => module.CreateVmDialog),
)
export const EditVmDialog = lazyDialog(() => import('./edit/EditVmDialog.tsx').then((module) => module.EditVmDialog))
export const EditXmlDialog = lazyDialog(() => import('./xml/EditXmlDialog.tsx').then((module) => module.EditXmlDialog))
export const ImportVmDialog = lazyDialog(() =>
  import('./xml/ImportVmDialog.tsx').then((module) => module.ImportVmDialog),
)
export const LabelsDialog = lazyDialog(() => import('./labels/LabelsDialog.tsx').then((module) => module.LabelsDialog))
export const RemoveVmDialog = lazyDialog(() => import('./RemoveVmDialog.tsx').then((module) => module.RemoveVmDialog))
export const RunOnceDialog = lazyDialog(() => import('./run/RunOnceDialog.tsx').then((module) => module.RunOnceDialog))
export const ChangeCdDialog = lazyDialog(() =>
  import('./run/ChangeCdDialog.tsx').then((module) => module.ChangeCdDialog),
)
export const TakeSnapshotDialog = lazyDialog(() =>
  import('./snapshots/TakeSnapshotDialog.tsx').then((module) => module.TakeSnapshotDialog),
)
export const RevertSnapshotDialog = lazyDialog(() =>
  import('./snapshots/SnapshotDialogs.tsx').then((module) => module.RevertSnapshotDialog),
)
export const RemoveSnapshotDialog = lazyDialog(() =>
  import('./snapshots/SnapshotDialogs.tsx').then((module) => module.RemoveSnapshotDialog),
)
export const EditSnapshotDialog = lazyDialog(() =>
  import('./snapshots/SnapshotDialogs.tsx').then((module) => module.EditSnapshotDialog),
)
export const BackUpDialog = lazyDialog(() => import('./backups/BackUpDialog.tsx').then((module) => module.BackUpDialog))
export const RestoreBackupDialog = lazyDialog(() =>
  import('./backups/BackupDialogs.tsx').then((module) => module.RestoreBackupDialog),
)
export const RemoveBackupDialog = lazyDialog(() =>
  import('./backups/BackupDialogs.tsx').then((module) => module.RemoveBackupDialog),
)
export const UnansweredShutdownDialog = lazyDialog(() =>
  import('./stop/UnansweredShutdownDialog.tsx').then((module) => module.UnansweredShutdownDialog),
)
export const AttachVmDiskDialog = lazyDialog(() =>
  import('./hardware/AttachVmDiskDialog.tsx').then((module) => module.AttachVmDiskDialog),
)
export const DetachVmDiskDialog = lazyDialog(() =>
  import('./hardware/RemoveDeviceDialog.tsx').then((module) => module.DetachVmDiskDialog),
)
export const LimitDiskDialog = lazyDialog(() =>
  import('./hardware/LimitDiskDialog.tsx').then((module) => module.LimitDiskDialog),
)
export const AttachDeviceDialog = lazyDialog(() =>
  import('./hardware/AttachDeviceDialog.tsx').then((module) => module.AttachDeviceDialog),
)
export const DetachDeviceDialog = lazyDialog(() =>
  import('./hardware/DeviceDialogs.tsx').then((module) => module.DetachDeviceDialog),
)
export const ResizeDeviceDialog = lazyDialog(() =>
  import('./hardware/DeviceDialogs.tsx').then((module) => module.ResizeDeviceDialog),
)
export const AddVmNicDialog = lazyDialog(() =>
  import('./hardware/VmNicDialogs.tsx').then((module) => module.AddVmNicDialog),
)
export const EditVmNicDialog = lazyDialog(() =>
  import('./hardware/VmNicDialogs.tsx').then((module) => module.EditVmNicDialog),
)
export const RemoveVmNicDialog = lazyDialog(() =>
  import('./hardware/RemoveDeviceDialog.tsx').then((module) => module.RemoveVmNicDialog),
)
export const GuestPasswordDialog = lazyDialog(() =>
  import('./guest/GuestPasswordDialog.tsx').then((module) => module.GuestPasswordDialog),
)
export const ViewerDialog = lazyDialog(() => import('./run/ViewerDialog.tsx').then((module) => module.ViewerDialog))
export const RunInGuestDialog = lazyDialog(() =>
  import('./guest/RunInGuestDialog.tsx').then((module) => module.RunInGuestDialog),
)
