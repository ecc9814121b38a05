import type {
  Cluster,
  ClusterId,
  Datacenter,
  DatacenterId,
  Host,
  HostId,
  Settings,
  Task,
  TaskId,
  Vm,
  VmId,
} from '../../shared/domain/index.ts'

/** The whole model at one instant, for pure decisions. The maps are live views: cheap to hand out, not to be kept. */
export interface ModelSnapshot {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly datacenters: ReadonlyMap<DatacenterId, Datacenter>
  readonly clusters: ReadonlyMap<ClusterId, Cluster>
  readonly hosts: ReadonlyMap<HostId, Host>
  readonly vms: ReadonlyMap<VmId, Vm>
  readonly tasks: ReadonlyMap<TaskId, Task>
  readonly settings: Settings
}
