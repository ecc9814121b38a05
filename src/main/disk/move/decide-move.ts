import type { ParsedInput } from '../../../shared/contract/index.ts'
import type { Disk, DiskFormat, StorageDomain, Vm, VmDisk, VmStatus } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { decideCopy } from '../copy-file.ts'
import { decideFileIdle } from '../decide-idle.ts'
import {
  decideFileFree,
  decideHostHas,
  decideNoBase,
  decideUnused,
  decideWithoutSnapshots,
  firstRefusal,
  mayRun,
  requireDisk,
} from '../rules.ts'

const REFERENCES_NAMED = 8
/** Statuses of a machine whose QEMU can mirror a disk. */
const MIRRORS: ReadonlySet<VmStatus> = new Set<VmStatus>(['up', 'paused'])
const CONVERTIBLE: ReadonlySet<DiskFormat> = new Set<DiskFormat>(['raw', 'qcow2'])

/**
 * How a disk gets to another domain. `file`: no machine has it. `stopped`: its machine is off, and is told where it is afterwards.
 * `running`: its machine writes to both until it goes on with the new one.
 */
export type MoveWay =
  | { readonly kind: 'file' }
  | { readonly kind: 'stopped' | 'running'; readonly vm: Vm; readonly drive: VmDisk }

type MoveInput = ParsedInput<'disk.move'>

/** May it be moved there, and so? Pure. */
export function decideMove(model: ModelSnapshot, input: MoveInput): AppError | null {
  const { diskId, storageDomainId } = input
  const refusal = firstRefusal(
    decideSameDomain(model, input),
    decideCopy(model, diskId, storageDomainId),
    decideNoBase(model, diskId, 'disk.move'),
    decideConvertible(model, input),
  )
  if (refusal !== null) return refusal
  const way = decideMoveWay(model, diskId)
  if (way instanceof AppError) return way
  const { disk } = requireDisk(model, diskId)
  return firstRefusal(
    way.kind === 'file' ? null : decideHostHas(model, way.vm.hostId, storageDomainId),
    decideNameFree(model, storageDomainId, movedFileName(disk, input.format)),
  )
}

/** A file that an operation is at work on is not in the way: who asks is told of that one. The host looks again before it makes the file. */
function decideNameFree(model: ModelSnapshot, storageDomainId: StorageDomain['id'], fileName: string): AppError | null {
  const taken = decideFileFree(model, storageDomainId, fileName)
  return taken === null || decideFileIdle(model, storageDomainId, fileName) !== null ? null : taken
}

/** How it is moved, by who has it; or why not. Throws disk.not-found. Pure. */
export function decideMoveWay(model: ModelSnapshot, diskId: Disk['id']): MoveWay | AppError {
  const { disk } = requireDisk(model, diskId)
  const { alias, usedBy } = disk
  const [user, ...others] = usedBy
  if (user === undefined) return { kind: 'file' }
  // A medium is no machine's own.
  if (disk.kind === 'image') return decideUnused(model, diskId) ?? { kind: 'file' }
  if (disk.shareable || others.length > 0) {
    const references = usedBy
      .slice(0, REFERENCES_NAMED)
      .map(({ vmId: id, name }) => ({ kind: 'vm' as const, id, name }))
    return new AppError('disk.move-shared', { alias, count: usedBy.length, references })
  }
  const vm = model.vms.get(user.vmId)
  if (vm === undefined) return decideUnused(model, diskId) ?? { kind: 'file' }
  const kept = decideWithoutSnapshots(model, diskId, 'disk.move')
  if (kept !== null) return kept
  const about = { subject: vm.name, hostId: vm.hostId }
  const drive = vm.disks.find(({ source }) => source === disk.path)
  // It has a layer that lies on it, or names it as a volume of a pool.
  const what = drive === undefined ? 'layer' : decideUnfit(drive)
  if (drive === undefined || what !== null) {
    return new AppError('disk.move-unfit', { alias, name: vm.name, what: what ?? '' }, about)
  }
  if (vm.status === 'down') return { kind: 'stopped', vm, drive }
  if (mayRun(vm.status) && MIRRORS.has(vm.status)) return { kind: 'running', vm, drive }
  return new AppError('vm.wrong-status', { name: vm.name, status: vm.status, action: 'disk.move' }, about)
}

function decideUnfit({ device, sourceType }: VmDisk): string | null {
  if (device === 'lun') return 'LUN'
  return sourceType === 'file' ? null : (sourceType ?? 'none')
}

/** What a disk is kept as once it was moved. Pure. */
export function movedFormat({ format }: Pick<Disk, 'format'>, wished: MoveInput['format']): DiskFormat {
  return wished ?? format
}

/** What its file is called then: its ending tells its format. Pure. */
export function movedFileName(disk: Pick<Disk, 'fileName' | 'format'>, wished: MoveInput['format']): string {
  if (wished === undefined || wished === disk.format) return disk.fileName
  const stem = disk.fileName.replace(/(.)\.(?:raw|qcow2|img)$/i, '$1')
  return `${stem}.${wished}`
}

function decideSameDomain(model: ModelSnapshot, { diskId, storageDomainId }: MoveInput): AppError | null {
  const disk = model.disks.get(diskId)
  if (disk === undefined || disk.storageDomainId !== storageDomainId) return null
  const name = model.storageDomains.get(storageDomainId)?.name ?? ''
  return new AppError('disk.same-domain', { alias: disk.alias, name })
}

function decideConvertible(model: ModelSnapshot, { diskId, format }: MoveInput): AppError | null {
  const disk = model.disks.get(diskId)
  const isAsked = format !== undefined && format !== disk?.format
  if (disk === undefined || !isAsked || (disk.kind === 'disk' && CONVERTIBLE.has(disk.format))) return null
  return new AppError('disk.wrong-format', { alias: disk.alias, format: disk.format, action: 'disk.move' })
}
