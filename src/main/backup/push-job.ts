import type { Vm } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Clock } from '../engine/index.ts'
import {
  domainReference,
  type HostLink,
  isLibvirtError,
  type LibvirtConnection,
  listenToDomain,
  typedParametersToObject,
} from '../hosts/index.ts'

/** `VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL`: into the files that were made. */
const REUSE_FILES = 1
/** `virDomainGetJobStatsFlags`: of the last one that ended, which is kept for others. */
const ENDED_AND_KEPT = 3
/** `VIR_DOMAIN_JOB_NONE`. */
const JOB_NONE = 0
/** `VIR_DOMAIN_JOB_OPERATION_BACKUP`. */
const BACKUP = 9

const CALL_TIMEOUT_MS = 60_000
const ASK_TIMEOUT_MS = 10_000

type NamedVm = Pick<Vm, 'id' | 'name' | 'hostId'>

export interface PushJob {
  readonly backupXml: string
  readonly checkpointXml: string | null
}

export interface RunPushOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly report: (fraction: number) => void
}

/**
 * Has QEMU write a backup, and waits until it is whole. libvirt's event tells of its end; how far it is, is asked each second. Errors:
 * backup.failed, backup.machine-stopped, those of `call`, the signal's reason. Whatever it rejects with, the job may still be there.
 */
export async function runPush(link: HostLink, vm: NamedVm, job: PushJob, options: RunPushOptions): Promise<void> {
  const { clock, signal, report } = options
  const dom = referenceTo(vm)
  const connection = await link.openConnection({ signal })
  try {
    // Before it begins: a small one has ended before anybody could ask.
    const told = await listenToDomain(connection, vm, 'domain-job-completed', signal)
    const request = { dom, backup_xml: job.backupXml, checkpoint_xml: job.checkpointXml, flags: REUSE_FILES }
    await connection
      .call('DOMAIN_BACKUP_BEGIN', request, { timeoutMs: CALL_TIMEOUT_MS, signal })
      .catch((error: unknown) => {
        throw isLibvirtError(error) ? failed(vm, error.params.message, error) : error
      })
    for (;;) {
      signal.throwIfAborted()
      const event = told.take()
      if (event !== undefined) {
        const ended = typedParametersToObject(event.parameters)
        if (Number(ended.operation) !== BACKUP) continue
        return judge(vm, ended)
      }
      const fraction = await askJob(connection, vm, signal)
      if (fraction === null) return judge(vm, await askEnded(connection, vm, signal))
      report(fraction)
      await told.more(clock, signal)
    }
  } finally {
    await connection.close()
  }
}

function judge(vm: NamedVm, ended: Readonly<Record<string, unknown>>): void {
  if (ended.success === true) return
  throw failed(vm, typeof ended.errmsg === 'string' ? ended.errmsg : '')
}

/** How far it is; null: none is under way. */
async function askJob(connection: LibvirtConnection, vm: NamedVm, signal: AbortSignal): Promise<number | null> {
  const request = { dom: referenceTo(vm), flags: 0 }
  try {
    const job = await connection.call('DOMAIN_GET_JOB_STATS', request, { timeoutMs: ASK_TIMEOUT_MS, signal })
    if (job.type === JOB_NONE) return null
    const { disk_total: total, disk_processed: done } = typedParametersToObject(job.params)
    return Number(total ?? 0) > 0 ? Math.min(1, Number(done ?? 0) / Number(total)) : 0
  } catch (error) {
    if (isLibvirtError(error, 'operationInvalid')) throw new AppError('backup.machine-stopped', { name: vm.name })
    throw error
  }
}

async function askEnded(connection: LibvirtConnection, vm: NamedVm, signal: AbortSignal) {
  const request = { dom: referenceTo(vm), flags: ENDED_AND_KEPT }
  const ended = await connection.call('DOMAIN_GET_JOB_STATS', request, { timeoutMs: ASK_TIMEOUT_MS, signal })
  return typedParametersToObject(ended.params)
}

/** Ends a backup of a machine that writes into a folder. None is under way, or the machine is off: nothing to do. Errors: those of `call`. */
export async function endPush(link: HostLink, vm: NamedVm, folder: string): Promise<void> {
  const dom = referenceTo(vm)
  const limits = { timeoutMs: CALL_TIMEOUT_MS }
  try {
    const { xml } = await link.control().call('DOMAIN_BACKUP_GET_XML_DESC', { dom, flags: 0 }, limits)
    // Somebody else's is not ended.
    if (xml.includes(`'${folder}/`)) await link.control().call('DOMAIN_ABORT_JOB', { dom }, limits)
  } catch (error) {
    if (!isLibvirtError(error)) throw error
  }
}

/** The names of a machine's checkpoints; none where its host's libvirt knows none. Errors: those of the link. */
export async function fetchCheckpoints(link: HostLink, vm: NamedVm): Promise<readonly string[]> {
  const request = { dom: referenceTo(vm), need_results: 1, flags: 0 }
  try {
    const found = await link.control().call('DOMAIN_LIST_ALL_CHECKPOINTS', request, { timeoutMs: ASK_TIMEOUT_MS })
    return found.checkpoints.map(({ name }) => name)
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return []
  }
}

/** `VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY`. */
const METADATA_ONLY = 2

/** Removes a checkpoint. `forgets`: the images do not have it any more. One that is gone is no error. Errors: those of `call`. */
export async function removeCheckpoint(
  link: HostLink,
  vm: NamedVm,
  name: string,
  { forgets }: { readonly forgets: boolean },
): Promise<void> {
  const request = { checkpoint: { name, dom: referenceTo(vm) }, flags: forgets ? METADATA_ONLY : 0 }
  try {
    await link.control().call('DOMAIN_CHECKPOINT_DELETE', request, { timeoutMs: CALL_TIMEOUT_MS })
  } catch (error) {
    const isGone = isLibvirtError(error, 'noDomainCheckpoint') || isLibvirtError(error, 'noDomain')
    if (!isGone) throw error
  }
}

function referenceTo({ id, name }: NamedVm) {
  return domainReference({ name, uuid: id })
}

function failed(vm: NamedVm, message: string, cause?: unknown): AppError {
  return new AppError('backup.failed', { name: vm.name, message }, { subject: vm.name, hostId: vm.hostId, cause })
}
