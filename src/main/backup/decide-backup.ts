import {
  type Backup,
  type BackupKind,
  type BackupReason,
  compareVersions,
  type StorageDomainId,
  type Vm,
  type VmDisk,
} from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'

/** From this libvirt on there are backups of running machines (`virDomainBackupBegin`). */
export const BACKS_UP_SINCE = '6.0.0'

export interface BackupFacts {
  readonly kind: 'auto' | BackupKind
  readonly storageDomainId: StorageDomainId
  /** A checkpoint is wished for. */
  readonly checkpoint: boolean
  /** Of this machine. */
  readonly backups: readonly Backup[]
  /** Those that libvirt has of it now. */
  readonly checkpoints: readonly string[]
  readonly host: { readonly name: string; readonly libvirtVersion: string }
  /** The size of each disk, where it is known, by its target. */
  readonly sizes: ReadonlyMap<string, number>
}

/** How a backup is taken. */
export interface BackupMethod {
  readonly kind: BackupKind
  /** Why it is full; null: it is not. */
  readonly reason: BackupReason | null
  readonly parent: Backup | null
  readonly disks: readonly VmDisk[]
  /** Whether libvirt keeps account of what changes from then on. */
  readonly keepsCheckpoint: boolean
  readonly isRunning: boolean
}

/** The disks that a backup of a machine has: not media, and not what it only reads. Pure. */
export function backedUpDisks({ disks }: Pick<Vm, 'disks'>): readonly VmDisk[] {
  return disks.filter(
    ({ device, readOnly, source }) => (device === 'disk' || device === 'lun') && !readOnly && source !== null,
  )
}

/**
 * How a machine is backed up, or why it cannot be. Errors as values: backup.no-disk, backup.disk-unfit, backup.host-too-old,
 * backup.needs-full. Pure.
 */
export function decideBackup(vm: Vm, facts: BackupFacts): BackupMethod | AppError {
  const about = { subject: vm.name, hostId: vm.hostId }
  const disks = backedUpDisks(vm)
  const { name } = vm
  if (disks.length === 0) return new AppError('backup.no-disk', { name }, about)
  const unfit = disks.find(({ device, sourceType }) => device === 'lun' || sourceType !== 'file')
  if (unfit !== undefined) {
    const what = unfit.device === 'lun' ? 'LUN' : (unfit.sourceType ?? '')
    return new AppError('backup.disk-unfit', { name, target: unfit.target, what }, about)
  }
  const isRunning = vm.status !== 'down'
  const { name: hostName, libvirtVersion: version } = facts.host
  if (isRunning && compareVersions(version, BACKS_UP_SINCE) < 0) {
    return new AppError('backup.host-too-old', { name, hostName, version, needed: BACKS_UP_SINCE }, about)
  }
  const parent = newest(facts.backups)
  const reason = decideReason(vm, disks, parent, facts)
  if (reason !== null && facts.kind === 'incremental') {
    return new AppError('backup.needs-full', { name, hint: reason }, about)
  }
  const canKeep = isRunning && !vm.hasSnapshots && disks.every(({ format }) => format === 'qcow2')
  return {
    kind: reason === null ? 'incremental' : 'full',
    reason,
    parent: reason === null ? parent : null,
    disks,
    keepsCheckpoint: canKeep && facts.checkpoint,
    isRunning,
  }
}

function decideReason(
  vm: Vm,
  disks: readonly VmDisk[],
  parent: Backup | null,
  { kind, storageDomainId, checkpoints, sizes }: BackupFacts,
): BackupReason | null {
  if (kind === 'full') return 'asked'
  if (vm.status === 'down') return 'off'
  if (vm.hasSnapshots) return 'snapshots'
  if (disks.some(({ format }) => format !== 'qcow2')) return 'format'
  if (parent === null || parent.checkpoint === null) return 'first'
  if (parent.storageDomainId !== storageDomainId) return 'elsewhere'
  if (!checkpoints.includes(parent.checkpoint)) return 'checkpoint-lost'
  const isSame = (disk: VmDisk) => {
    const before = parent.disks.find(({ target }) => target === disk.target)
    const size = sizes.get(disk.target)
    return before !== undefined && (size === undefined || size === before.virtualBytes)
  }
  return disks.length === parent.disks.length && disks.every(isSame) ? null : 'disks-changed'
}

/** The one that was taken last. Pure. */
export function newest<B extends Backup>(backups: readonly B[]): B | null {
  return backups.reduce<B | null>(
    (last, each) => (last === null || each.createdAt > last.createdAt ? each : last),
    null,
  )
}

/** A backup and all that lies on it, near or far; it is the first. Pure. */
export function withIncrements<B extends Backup>(backups: readonly B[], first: B): readonly B[] {
  const found = [first]
  for (const each of found) found.push(...backups.filter(({ parentId }) => parentId === each.id))
  return found
}

/**
 * What can go so that so many of a machine's backups in a domain are kept: whole chains, the oldest first, for an incremental one is nothing
 * without those below it. The newest chain stays. Pure.
 */
export function decideRetired<B extends Backup>(backups: readonly B[], keep: number): readonly B[] {
  const chains = backups
    .filter(({ parentId }) => !backups.some(({ id }) => id === parentId))
    .sort((one, other) => one.createdAt - other.createdAt)
    .map((first) => withIncrements(backups, first))
  const retired: B[] = []
  let left = backups.length
  for (const chain of chains.slice(0, -1)) {
    if (left - chain.length < keep) break
    left -= chain.length
    retired.push(...chain)
  }
  return retired
}
