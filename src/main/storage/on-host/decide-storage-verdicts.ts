import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { shellQuote } from '../../hosts/index.ts'
import { decideMountError, NFS_VERSIONS } from './decide-mount-error.ts'
import { decideSelinux } from './decide-selinux.ts'
import { parseDescriptor } from './descriptor-text.ts'
import { fileStorageOf } from './file-storage.ts'
import type { FolderFacts, StorageFacts } from './storage-facts.ts'
import type { DomainDescriptor, StorageExamination, StorageHost, WantedStorage } from './types.ts'

/** Less than this free counts as full: no file system is then of use, and metadata may fail half-way. */
const FULL_BYTES = 16 * 1024 * 1024

export interface VerdictInput {
  readonly host: Pick<StorageHost, 'id' | 'definition'>
  readonly wanted: Pick<WantedStorage, 'storage' | 'purpose'>
  readonly facts: StorageFacts
}

/**
 * What stands in the way of a domain on one host, worst first, by what was found there. Everything that a person has to mend is told
 * at once, not one after the other. Pure.
 */
export function decideStorageVerdicts({ host, wanted, facts }: VerdictInput): StorageExamination {
  const { mountTries, folder } = facts
  const none = { warnings: [], descriptor: null, mounted: null, capacityBytes: null, availableBytes: null }
  if (folder === null) return { ...none, errors: [decideUnmounted(host, wanted, facts)] }
  const { hostName, path, place } = placeOf(host, wanted)
  const options = { hostId: host.id }
  if (folder.kind === 'missing') {
    const remedy = `mkdir -p ${shellQuote(path)}`
    return { ...none, errors: [new AppError('storage.path-missing', { hostName, path, remedy }, options)] }
  }
  if (folder.kind === 'other') {
    return { ...none, errors: [new AppError('storage.path-not-folder', { hostName, path }, options)] }
  }
  const { descriptor, errors: descriptorErrors } = decideDescriptor(host, wanted, folder)
  const { mount } = folder
  const mounted = mountTries.length > 0 || isNetwork(mount?.fileSystem)
  return {
    errors: [...descriptorErrors, ...decideWritable(host, place, path, folder, wanted)],
    warnings: [],
    descriptor,
    mounted: mounted && mount !== null ? { version: mount.version, options: mount.options } : null,
    capacityBytes: folder.capacityBytes,
    availableBytes: folder.availableBytes,
  }
}

function placeOf(host: VerdictInput['host'], wanted: VerdictInput['wanted']) {
  const storage = fileStorageOf(wanted.storage)
  const hostName = host.definition.name
  if (storage.kind === 'nfs') return { hostName, path: storage.export, place: 'server' } as const
  const isMounted = storage.kind === 'posix' && storage.source !== undefined
  const path = isMounted ? (storage.source ?? storage.path) : storage.path
  return { hostName, path, place: isMounted ? 'server' : 'host' } as const
}

function isNetwork(fileSystem: string | undefined): boolean {
  return (
    fileSystem !== undefined && /^(nfs4?|cifs|smb3|fuse\.glusterfs|ceph|fuse\.ceph|ocfs2|gfs2|lustre)$/.test(fileSystem)
  )
}

/** Nothing could be mounted, or nothing was printed at all. */
function decideUnmounted(host: VerdictInput['host'], wanted: VerdictInput['wanted'], facts: StorageFacts): AppError {
  const storage = fileStorageOf(wanted.storage)
  const worked = facts.mountTries.find(({ exitCode }) => exitCode === 0)
  const failed = facts.mountTries.find(({ exitCode }) => exitCode !== 0)
  const error = decideMountError(host, storage, failed?.message ?? 'the host said nothing')
  if (storage.kind !== 'nfs' || worked?.version == null) return error
  const { server, export: path, version } = storage
  const params = { hostName: host.definition.name, server, path, version: NFS_VERSIONS[version].join(', ') }
  return new AppError('storage.nfs-version-offered', { ...params, offered: worked.version }, { hostId: host.id })
}

function decideDescriptor(
  host: VerdictInput['host'],
  { purpose, storage }: VerdictInput['wanted'],
  folder: FolderFacts,
): { readonly descriptor: DomainDescriptor | null; readonly errors: readonly AppError[] } {
  const { hostName, path } = placeOf(host, { purpose, storage })
  const options = { hostId: host.id }
  const here = folder.descriptors.find(({ relation }) => relation === 'here')
  const read = here === undefined ? null : readDescriptor(here.text, hostName, path)
  const descriptor = read instanceof AppError ? null : read
  if (purpose !== 'create') {
    if (read === null)
      return { descriptor, errors: [new AppError('storage.no-descriptor', { hostName, path }, options)] }
    if (read instanceof AppError) return { descriptor, errors: [read] }
    if (purpose === 'import' || read.id === purpose.connect) return { descriptor, errors: [] }
    const other = { name: read.name, hostName, path, foundId: read.id }
    return { descriptor, errors: [new AppError('storage.other-domain', other, options)] }
  }
  if (read instanceof AppError) return { descriptor, errors: [read] }
  if (read !== null) {
    const holds = { hostName, path, name: read.name, storageDomainId: read.id }
    return { descriptor, errors: [new AppError('storage.holds-domain', holds, options)] }
  }
  const nested = folder.descriptors.flatMap((found) => {
    const other = readDescriptor(found.text, hostName, found.path)
    // A folder that only looks like a domain is one, until somebody says otherwise.
    const name = other instanceof AppError ? '' : other.name
    return [new AppError('storage.path-nested', { path, other: name, otherPath: found.path }, options)]
  })
  if (nested[0] !== undefined) return { descriptor, errors: [nested[0]] }
  if (folder.entryCount === 0) return { descriptor, errors: [] }
  const entries = folder.entryNames.join(', ')
  return { descriptor, errors: [new AppError('storage.path-not-empty', { hostName, path, entries }, options)] }
}

function readDescriptor(text: string, hostName: string, path: string): DomainDescriptor | AppError {
  try {
    return parseDescriptor(text, { hostName, path })
  } catch (error) {
    if (isAppError(error)) return error
    throw error
  }
}

function decideWritable(
  host: VerdictInput['host'],
  place: 'host' | 'server',
  path: string,
  folder: FolderFacts,
  { purpose }: VerdictInput['wanted'],
): AppError[] {
  const hostName = host.definition.name
  const options = { hostId: host.id }
  const { rootTry, qemuTry, canGive, qemu, mount, availableBytes, owner } = folder
  const tries = [rootTry, qemuTry]
  if (mount?.readOnly === true || tries.some(({ outcome }) => outcome === 'read-only')) {
    return [new AppError('storage.read-only', { hostName, path }, options)]
  }
  const isFull = availableBytes !== null && availableBytes < FULL_BYTES
  // A domain that is full is connected all the same: what lies in it is needed.
  if (purpose === 'create' && (isFull || tries.some(({ outcome }) => outcome === 'full'))) {
    return [new AppError('storage.full', { hostName, path }, options)]
  }
  const errors: AppError[] = []
  const ids = qemu === null ? null : `${qemu.userId}:${qemu.groupId}`
  const isSquashed =
    rootTry.outcome === 'denied' ||
    (rootTry.outcome === 'written' && rootTry.ownerId !== 0 && rootTry.ownerId !== qemu?.userId && canGive === false)
  if (isSquashed) {
    const remedy = qemu === null ? 'no_root_squash' : `all_squash,anonuid=${qemu.userId},anongid=${qemu.groupId}`
    errors.push(new AppError('storage.root-squash', { hostName, path, remedy }, options))
  }
  if (qemuTry.outcome === 'denied' && ids !== null) {
    const quoted = shellQuote(path)
    const isOwner = owner?.userId === qemu?.userId
    const blockedBy = place === 'host' ? folder.blockedBy : null
    const remedy =
      blockedBy !== null
        ? `chmod o+x ${shellQuote(blockedBy)}`
        : isOwner
          ? `chmod u+rwx ${quoted}`
          : `chown ${ids} ${quoted}`
    const params = { hostName, path, qemuUser: qemu?.name ?? '', remedy }
    errors.push(new AppError('storage.not-writable', params, options))
  }
  const selinux = decideSelinux({ hostId: host.id, hostName, path }, folder)
  if (selinux !== null) errors.push(selinux)
  const failed = tries.find(({ outcome }) => outcome === 'failed')
  if (failed !== undefined)
    errors.push(new AppError('storage.host-failed', { hostName, path, detail: failed.detail }, options))
  return errors
}
