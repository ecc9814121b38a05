import type { Vm } from '../../../shared/domain/index.ts'
import { isAppError } from '../../../shared/errors/index.ts'
import type { Clock } from '../../engine/index.ts'
import {
  domainReference,
  type HostLink,
  isLibvirtError,
  type LibvirtConnection,
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
const LOOK_INTERVAL_MS = 1_000

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
    const told = await listen(connection, mirror, signal)
    for (;;) {
      signal.throwIfAborted()
      const status = told.take()
      if (status === STATUS.ready) return 'ready'
      if (status === STATUS.cancelled || status === STATUS.failed) return 'gone'
      const seen = await lookAtJob(connection, mirror, options)
      if (seen !== null) return seen
      await told.more({ clock, signal })
    }
  } finally {
    await connection.close()
  }
}

/** The events of a disk's jobs, as they come. */
async function listen(connection: LibvirtConnection, { vm, target }: Mirror, signal: AbortSignal) {
  const statuses: number[] = []
  let wake: () => void = () => undefined
  const events = await connection.subscribe({
    events: ['domain-block-job'],
    domain: referenceTo(vm),
    timeoutMs: CALL_TIMEOUT_MS,
    signal,
  })
  const collect = async () => {
    for await (const { disk, status } of events) {
      if (disk === target) statuses.push(status)
      wake()
    }
  }
  // A connection that ends is seen by the next question.
  collect().catch((error: unknown) => {
    if (!isAppError(error)) throw error
    wake()
  })
  return {
    /** The status of the next event that has come; undefined: none has. */
    take: () => statuses.shift(),
    /** Resolves with the next event, after a while without one, or with the abort. */
    more: ({ clock, signal: ends }: Pick<FollowOptions, 'clock' | 'signal'>) =>
      new Promise<void>((resolve) => {
        const stop = clock.after(LOOK_INTERVAL_MS, () => wake())
        wake = () => {
          stop()
          ends.removeEventListener('abort', wake)
          wake = () => undefined
          resolve()
        }
        ends.addEventListener('abort', wake, { once: true })
        if (statuses.length > 0 || ends.aborted) wake()
      }),
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
