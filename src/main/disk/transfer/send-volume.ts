import type { ObjectReference } from '../../../shared/contract/index.ts'
import type { SourcePart, TransferSource } from '../../../shared/transfer/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import { createPaceMeter } from './transfer-pace.ts'
import type { Transfers } from './transfers.ts'

/** Timers hold less than 25 days. */
export const TRANSFER_LIMIT_MS = 20 * 24 * 60 * 60_000
const OPEN_TIMEOUT_MS = 60_000
/** VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM. */
const SPARSE = 1
/** VIR_STORAGE_VOL_GET_PHYSICAL: how long the file is, in place of what it takes. */
const PHYSICAL = 1

/** A volume as libvirt names it. */
export type Volume = Parameters<HostLink['bulk']['openDownload']>[0]['vol']

export interface SendRequest {
  readonly transfers: Pick<Transfers, 'openOutgoing'>
  readonly transferId: string
  readonly user: string
  /** What the client asks a ticket for. */
  readonly object: ObjectReference
  readonly host: HostLink
  readonly vol: Volume
  /** As the client will call it. */
  readonly fileName: string
  readonly signal: AbortSignal
  readonly monotonicMs: () => number
  readonly progress: (fraction: number) => void
  readonly say: (key: string, params: Readonly<Record<string, string | number>>) => void
}

/**
 * Gives a volume to a client as it is, holes and all, over the host's session for bulk data. Resolves when the client says that it has
 * all of it. Errors: disk.transfer-abandoned, those of libvirt and of the link's bulk data.
 */
export async function sendVolume(request: SendRequest): Promise<void> {
  const { transfers, transferId, user, object, host, vol, fileName, signal, monotonicMs, progress, say } = request
  const sizeBytes = await fetchSize(host, vol)
  const meter = createPaceMeter(sizeBytes, monotonicMs, ({ fraction, ...pace }) => {
    progress(fraction)
    say('sending-now', { fileName, ...pace, remainingSeconds: pace.remainingSeconds ?? 0 })
  })
  const source = createVolumeSource(host, vol, meter.add)
  const transfer = transfers.openOutgoing({ transferId, user, object }, source)
  const aborted = Promise.withResolvers<never>()
  const ending = AbortSignal.any([signal, transfer.abandoned])
  const onAbort = () => aborted.reject(ending.reason)
  ending.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([transfer.ended, aborted.promise])
    transfer.close(null)
  } catch (error) {
    transfer.close(error)
    throw error
  } finally {
    ending.removeEventListener('abort', onAbort)
  }
}

async function fetchSize(host: HostLink, vol: Volume): Promise<number> {
  const limits = { timeoutMs: OPEN_TIMEOUT_MS }
  const { allocation } = await host
    .family('storage')
    .call('STORAGE_VOL_GET_INFO_FLAGS', { vol, flags: PHYSICAL }, limits)
  return Number(allocation)
}

function createVolumeSource(host: HostLink, vol: Volume, onProgress: (offset: number) => void): TransferSource {
  return {
    async *open(offset, signal): AsyncGenerator<SourcePart> {
      const stream = await host.bulk.openDownload(
        { vol, offset: BigInt(offset), length: 0n, flags: SPARSE },
        // A client may pause for as long as it likes.
        { idleTimeoutMs: 0, signal },
      )
      let position = offset
      for await (const part of stream) {
        const bytes = part.data === undefined ? Number(part.holeBytes) : part.data.length
        yield part.data === undefined ? { holeBytes: bytes } : { data: part.data }
        position += bytes
        onProgress(position)
      }
    },
  }
}
