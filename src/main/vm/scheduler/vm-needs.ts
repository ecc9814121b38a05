import type { ClusterId, Disk, HostId, StorageDomainId, Vm, VmId } from '../../../shared/domain/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'

/** What a machine needs of the host that it runs on. */
export interface VmNeeds {
  readonly name: string
  readonly clusterId: ClusterId
  /** One that is there already: what it takes now is not counted against it. */
  readonly vmId: VmId | null
  readonly memoryKiB: number
  readonly vcpus: number
  /** Null: whatever the host has. */
  readonly architecture: string | null
  readonly bridges: readonly string[]
  /** Networks of libvirt. */
  readonly networks: readonly string[]
  readonly storageDomainIds: readonly StorageDomainId[]
  /** The only host that it may run on; null: any of its cluster. */
  readonly pinnedTo: HostId | null
}

/** What a machine needs that is defined already. Pure. */
export function needsOfVm(model: ModelSnapshot, vm: Vm, pinnedTo: HostId | null = null): VmNeeds {
  const sourcesOf = (type: string) =>
    vm.nics.flatMap((nic) => (nic.type === type && nic.source !== null ? [nic.source] : []))
  return {
    name: vm.name,
    clusterId: vm.clusterId,
    vmId: vm.id,
    memoryKiB: vm.memoryKiB,
    vcpus: vm.vcpus,
    architecture: vm.architecture === '' ? null : vm.architecture,
    bridges: sourcesOf('bridge'),
    networks: sourcesOf('network'),
    storageDomainIds: storageOfVm(model, vm),
    pinnedTo,
  }
}

/** The storage domains that files of a machine lie in. Pure. */
export function storageOfVm(model: ModelSnapshot, vm: Pick<Vm, 'disks'>): StorageDomainId[] {
  const paths = vm.disks.flatMap(({ source }) => (source === null ? [] : [source]))
  return [...model.storageDomains.values()]
    .filter(({ targetPath }) => paths.some((path) => path.startsWith(`${targetPath}/`)))
    .map(({ id }) => id)
}

/** The disks of storage domains that a machine has, in the order of its definition. Pure. */
export function disksOfVm(model: ModelSnapshot, vm: Pick<Vm, 'disks'>): Disk[] {
  const known = storageOfVm(model, vm).flatMap((id) => model.disks.where('storageDomainId', id))
  const byPath = new Map(known.map((disk) => [disk.path, disk]))
  return vm.disks.flatMap(({ source }) => byPath.get(source ?? '') ?? [])
}
