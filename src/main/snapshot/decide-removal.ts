import { compareVersions, type Disk, type Vm, type VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { isExternal, REMOVES_LAYERS_SINCE, REVERTS_LAYERS_SINCE } from './decide-method.ts'
import type { FoundSnapshot } from './fetch-snapshots.ts'

/** `host`: libvirt removes it, merging its layers. `drop`: nothing goes on from it, so its files go. */
export type RemovalMethod = 'host' | 'drop'

export interface SnapshotHost {
  readonly name: string
  readonly libvirtVersion: string
}

/** The snapshots that what the machine is now goes on from, the current one first. Pure. */
export function lineageOf(snapshots: readonly FoundSnapshot[]): readonly FoundSnapshot[] {
  const byName = new Map(snapshots.map((each) => [each.name, each]))
  const line: FoundSnapshot[] = []
  let next = snapshots.find(({ isCurrent }) => isCurrent)
  while (next !== undefined && !line.includes(next)) {
    line.push(next)
    next = next.parent === null ? undefined : byName.get(next.parent)
  }
  return line
}

/** All that go on from one, near or far. Pure. */
export function descendantsOf(snapshots: readonly FoundSnapshot[], name: string): readonly FoundSnapshot[] {
  const found: FoundSnapshot[] = []
  const waiting = [name]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const each of snapshots) {
      if (each.parent !== next || found.includes(each)) continue
      found.push(each)
      waiting.push(each.name)
    }
  }
  return found
}

/** The one of that name. Errors as values: snapshot.not-found. Pure. */
export function findSnapshot(
  vm: Pick<Vm, 'name'>,
  snapshots: readonly FoundSnapshot[],
  name: string,
): FoundSnapshot | AppError {
  const found = snapshots.find((each) => each.name === name)
  return found ?? new AppError('snapshot.not-found', { name: vm.name, snapshot: name }, { subject: vm.name })
}

/**
 * How a snapshot is removed, or why it cannot be: layers that others than the machine as it is now go on from are not merged, as that would
 * change what those have. Pure.
 */
export function decideRemoval(
  vm: Pick<Vm, 'name'>,
  snapshots: readonly FoundSnapshot[],
  name: string,
  host: SnapshotHost,
): RemovalMethod | AppError {
  const found = findSnapshot(vm, snapshots, name)
  if (found instanceof AppError) return found
  const about = { subject: vm.name }
  const descendants = descendantsOf(snapshots, name)
  if (!isExternal(found)) {
    const layered = descendants.find(isExternal)
    if (layered === undefined) return 'host'
    return new AppError('snapshot.below-layers', { name: vm.name, snapshot: name, other: layered.name }, about)
  }
  if (compareVersions(host.libvirtVersion, REMOVES_LAYERS_SINCE) < 0) return tooOld(vm, host, REMOVES_LAYERS_SINCE)
  if (compareVersions(host.libvirtVersion, REVERTS_LAYERS_SINCE) >= 0) return 'host'
  const lineage = lineageOf(snapshots)
  const branches = snapshots.filter((each) => each.parent === name && !lineage.includes(each))
  if (branches.length > 0) {
    const others = branches.map((each) => each.name).join(', ')
    return new AppError('snapshot.has-branches', { name: vm.name, snapshot: name, others }, about)
  }
  return lineage.includes(found) ? 'host' : 'drop'
}

/**
 * Does nobody but the machine lie on the images that the removal of a snapshot would change or remove? Null: nobody does. What a thin clone, or
 * a disk that no machine has, goes on from must stay as it is. Pure.
 */
export function decideNoClones(
  vm: Pick<Vm, 'id' | 'name'>,
  found: Pick<FoundSnapshot, 'name' | 'disks' | 'sources'>,
  disks: Iterable<Pick<Disk, 'path' | 'backingPath' | 'registered' | 'alias' | 'usedBy'>>,
): AppError | null {
  const layered = found.disks.filter(({ kind }) => kind === 'external')
  const changed = new Set(layered.flatMap(({ target, layer }) => [found.sources.get(target), layer]))
  const others = new Map<VmId | string, string>()
  for (const { path, backingPath, registered, alias, usedBy } of disks) {
    if (changed.has(path)) for (const { vmId, name } of usedBy) if (vmId !== vm.id) others.set(vmId, name)
    const isNobodys = registered && usedBy.length === 0 && backingPath !== null && changed.has(backingPath)
    if (isNobodys) others.set(path, alias)
  }
  if (others.size === 0) return null
  const params = { name: vm.name, snapshot: found.name, others: [...others.values()].sort().join(', ') }
  return new AppError('snapshot.has-clones', params, { subject: vm.name })
}

/** `host`: libvirt goes back by itself. `layers`: by a new layer on the image as it was then. */
export type RevertMethod = 'host' | 'layers'

/** How a machine goes back to a snapshot, or why it cannot. Pure. */
export function decideRevert(
  vm: Pick<Vm, 'name'>,
  snapshots: readonly FoundSnapshot[],
  name: string,
  host: SnapshotHost,
): RevertMethod | AppError {
  const found = findSnapshot(vm, snapshots, name)
  if (found instanceof AppError) return found
  const about = { subject: vm.name }
  if (!isExternal(found)) {
    // libvirt would write into the image that those layers lie on.
    const layered = descendantsOf(snapshots, name).find(isExternal)
    if (layered === undefined) return 'host'
    return new AppError('snapshot.below-layers', { name: vm.name, snapshot: name, other: layered.name }, about)
  }
  if (compareVersions(host.libvirtVersion, REVERTS_LAYERS_SINCE) >= 0) return 'host'
  if (compareVersions(host.libvirtVersion, REMOVES_LAYERS_SINCE) < 0) return tooOld(vm, host, REMOVES_LAYERS_SINCE)
  const isWhole =
    found.domainXml !== null &&
    found.disks.every(({ kind, target }) => kind !== 'external' || found.sources.has(target))
  return isWhole ? 'layers' : tooOld(vm, host, REVERTS_LAYERS_SINCE)
}

function tooOld(vm: Pick<Vm, 'name'>, host: SnapshotHost, needed: string): AppError {
  const { name: hostName, libvirtVersion: version } = host
  return new AppError('snapshot.host-too-old', { name: vm.name, hostName, version, needed }, { subject: vm.name })
}
