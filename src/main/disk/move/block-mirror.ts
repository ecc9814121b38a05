import type { Vm } from '../../../shared/domain/index.ts'
import { isAppError } from '../../../shared/errors/index.ts'
import type { Clock } from '../../engine/index.ts'
import {
  domainReference,
  type HostLink,
  isLibvirtError,
  type LibvirtConnection,
  listenToDomain,
  typedParameter,
} from '../../hosts/index.ts'
import { buildMirrorXml, type ImageFile } from './mirror-xml.ts'

/** `virDomainBlockCopyFlags`: into the file that was made, also of a machine with a stored definition. */
const COPY = { reuseFile: 2, transientJob: 4 } as const
/** `VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT`. */
const PIVOT = 2
/** `virConnectDomainEventBlockJobStatus`. */
const STATUS = { failed: 1, cancelled: 2, ready: 3 } as const

const CALL_TIMEOUT_MS = 60_000
const ASK_TIMEOUT_MS = 10_000

export interface Mirror {
  readonly vm: Pick<Vm, 'id' | 'name' | 'hostId'>
  /** The disk as the definition calls it: "vda". */
  readonly target: string
  readonly to: ImageFile
}

export interface StartMirror extends Mirror {
  /** Bytes a second; null: as fast as it goes. */
  readonly limit: number | null
}

export interface FollowOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly report: (fraction: number) => void
}

/** Has QEMU copy a disk into a file, and write to both from then on. Errors: those of `call`. */
export async function startMirror(link: HostLink, { vm, target, to, limit }: StartMirror): Promise<void> {
  const params = limit === null ? [] : [typedParameter('ullong', 'bandwidth', BigInt(limit))]
  const flags = COPY.reuseFile | COPY.transientJob
  const request = { dom: referenceTo(vm), path: target, destxml: buildMirrorXml(to), params, flags }
  await link.control().call('DOMAIN_BLOCK_COPY', request, { timeoutMs: CALL_TIMEOUT_MS })
}

/** Ends a mirror; `pivot`: the machine goes on with the new file. Errors: those of `call`. */
export async function endMirror(link: HostLink, { vm, target }: Mirror, { pivot }: { readonly pivot: boolean }) {
  const request = { dom: referenceTo(vm), path: target, flags: pivot ? PIVOT : 0 }
  await link.control().call('DOMAIN_BLOCK_JOB_ABORT', request, { timeoutMs: CALL_TIMEOUT_MS })
}

export type MirrorEnd = 'ready' | 'gone'

/**
 * Waits until both files are the same. libvirt's events tell it; how far it is, and what went by before they were subscribed to, is asked each
 * second. `gone`: there is no such job any more, it failed or was ended. Errors: those of the link, the signal's reason.
 */
export async function followMirror(link: HostLink, mirror: Mirror, options: FollowOptions): Promise<MirrorEnd> {
  const { clock, signal } = options
  const connection = await link.openConnection({ signal })
  try {
    const told = await listenToDomain(connection, mirror.vm, 'domain-block-job', signal)
    for (;;) {
      signal.throwIfAborted()
      const event = told.take()
      const status = event?.disk === mirror.target ? event.status : null
      if (status === STATUS.ready) return 'ready'
      if (status === STATUS.cancelled || status === STATUS.failed) return 'gone'
      if (event !== undefined) continue
      const seen = await lookAtJob(connection, mirror, options)
      if (seen !== null) return seen
      await told.more(clock, signal)
    }
  } finally {
    await connection.close()
  }
}

async function lookAtJob(
  connection: LibvirtConnection,
  { vm, target }: Mirror,
  { report, signal }: FollowOptions,
): Promise<MirrorEnd | null> {
  const request = { dom: referenceTo(vm), path: target, flags: 0 }
  try {
    const job = await connection.call('DOMAIN_GET_BLOCK_JOB_INFO', request, { timeoutMs: ASK_TIMEOUT_MS, signal })
    if (job.found === 0) return 'gone'
    const [done, all] = [Number(job.cur), Number(job.end)]
    if (all > 0) report(Math.min(1, done / all))
    // libvirt never tells of all before QEMU said that both are the same.
    return all > 0 && done === all ? 'ready' : null
  } catch (error) {
    // It does not run any more.
    if (isLibvirtError(error, 'operationInvalid')) return 'gone'
    throw error
  }
}

function referenceTo({ id, name }: Mirror['vm']) {
  return domainReference({ name, uuid: id })
}

/** Whether what failed is the way to the host, so that nobody knows how far its work is. Pure. */
export function isLinkLost(error: unknown): boolean {
  if (!isAppError(error) || isLibvirtError(error)) return false
  return /^(?:libvirt|ssh)\./.test(error.code) || error.code === 'host.not-connected'
}
