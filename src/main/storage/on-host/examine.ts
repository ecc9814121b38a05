import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { decideStorageVerdicts } from './decide-storage-verdicts.ts'
import { buildExamineScript, parseStorageFacts } from './examine-script.ts'
import { fileStorageOf } from './file-storage.ts'
import { findPoolConflict } from './pools.ts'
import { fetchQemuOwner } from './qemu-owner.ts'
import { runAsRootOrFail } from './root-script.ts'
import type { HostCallOptions, StorageExamination, StorageHost, WantedStorage } from './types.ts'

/** A mount that is not answered, others that are, and what is looked at then. */
const TIMEOUT_MS = 100_000

/**
 * Looks on one host at the place of a domain before anything is written. Nothing stays of it. Rejects only where the host cannot be asked:
 * storage.needs-ssh, storage.needs-root, host.not-connected, ssh.…; a file server that does not answer is an answer.
 */
export async function examine(
  host: StorageHost,
  wanted: WantedStorage,
  options: HostCallOptions,
): Promise<StorageExamination> {
  const storage = fileStorageOf(wanted.storage)
  const path = storage.kind === 'nfs' ? storage.export : storage.path
  // An NFS server may export its root.
  const isRoot = path === '/' && storage.kind === 'nfs'
  if (!isRoot && !isPlainAbsolute(path)) return failed(new AppError('storage.path-not-absolute', { path }))
  const { script, privateMounts } = buildExamineScript(storage, await fetchQemuOwner(host, options))
  try {
    const printed = await runAsRootOrFail(host, script, { ...options, path, privateMounts, timeoutMs: TIMEOUT_MS })
    const examination = decideStorageVerdicts({ host, wanted, facts: parseStorageFacts(printed) })
    const { purpose, pool } = wanted
    const ownId = typeof purpose === 'object' ? purpose.connect : null
    const conflict =
      pool === null ? null : await findPoolConflict(host, { ...pool, storage: wanted.storage, id: ownId }, options)
    return conflict === null ? examination : { ...examination, errors: [...examination.errors, conflict] }
  } catch (error) {
    const isAnswer = isAppError(error, 'storage.not-answering') || isAppError(error, 'storage.host-failed')
    if (isAnswer) return failed(error)
    throw error
  }
}

/** Without `.` and `..`, and no root of a file system. Pure. */
export function isPlainAbsolute(path: string): boolean {
  if (!path.startsWith('/') || /\p{C}/u.test(path)) return false
  const words = path.replace(/\/$/, '').split('/').slice(1)
  return words.length > 0 && words.every((word) => word !== '' && word !== '.' && word !== '..')
}

function failed(error: AppError): StorageExamination {
  return {
    errors: [error],
    warnings: [],
    descriptor: null,
    mounted: null,
    capacityBytes: null,
    availableBytes: null,
  }
}
