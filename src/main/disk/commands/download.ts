import type { SourcePart, TransferSource } from '../../../shared/transfer/index.ts'
import { inspectNothing, type OperationHandler } from '../../engine/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import { createDiskWork, type DiskDependencies, diskLock, domainLock, hostIdOf } from '../disk-work.ts'
import { decideDiskThere, decideFileThere, decideUnused, diskSubject, firstRefusal, requireDisk } from '../rules.ts'
import { createPaceMeter } from '../transfer/transfer-pace.ts'

/** Timers hold less than 25 days. */
const TRANSFER_LIMIT_MS = 20 * 24 * 60 * 60_000
const OPEN_TIMEOUT_MS = 60_000
/** VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM. */
const SPARSE = 1
/** VIR_STORAGE_VOL_GET_PHYSICAL: how long the file is, in place of what it takes. */
const PHYSICAL = 1

/** Gives a disk to a client as its file is, holes and all. One that a running machine writes would not be whole, and is refused. */
export function createDiskDownload(dependencies: DiskDependencies): OperationHandler<'disk.download'> {
  const { transfers, clock } = dependencies
  const work = createDiskWork(dependencies)
  return {
    name: 'disk.download',
    subject: diskSubject,
    validate: (model, { diskId }) =>
      firstRefusal(
        decideDiskThere(model, diskId, { unregistered: true }),
        decideFileThere(model, diskId),
        // A medium is only read.
        model.disks.get(diskId)?.kind === 'image' ? null : decideUnused(model, diskId, { running: true }),
      ),
    plan: (model, { diskId }) => {
      const { disk, domain } = requireDisk(model, diskId)
      const hostId = hostIdOf(model, domain.id)
      const params = { fileName: disk.fileName, domain: domain.name }
      return {
        locks: [domainLock(domain.id), diskLock(diskId)],
        touches: [diskSubject(model, { diskId })],
        steps: [{ action: 'send', hostId, text: { key: 'sending', params }, cancellable: true }],
      }
    },
    afterCrash: 'undo',
    steps: {
      send: {
        timeoutMs: TRANSFER_LIMIT_MS,
        inspect: inspectNothing,
        run: async ({ input, user, model, signal, say, progress }) => {
          const { disk, domain } = requireDisk(model(), input.diskId)
          const { fileName, path } = disk
          const { host } = work.placeOf(model, domain.id)
          const { vol } = await host
            .family('storage')
            .call('STORAGE_VOL_LOOKUP_BY_PATH', { path }, { timeoutMs: OPEN_TIMEOUT_MS, signal })
          const sizeBytes = await fetchSize(host, vol)
          const meter = createPaceMeter(sizeBytes, clock.monotonicMs, ({ fraction, ...pace }) => {
            progress(fraction)
            say('sending-now', { fileName, ...pace, remainingSeconds: pace.remainingSeconds ?? 0 })
          })
          const source = createVolumeSource(host, vol, meter.add)
          const { transferId, diskId } = input
          const object = { kind: 'disk', id: diskId } as const
          const transfer = transfers.openOutgoing({ transferId, user, object }, source)
          const aborted = Promise.withResolvers<never>()
          const ending = AbortSignal.any([signal, transfer.abandoned])
          const onAbort = () => aborted.reject(ending.reason)
          ending.addEventListener('abort', onAbort, { once: true })
          try {
            await Promise.race([transfer.ended, aborted.promise])
            transfer.close(null)
            return null
          } catch (error) {
            transfer.close(error)
            throw error
          } finally {
            ending.removeEventListener('abort', onAbort)
          }
        },
      },
    },
    output: () => ({}),
  }
}

type Volume = Parameters<HostLink['bulk']['openDownload']>[0]['vol']

async function fetchSize(host: HostLink, vol: Volume): Promise<number> {
  const limits = { timeoutMs: OPEN_TIMEOUT_MS }
  const { allocation } = await host
    .family('storage')
    .call('STORAGE_VOL_GET_INFO_FLAGS', { vol, flags: PHYSICAL }, limits)
  return Number(allocation)
}

/** A volume as libvirt's sparse stream gives it, over the host's session for bulk data. */
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
