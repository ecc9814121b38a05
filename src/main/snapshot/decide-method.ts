import {
  compareVersions,
  isVolumeOnLuns,
  type SnapshotKind,
  type SnapshotReason,
  type Vm,
  type VmDisk,
} from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { FoundSnapshot } from './fetch-snapshots.ts'

/** From this libvirt on it goes back to external snapshots by itself (release notes of 9.9.0). */
export const REVERTS_LAYERS_SINCE = '9.9.0'
/** From this libvirt on it removes external snapshots, by merging them (release notes of 9.0.0). */
export const REMOVES_LAYERS_SINCE = '9.0.0'

/** How a snapshot is taken. */
export interface SnapshotMethod {
  readonly kind: SnapshotKind
  readonly reason: SnapshotReason
  readonly withMemory: boolean
  /** What is in it. */
  readonly disks: readonly VmDisk[]
}

export interface MethodFacts {
  readonly libvirtVersion: string
  /** Its memory is wished for. */
  readonly memory: boolean
  readonly snapshots: readonly FoundSnapshot[]
}

/** Statuses in which QEMU has the disks. */
export function isRunning({ status }: Pick<Vm, 'status'>): boolean {
  return status !== 'down' && status !== 'suspended'
}

/** What of a machine is kept by a snapshot: not media, and not what it only reads. Pure. */
export function keptDisks({ disks }: Pick<Vm, 'disks'>): readonly VmDisk[] {
  return disks.filter(
    ({ device, readOnly, source }) => (device === 'disk' || device === 'lun') && !readOnly && source !== null,
  )
}

/** Is a snapshot of the external kind, that is, are there layers? Pure. */
export function isExternal({ disks, memory }: Pick<FoundSnapshot, 'disks' | 'memory'>): boolean {
  return memory.kind === 'external' || disks.some(({ kind }) => kind === 'external')
}

/**
 * Inside the images or as layers on them, and why. Where libvirt goes back to layers by itself, those: they cost the running machine
 * least. Before that, inside, wherever images, firmware and what is asked for allow it. Errors as values: snapshot.no-disk,
 * snapshot.disk-unfit. Pure.
 */
export function decideMethod(vm: Vm, { libvirtVersion, memory, snapshots }: MethodFacts): SnapshotMethod | AppError {
  const disks = keptDisks(vm)
  const about = { subject: vm.name }
  if (disks.length === 0) return new AppError('snapshot.no-disk', { name: vm.name }, about)
  const withMemory = memory && isRunning(vm)
  const as = (kind: SnapshotKind, reason: SnapshotReason): SnapshotMethod => ({ kind, reason, withMemory, disks })
  // A volume is as large as its image becomes without any.
  const tight = disks.find(({ source }) => source !== null && isVolumeOnLuns(source))
  if (tight !== undefined) return unfit(vm, tight)
  const formatless = disks.find(
    ({ format, sourceType, device }) => format !== 'qcow2' || sourceType === 'network' || device === 'lun',
  )
  const placeless = disks.find(({ sourceType, device }) => sourceType !== 'file' || device === 'lun')
  const whyNotInside: SnapshotReason | null = snapshots.some(isExternal)
    ? 'has-layers'
    : formatless !== undefined
      ? 'format-holds-none'
      : vm.firmware === 'uefi'
        ? 'firmware'
        : isRunning(vm) && !withMemory
          ? 'without-memory'
          : null
  const revertsLayers = compareVersions(libvirtVersion, REVERTS_LAYERS_SINCE) >= 0
  const hasInside = snapshots.some((each) => each.isRead && !isExternal(each))
  if (placeless === undefined) {
    // Images with snapshots inside get no layers where that can be helped: going back to one inside would lose them.
    if (revertsLayers && !(hasInside && whyNotInside === null)) return as('external', 'host-reverts-layers')
    return whyNotInside === null ? as('internal', 'host-cannot-revert-layers') : as('external', whyNotInside)
  }
  if (whyNotInside === null) return as('internal', 'no-place-for-layers')
  return unfit(vm, formatless ?? placeless)
}

function unfit({ name }: Vm, { target, sourceType, source, format, device }: VmDisk): AppError {
  const isLun = device === 'lun' || (source !== null && isVolumeOnLuns(source))
  const what = [isLun ? 'LUN' : (sourceType ?? ''), format ?? ''].filter(Boolean).join(', ')
  return new AppError('snapshot.disk-unfit', { name, target, what }, { subject: name })
}
