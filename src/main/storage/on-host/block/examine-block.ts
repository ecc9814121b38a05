import { type BlockStorage, isBlockStorage } from '../../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../../shared/errors/index.ts'
import { parseDescriptor } from '../descriptor-text.ts'
import { runAsRoot } from '../root-script.ts'
import type { DomainDescriptor, HostCallOptions, StorageExamination, StorageHost, WantedStorage } from '../types.ts'
import { explainBlock } from './explain-block.ts'
import { logInForNow } from './iscsi-script.ts'
import { findDevices, LUN_FUNCTIONS } from './lun-script.ts'
import { groupOf, LUN_MINIMUM_BYTES, LVM_FUNCTION, METADATA_VOLUME, metadataFolderOf } from './lvm-script.ts'
import type { HostLun, LunScan } from './parse-luns.ts'
import { scanLuns } from './scan-luns.ts'

const READ_TIMEOUT_MS = 240_000

/** Looks on one host at the LUNs of a domain that is to be made or imported. Nothing is written on them; nothing stays on the host. */
export async function examineLuns(
  host: StorageHost,
  wanted: WantedStorage,
  options: HostCallOptions,
): Promise<StorageExamination> {
  const { storage, type, chapPassword } = wanted
  if (!isBlockStorage(storage)) throw new Error('not a domain on LUNs')
  if (type !== 'data') return failed([new AppError('storage.block-data-only', { type })])
  const access = storage.kind === 'iscsi' ? { ...storage, chapPassword } : { targets: [] }
  try {
    const scan = await scanLuns(host, access, options)
    const errors = decideLunVerdicts(host, { ...wanted, storage }, scan)
    const luns = scan.luns.filter(({ lunId }) => storage.lunIds.includes(lunId))
    const holds = luns.find(({ storageDomainId }) => storageDomainId !== null)?.storageDomainId ?? null
    const isComplete = wanted.purpose !== 'create' && errors.length === 0 && holds !== null
    const descriptor = isComplete ? await readDescriptor(host, holds, access, storage, options) : null
    return {
      errors,
      warnings: [],
      descriptor,
      mounted: null,
      capacityBytes: luns.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      availableBytes: null,
      luns: luns.map(({ lunId, sizeBytes }) => ({ lunId, sizeBytes })),
    }
  } catch (error) {
    const isAnswer = isAppError(error) && /^storage\.(?!needs)/.test(error.code)
    if (isAnswer) return failed([error])
    throw error
  }
}

/** What stands in the way of a domain on these LUNs on one host, each for itself. Pure. */
export function decideLunVerdicts(
  { id, definition: { name: hostName } }: Pick<StorageHost, 'id' | 'definition'>,
  { storage, purpose }: { readonly storage: BlockStorage; readonly purpose: WantedStorage['purpose'] },
  { luns, hasLvm }: LunScan,
): AppError[] {
  const about = { hostId: id }
  const errors: AppError[] = []
  if (!hasLvm) errors.push(new AppError('storage.lvm-missing', { hostName, remedy: 'apt-get install lvm2' }, about))
  for (const lunId of storage.lunIds) {
    const lun = luns.find((one) => one.lunId === lunId)
    const error = lun === undefined ? new AppError('storage.lun-missing', { hostName, lunId }, about) : judge(lun)
    if (error !== null) errors.push(error)
  }
  return errors

  function judge({ lunId, use, sizeBytes, storageDomainId, missingCount }: HostLun): AppError | null {
    if (purpose !== 'create') {
      if (storageDomainId === null) return new AppError('storage.no-descriptor', { hostName, path: lunId }, about)
      const volumeGroup = groupOf(storageDomainId)
      return missingCount > 0 ? new AppError('storage.volume-group-incomplete', { hostName, volumeGroup }, about) : null
    }
    if (storageDomainId !== null) {
      const name = groupOf(storageDomainId)
      return new AppError('storage.holds-domain', { hostName, path: lunId, name, storageDomainId }, about)
    }
    if (use.kind !== 'free')
      return new AppError('storage.lun-in-use', { hostName, lunId, use: use.kind, what: use.name ?? '' }, about)
    if (sizeBytes >= LUN_MINIMUM_BYTES) return null
    return new AppError('storage.lun-too-small', { lunId, sizeBytes, minimumBytes: LUN_MINIMUM_BYTES }, about)
  }
}

/** Mounts the domain's own file system for reading only, where nobody else sees it, without its journal: another host may be writing it. */
async function readDescriptor(
  host: StorageHost,
  id: string,
  access: Parameters<typeof scanLuns>[1],
  storage: BlockStorage,
  options: HostCallOptions,
): Promise<DomainDescriptor | null> {
  const volume = `${groupOf(id)}/${METADATA_VOLUME}`
  const folder = metadataFolderOf({ id: id as never })
  const script = [
    logInForNow(access.targets, access.chapUser),
    LUN_FUNCTIONS,
    findDevices(storage.lunIds, { patient: true }),
    LVM_FUNCTION,
    `if mountpoint -q ${folder}; then head -c 65537 ${folder}/.virtdeck/domain.json; exit; fi`,
    `lv lvchange -q -a y -K ${volume} || exit 1`,
    // The trap of the login, if any, comes after it.
    `mount -t ext4 -o ro,noload,nosuid,nodev,noexec /dev/${volume} /mnt && head -c 65537 /mnt/.virtdeck/domain.json; c=$?`,
    `umount /mnt; lv lvchange -q -a n ${volume}; exit $c`,
  ].join('\n')
  const limits = { ...options, path: groupOf(id), timeoutMs: READ_TIMEOUT_MS, privateMounts: true }
  const result = await runAsRoot(host, script, { ...limits, input: `${access.chapPassword ?? ''}\n` })
  if (result.exitCode !== 0) throw explainBlock(host, id, result)
  // What logging in said comes before it.
  const text = result.stdout.slice(Math.max(0, result.stdout.indexOf('{')))
  return parseDescriptor(text, { hostName: host.definition.name, path: groupOf(id) })
}

function failed(errors: readonly AppError[]): StorageExamination {
  return { errors, warnings: [], descriptor: null, mounted: null, capacityBytes: null, availableBytes: null }
}
