import type { BackupErrors } from './backup.ts'
import type { ClusterErrors } from './cluster.ts'
import type { ConsoleErrors } from './console.ts'
import type { DatacenterErrors } from './datacenter.ts'
import type { DiskErrors } from './disk.ts'
import type { DriftErrors } from './drift.ts'
import type { EngineErrors } from './engine.ts'
import type { HostErrors } from './host.ts'
import type { HostStorageErrors } from './host-storage.ts'
import type { InventoryErrors } from './inventory.ts'
import type { LibvirtErrors } from './libvirt.ts'
import type { LibvirtNetworkErrors } from './libvirt-network.ts'
import type { MigrationErrors } from './migration.ts'
import type { NetworkErrors } from './network.ts'
import type { SnapshotErrors } from './snapshot.ts'
import type { SshErrors } from './ssh.ts'
import type { StorageErrors } from './storage.ts'
import type { TemplateErrors } from './template.ts'
import type { VmErrors } from './vm.ts'

/**
 * Every error code with the parameters that its text needs. One interface a folder of the engine, so that
 * a reader finds who raises it. The texts themselves live in the renderer's catalogs, in English and Korean.
 */
export interface ErrorParameters
  extends LibvirtErrors,
    SshErrors,
    DatacenterErrors,
    ClusterErrors,
    DriftErrors,
    HostErrors,
    HostStorageErrors,
    LibvirtNetworkErrors,
    DiskErrors,
    BackupErrors,
    StorageErrors,
    NetworkErrors,
    VmErrors,
    MigrationErrors,
    SnapshotErrors,
    TemplateErrors,
    ConsoleErrors,
    InventoryErrors,
    EngineErrors {}

export type ErrorCode = Extract<keyof ErrorParameters, string>
