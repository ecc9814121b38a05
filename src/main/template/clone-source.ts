import type { Disk, Vm, VmDisk, VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import { type FoundSnapshot, findSnapshot, isExternal, isRunning, keptDisks } from '../snapshot/index.ts'
import { decideAction, requireVm } from '../vm/index.ts'
import { parseDomain, XmlError } from '../xml/index.ts'

/** A disk that a clone or a template gets one like. */
export interface SourceDisk {
  /** As the definition calls it: "vda". */
  readonly target: string
  readonly bus: string
  readonly path: string
  readonly format: 'qcow2' | 'raw'
  /** One inside the image; null: the image as it is. */
  readonly snapshot: string | null
  /** QEMU has the image open. */
  readonly inUse: boolean
  /** Nobody writes it any more, so that layers may lie on it. */
  readonly isFrozen: boolean
  /** As a storage domain knows it; null: it lies in none. */
  readonly disk: Disk | null
}

/** What of a machine becomes another one. */
export interface CloneSource {
  readonly vm: Vm
  readonly disks: readonly SourceDisk[]
  readonly nicCount: number
}

/** May it be cloned at all, by what is known without asking its host? Null: it may. Pure. */
export function decideClonable(model: ModelSnapshot, vmId: VmId, snapshotId: string | undefined): AppError | null {
  const refusal = decideAction(model, vmId, 'clone')
  const vm = model.vms.get(vmId)
  if (refusal !== null || vm === undefined || snapshotId !== undefined || vm.status === 'down') return refusal
  const { name, status, hostId } = vm
  return new AppError('clone.running', { name, status }, { subject: name, hostId })
}

/**
 * The disks of a machine as it is, or as it was at a snapshot, from which others are made. Those that several machines write, and those that
 * are only read, are not among them: whoever is like it has the same. Errors as values: vm.…, clone.…, snapshot.not-found. Pure.
 */
export function decideCloneSource(
  model: ModelSnapshot,
  vmId: VmId,
  { snapshotId, snapshots }: { readonly snapshotId?: string | undefined; readonly snapshots: readonly FoundSnapshot[] },
): CloneSource | AppError {
  const refusal = decideClonable(model, vmId, snapshotId)
  if (refusal !== null) return refusal
  const vm = requireVm(model, vmId)
  const byPath = new Map([...model.disks.values()].map((disk) => [disk.path, disk]))
  const own = keptDisks(vm).filter(({ source }) => byPath.get(source ?? '')?.shareable !== true)
  if (snapshotId === undefined) {
    const disks = joinDisks(own.map((disk) => sourceOf(vm, disk, { snapshot: null, inUse: false, isFrozen: false })))
    return disks instanceof AppError ? disks : { vm, disks: withKnown(disks, byPath), nicCount: vm.nics.length }
  }
  const found = findSnapshot(vm, snapshots, snapshotId)
  if (found instanceof AppError) return found
  const then = definitionThen(vm, found)
  if (then instanceof AppError) return then
  const disks = joinDisks(own.map((disk) => sourceThen(vm, disk, found, then.disks)))
  return disks instanceof AppError ? disks : { vm, disks: withKnown(disks, byPath), nicCount: then.nics.length }
}

type Unknown = Omit<SourceDisk, 'disk'>
type Kept = Pick<SourceDisk, 'snapshot' | 'inUse' | 'isFrozen'>

function definitionThen(vm: Vm, { name, domainXml }: FoundSnapshot) {
  const unread = new AppError('vm.definition-unreadable', { name: vm.name, detail: `snapshot ${name}` })
  if (domainXml === null) return unread
  try {
    return parseDomain(domainXml)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return unread
  }
}

/** A disk as it was: inside its image, or as the image that a layer was made over. */
function sourceThen(vm: Vm, disk: VmDisk, found: FoundSnapshot, then: readonly VmDisk[]): Unknown | AppError {
  const { target } = disk
  const kept = found.disks.find((each) => each.target === target)
  const was = then.find((each) => each.target === target)
  const isOutside = kept === undefined || kept.kind === 'no' || was === undefined
  if (isOutside) {
    const params = { name: vm.name, target, snapshot: found.name }
    return new AppError('clone.not-in-snapshot', params, { subject: vm.name })
  }
  const isLayered = isExternal(found) && kept.kind === 'external'
  const inUse = isRunning(vm) && !isLayered
  return sourceOf(vm, was, { snapshot: isLayered ? null : found.name, inUse, isFrozen: isLayered })
}

function sourceOf(vm: Vm, { target, bus, source, sourceType, format }: VmDisk, kept: Kept): Unknown | AppError {
  const isPlain = source?.startsWith('/') === true && (sourceType === 'file' || sourceType === 'block')
  const read = format ?? 'raw'
  if (!isPlain || (read !== 'qcow2' && read !== 'raw')) {
    const what = [sourceType ?? '', format ?? ''].filter(Boolean).join(', ')
    return new AppError('clone.disk-unfit', { name: vm.name, target, what }, { subject: vm.name })
  }
  return { target, bus, path: source, format: read, ...kept }
}

function joinDisks(disks: readonly (Unknown | AppError)[]): readonly Unknown[] | AppError {
  const whole: Unknown[] = []
  for (const disk of disks) {
    if (disk instanceof AppError) return disk
    whole.push(disk)
  }
  return whole
}

function withKnown(disks: readonly Unknown[], byPath: ReadonlyMap<string, Disk>): readonly SourceDisk[] {
  return disks.map((each) => ({ ...each, disk: byPath.get(each.path) ?? null }))
}
