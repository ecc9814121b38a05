import { randomUUID } from 'node:crypto'
import type { ParsedInput } from '../../shared/contract/index.ts'
import {
  type Disk,
  type DiskDefinition,
  diskIdSchema,
  type HostId,
  type StorageDomain,
  type Vm,
  vmIdSchema,
} from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import {
  decideDataDomain,
  decideDomainTakes,
  decideHostHas,
  decideInFolder,
  describeNewDisk,
  fileHostOf,
  firstRefusal,
  foundDiskId,
} from '../disk/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import { decideRegistrable, placeOf } from '../registration/index.ts'
import { decideImport, decideOnVm, type ImportedIdentity, withXmlErrors } from '../vm/index.ts'
import type { KnownBackup } from './backup-manifest.ts'
import { restoredXml } from './backup-xml.ts'

/** What an error names at most. */
const PARTS_NAMED = 8

export type RestoreInput = ParsedInput<'backup.restore'>

/** A new machine that a backup becomes. */
export interface NewMachine {
  readonly hostId: HostId
  readonly identity: ImportedIdentity
  readonly disks: readonly { readonly target: string; readonly definition: DiskDefinition }[]
  /** The definition on its own files, not yet with its own identity. */
  readonly xml: string
}

/** What a backup becomes as a new machine, or why not. `freshId`: its UUID, where the old one is taken. Pure, but for ids of disks where `freshId` is random. */
export function decideNewMachine(
  model: ModelSnapshot,
  backup: KnownBackup,
  input: RestoreInput,
  freshId: string,
): NewMachine | AppError {
  const storageDomainId = input.storageDomainId ?? backup.storageDomainId
  const bytes = backup.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const refusal = firstRefusal(
    decideDataDomain(model, storageDomainId),
    decideInFolder(model, storageDomainId, 'backup.restore'),
    decideDomainTakes(model, storageDomainId, bytes),
    decideSameHost(model, backup.storageDomainId, storageDomainId),
  )
  if (refusal !== null) return refusal
  const hostId = fileHostOf(model, storageDomainId) as HostId | null
  const domain = model.storageDomains.get(storageDomainId)
  if (hostId === null || domain === undefined) return new AppError('storage.unreachable', { name: domain?.name ?? '' })
  const name = input.name ?? backup.name
  const disks = backup.disks.map(({ target, format, virtualBytes }) => {
    const definition = describeNewDisk(domain.storage, {
      // Its own, made of the machine's and its target: the same whenever it is planned.
      id: diskIdSchema.parse(foundDiskId(freshId as StorageDomain['id'], target)),
      storageDomainId,
      alias: `${name}-${target}`.slice(0, 120),
      format: format === 'raw' ? 'raw' : 'qcow2',
      sizeBytes: virtualBytes,
      shareable: false,
      readOnly: false,
      discard: true,
    })
    return { target, definition }
  })
  const files = new Map(
    disks.map(({ target, definition }) => {
      return [target, { path: `${domain.targetPath}/${definition.fileName}`, format: definition.format }] as const
    }),
  )
  try {
    const about = { id: backup.vmId, name, hostId }
    const place = placeOf(model, domain, null)
    // Whoever can write in the domain may have written it.
    const { xml, unfit } = withXmlErrors(about, () =>
      decideRegistrable(restoredXml(backup.xml, files), place, { masksPasswords: true }),
    )
    if (unfit.length > 0) {
      const parts = unfit.slice(0, PARTS_NAMED).join(', ')
      return new AppError('backup.definition-unfit', { name: backup.name, parts }, { subject: backup.name })
    }
    const identity = decideImport(model, { hostId, xml, name }, vmIdSchema.parse(freshId))
    return identity instanceof AppError ? identity : { hostId, identity, disks, xml }
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

/** A disk of a machine, and the image that it is put back to. */
export interface PutBack {
  readonly target: string
  readonly disk: Disk
}

/** Which disks of a machine are put back, or why they cannot be. Pure. */
export function decidePutBack(
  model: ModelSnapshot,
  backup: KnownBackup,
  vmId: Vm['id'],
): { readonly vm: Vm; readonly disks: readonly PutBack[] } | AppError {
  const refusal = decideOnVm(model, vmId, 'backup.restore')
  const vm = model.vms.get(vmId)
  if (refusal !== null || vm === undefined) return refusal ?? new AppError('vm.not-found', { vmId })
  const { name } = vm
  const about = { subject: name, hostId: vm.hostId }
  if (backup.vmId !== vmId) return new AppError('backup.other-machine', { name }, about)
  if (vm.hasSnapshots) return new AppError('snapshot.blocks', { name, action: 'backup.restore' }, about)
  const byPath = new Map([...model.disks.values()].map((disk) => [disk.path, disk]))
  const disks: PutBack[] = []
  for (const { target, format, sizeBytes } of backup.disks) {
    const drive = vm.disks.find((each) => each.target === target)
    const disk = byPath.get(drive?.source ?? '')
    if (disk === undefined || disk.format !== format || disk.backingPath !== null) {
      return new AppError('backup.disk-gone', { name, target }, about)
    }
    const noRoom = firstRefusal(
      decideDomainTakes(model, disk.storageDomainId, sizeBytes),
      decideSameHost(model, backup.storageDomainId, disk.storageDomainId),
    )
    if (noRoom !== null) return noRoom
    disks.push({ target, disk })
  }
  return { vm, disks }
}

/** A host that writes into the one domain has to have the other one, too. */
function decideSameHost(model: ModelSnapshot, fromId: StorageDomain['id'], toId: StorageDomain['id']): AppError | null {
  return decideHostHas(model, fileHostOf(model, toId) as HostId | null, fromId)
}

/** For judging what is not planned yet. */
export const anyId = () => randomUUID()
