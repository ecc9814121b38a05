import type {
  Cluster,
  ClusterId,
  Datacenter,
  DatacenterId,
  Disk,
  DiskId,
  Host,
  HostId,
  Network,
  NetworkId,
  Settings,
  StorageDomain,
  StorageDomainId,
  Task,
  TaskId,
  Template,
  TemplateId,
  Vm,
  VmId,
  VnicProfile,
  VnicProfileId,
} from '../../shared/domain/index.ts'
import type { Entities } from './entity-table.ts'

/** The whole model at one instant, for pure decisions. The maps are live views: cheap to hand out, not to be kept. */
export interface ModelSnapshot {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly datacenters: Entities<DatacenterId, Datacenter>
  readonly clusters: Entities<ClusterId, Cluster>
  readonly hosts: Entities<HostId, Host>
  readonly vms: Entities<VmId, Vm>
  readonly storageDomains: Entities<StorageDomainId, StorageDomain>
  readonly networks: Entities<NetworkId, Network>
  readonly vnicProfiles: Entities<VnicProfileId, VnicProfile>
  readonly disks: Entities<DiskId, Disk>
  readonly templates: Entities<TemplateId, Template>
  readonly tasks: ReadonlyMap<TaskId, Task>
  readonly settings: Settings
}
