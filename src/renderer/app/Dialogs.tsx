import { DialogStack } from '../components/dialog/index.ts'
import { lazyDialog } from '../components/lazy-dialog.ts'
import { CreateClusterDialog, EditClusterDialog, RemoveClusterDialog } from '../features/clusters/index.ts'
import { CreateDatacenterDialog, EditDatacenterDialog, RemoveDatacenterDialog } from '../features/datacenters/index.ts'
import {
  AdoptDiskDialog,
  CopyDiskDialog,
  CreateDiskDialog,
  DownloadDiskDialog,
  DownloadHostVolumeDialog,
  EditDiskDialog,
  MoveDiskDialog,
  ResizeDiskDialog,
  UploadDialog,
  UploadHostVolumeDialog,
  UploadUrlDialog,
} from '../features/disks/index.ts'
import { AcceptDriftsDialog, CompareDriftDialog } from '../features/drift/index.ts'
import { CopyHostNetworksDialog } from '../features/host-networks/index.ts'
import {
  CreateHostPoolDialog,
  CreateHostVolumeDialog,
  EndHostPoolDialog,
  RemoveHostVolumeDialog,
} from '../features/host-pools/index.ts'
import {
  AddHostDialog,
  AddHostsDialog,
  CheckHostDialog,
  EditHostDialog,
  MaintainHostsDialog,
  MoveHostDialog,
  RemoveHostDialog,
} from '../features/hosts/index.ts'
import {
  CreateLibvirtNetworkDialog,
  EditLibvirtNetworkDialog,
  RemoveLibvirtNetworkDialog,
  StopLibvirtNetworkDialog,
} from '../features/libvirt-networks/index.ts'
import { MigrateDialog } from '../features/migration/index.ts'
import {
  AssignNetworkDialog,
  CreateNetworkDialog,
  CreateProfileDialog,
  EditNetworkDialog,
  EditProfileDialog,
} from '../features/networks/index.ts'
import { SettingsDialog } from '../features/settings/index.ts'
import {
  AttachStorageDialog,
  CreateStorageDialog,
  DestroyStorageDialog,
  EditStorageDialog,
  ImportStorageDialog,
  RegisterVmDialog,
  RemoveStorageDialog,
} from '../features/storage/index.ts'
import { CloneVmDialog, EditTemplateDialog, MakeTemplateDialog } from '../features/templates/index.ts'
import {
  AddVmNicDialog,
  AttachDeviceDialog,
  AttachVmDiskDialog,
  BackUpDialog,
  ChangeCdDialog,
  CreateVmDialog,
  DetachDeviceDialog,
  DetachVmDiskDialog,
  EditSnapshotDialog,
  EditVmDialog,
  EditVmNicDialog,
  EditXmlDialog,
  GuestPasswordDialog,
  ImportVmDialog,
  LabelsDialog,
  LimitDiskDialog,
  RemoveBackupDialog,
  RemoveSnapshotDialog,
  RemoveVmDialog,
  RemoveVmNicDialog,
  ResizeDeviceDialog,
  RestoreBackupDialog,
  RevertSnapshotDialog,
  RunInGuestDialog,
  RunOnceDialog,
  TakeSnapshotDialog,
  UnansweredShutdownDialog,
  ViewerDialog,
} from '../features/vms/index.ts'
import { ArrangeColumnsDialog, ConfirmActionDialog, SaveViewDialog } from '../kinds/index.ts'
import type { Dialog } from '../stores/index.ts'

const AboutDialog = lazyDialog(() => import('./AboutDialog.tsx').then((module) => module.AboutDialog))
const ShortcutsDialog = lazyDialog(() => import('./ShortcutsDialog.tsx').then((module) => module.ShortcutsDialog))

/** The dialogs that are open. */
export function Dialogs() {
  return <DialogStack render={(dialog) => <OpenDialog dialog={dialog} />} />
}

function OpenDialog({ dialog }: { readonly dialog: Dialog }) {
  switch (dialog.kind) {
    case 'create-datacenter':
      return <CreateDatacenterDialog />
    case 'edit-datacenter':
      return <EditDatacenterDialog datacenterId={dialog.datacenterId} />
    case 'remove-datacenter':
      return <RemoveDatacenterDialog datacenterId={dialog.datacenterId} />
    case 'create-cluster':
      return <CreateClusterDialog datacenterId={dialog.datacenterId} />
    case 'edit-cluster':
      return <EditClusterDialog clusterId={dialog.clusterId} />
    case 'remove-cluster':
      return <RemoveClusterDialog clusterId={dialog.clusterId} />
    case 'add-host':
      return <AddHostDialog local={dialog.local === true} clusterId={dialog.clusterId ?? null} />
    case 'add-hosts':
      return <AddHostsDialog clusterId={dialog.clusterId ?? null} />
    case 'check-host':
      return <CheckHostDialog hostId={dialog.hostId} />
    case 'edit-host':
      return <EditHostDialog hostId={dialog.hostId} />
    case 'maintain-hosts':
      return <MaintainHostsDialog hostIds={dialog.hostIds} />
    case 'move-host':
      return <MoveHostDialog hostId={dialog.hostId} />
    case 'remove-host':
      return <RemoveHostDialog hostId={dialog.hostId} />
    case 'create-libvirt-network':
      return <CreateLibvirtNetworkDialog hostId={dialog.hostId} />
    case 'edit-libvirt-network':
      return <EditLibvirtNetworkDialog hostId={dialog.hostId} libvirtNetworkId={dialog.libvirtNetworkId} />
    case 'stop-libvirt-network':
      return <StopLibvirtNetworkDialog hostId={dialog.hostId} libvirtNetworkId={dialog.libvirtNetworkId} />
    case 'remove-libvirt-network':
      return <RemoveLibvirtNetworkDialog hostId={dialog.hostId} libvirtNetworkId={dialog.libvirtNetworkId} />
    case 'create-host-pool':
      return <CreateHostPoolDialog hostId={dialog.hostId} />
    case 'end-host-pool':
      return <EndHostPoolDialog hostId={dialog.hostId} poolId={dialog.poolId} way={dialog.way} />
    case 'create-host-volume':
      return <CreateHostVolumeDialog hostId={dialog.hostId} poolId={dialog.poolId} />
    case 'upload-host-volume':
      return <UploadHostVolumeDialog hostId={dialog.hostId} poolId={dialog.poolId} />
    case 'download-host-volume':
      return <DownloadHostVolumeDialog hostId={dialog.hostId} poolId={dialog.poolId} name={dialog.name} />
    case 'remove-host-volume':
      return <RemoveHostVolumeDialog hostId={dialog.hostId} poolId={dialog.poolId} name={dialog.name} />
    case 'compare-drift':
      return <CompareDriftDialog driftId={dialog.driftId} />
    case 'accept-drifts':
      return <AcceptDriftsDialog hostId={dialog.hostId} />
    case 'create-storage':
      return <CreateStorageDialog datacenterId={dialog.datacenterId} />
    case 'import-storage':
      return <ImportStorageDialog datacenterId={dialog.datacenterId} storage={dialog.storage ?? null} />
    case 'edit-storage':
      return <EditStorageDialog storageDomainId={dialog.storageDomainId} />
    case 'attach-storage':
      return <AttachStorageDialog storageDomainId={dialog.storageDomainId} />
    case 'remove-storage':
      return <RemoveStorageDialog storageDomainId={dialog.storageDomainId} />
    case 'destroy-storage':
      return <DestroyStorageDialog storageDomainId={dialog.storageDomainId} />
    case 'register-vm':
      return <RegisterVmDialog storageDomainId={dialog.storageDomainId} vmId={dialog.vmId} name={dialog.name} />
    case 'create-disk':
      return <CreateDiskDialog storageDomainId={dialog.storageDomainId} />
    case 'upload-disk':
      return <UploadDialog storageDomainId={dialog.storageDomainId} files={dialog.files ?? []} />
    case 'upload-url':
      return <UploadUrlDialog storageDomainId={dialog.storageDomainId} />
    case 'edit-disk':
      return <EditDiskDialog diskId={dialog.diskId} />
    case 'resize-disk':
      return <ResizeDiskDialog diskId={dialog.diskId} />
    case 'copy-disk':
      return <CopyDiskDialog diskId={dialog.diskId} />
    case 'move-disk':
      return <MoveDiskDialog diskId={dialog.diskId} />
    case 'adopt-disk':
      return <AdoptDiskDialog diskId={dialog.diskId} />
    case 'download-disk':
      return <DownloadDiskDialog diskId={dialog.diskId} />
    case 'create-network':
      return <CreateNetworkDialog datacenterId={dialog.datacenterId} />
    case 'edit-network':
      return <EditNetworkDialog networkId={dialog.networkId} />
    case 'assign-network':
      return <AssignNetworkDialog clusterId={dialog.clusterId} networkId={dialog.networkId} />
    case 'copy-host-networks':
      return <CopyHostNetworksDialog hostId={dialog.hostId} />
    case 'create-vnic-profile':
      return <CreateProfileDialog networkId={dialog.networkId} />
    case 'edit-vnic-profile':
      return <EditProfileDialog vnicProfileId={dialog.vnicProfileId} />
    case 'create-vm':
      return <CreateVmDialog clusterId={dialog.clusterId} />
    case 'attach-vm-disk':
      return <AttachVmDiskDialog vmId={dialog.vmId} />
    case 'detach-vm-disk':
      return <DetachVmDiskDialog vmId={dialog.vmId} target={dialog.target} />
    case 'limit-vm-disk':
      return <LimitDiskDialog vmId={dialog.vmId} target={dialog.target} />
    case 'attach-vm-device':
      return <AttachDeviceDialog vmId={dialog.vmId} />
    case 'detach-vm-device':
      return <DetachDeviceDialog vmId={dialog.vmId} device={dialog.device} />
    case 'resize-vm-device':
      return <ResizeDeviceDialog vmId={dialog.vmId} device={dialog.device} />
    case 'add-vm-nic':
      return <AddVmNicDialog vmId={dialog.vmId} />
    case 'edit-vm-nic':
      return <EditVmNicDialog vmId={dialog.vmId} macAddress={dialog.macAddress} />
    case 'remove-vm-nic':
      return <RemoveVmNicDialog vmId={dialog.vmId} macAddress={dialog.macAddress} />
    case 'edit-vm':
      return <EditVmDialog vmId={dialog.vmId} />
    case 'import-vm-xml':
      return <ImportVmDialog hostId={dialog.hostId} />
    case 'edit-vm-xml':
      return <EditXmlDialog vmId={dialog.vmId} />
    case 'remove-vm':
      return <RemoveVmDialog vmId={dialog.vmId} />
    case 'run-once':
      return <RunOnceDialog vmId={dialog.vmId} />
    case 'change-cd':
      return <ChangeCdDialog vmId={dialog.vmId} />
    case 'clone-vm':
      return <CloneVmDialog vmId={dialog.vmId} />
    case 'make-template':
      return <MakeTemplateDialog vmId={dialog.vmId} />
    case 'edit-template':
      return <EditTemplateDialog templateId={dialog.templateId} />
    case 'take-snapshot':
      return <TakeSnapshotDialog vmId={dialog.vmId} />
    case 'revert-snapshot':
      return <RevertSnapshotDialog vmId={dialog.vmId} snapshotId={dialog.snapshotId} />
    case 'remove-snapshot':
      return <RemoveSnapshotDialog vmId={dialog.vmId} snapshotId={dialog.snapshotId} />
    case 'edit-snapshot':
      return <EditSnapshotDialog vmId={dialog.vmId} snapshotId={dialog.snapshotId} />
    case 'back-up':
      return <BackUpDialog vmId={dialog.vmId} />
    case 'restore-backup':
      return <RestoreBackupDialog backupId={dialog.backupId} />
    case 'remove-backup':
      return <RemoveBackupDialog backupId={dialog.backupId} />
    case 'vm-viewer':
      return <ViewerDialog vmId={dialog.vmId} />
    case 'vm-labels':
      return <LabelsDialog vmIds={dialog.vmIds} />
    case 'guest-password':
      return <GuestPasswordDialog vmId={dialog.vmId} />
    case 'run-in-guest':
      return <RunInGuestDialog vmId={dialog.vmId} />
    case 'unanswered-shutdown':
      return <UnansweredShutdownDialog vmId={dialog.vmId} />
    case 'migrate':
      return <MigrateDialog vmIds={dialog.vmIds} hostId={dialog.hostId} clusterId={dialog.clusterId} />
    case 'arrange-columns':
      return <ArrangeColumnsDialog entity={dialog.entity} />
    case 'save-view':
      return <SaveViewDialog entity={dialog.entity} />
    case 'confirm-action':
      return <ConfirmActionDialog entity={dialog.entity} action={dialog.action} ids={dialog.ids} />
    case 'settings':
      return <SettingsDialog />
    case 'about':
      return <AboutDialog />
    case 'shortcuts':
      return <ShortcutsDialog />
  }
}
