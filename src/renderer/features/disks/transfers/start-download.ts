import type { Disk, HostId, HostVolume } from '../../../../shared/domain/index.ts'
import {
  createTransferReceiver,
  encodeTransferFrame,
  type TransferReceiver,
} from '../../../../shared/transfer/index.ts'
import { addNotice, type EngineClient } from '../../../stores/index.ts'
import type { FileTarget } from './file-target.ts'
import { runTransfer } from './run-transfer.ts'
import { addTransfer, changeTransfer, findTransfer, tellProgress } from './transfer-store.ts'

/** Takes what is sent, and writes it as it comes, holes as holes. Resolves with the size of the whole. */
async function writeAll(
  receiver: TransferReceiver,
  target: FileTarget,
  told: (position: number) => void,
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    const part = await receiver.next(signal)
    if (part.t === 'end') return part.offset
    if (part.t === 'data') await target.write(part.offset, part.data)
    told(receiver.position)
  }
}

/** What is fetched: a disk of a domain, or a volume of a host's own pool. */
export type DownloadSource =
  | { readonly disk: Pick<Disk, 'id' | 'storageDomainId' | 'fileName' | 'virtualBytes' | 'allocatedBytes'> }
  | {
      readonly hostId: HostId
      readonly poolId: string
      readonly volume: Pick<HostVolume, 'name' | 'capacityBytes'>
    }

/** Fetches it into a file that a person chose. It goes on when the page shows something else. */
export async function startDownload(client: EngineClient, from: DownloadSource, target: FileTarget): Promise<void> {
  const id = crypto.randomUUID()
  const { call, object, command, ...shown } = describeSource(client, from, id)
  addTransfer({ id, direction: 'download', ...shown })
  const receiver = createTransferReceiver()
  const given = new AbortController()
  let reply: ((bytes: Uint8Array) => void) | null = null
  const written = writeAll(
    receiver,
    target,
    (position) => tellProgress(id, position, performance.now()),
    given.signal,
  ).then(async (size) => {
    changeTransfer(id, { phase: 'finishing' })
    await target.finish(size)
    // Only now: what the engine counts as taken is on this computer's disk.
    reply?.(encodeTransferFrame({ t: 'end', offset: size }))
  })
  written.catch(() => undefined)
  receiver.start(0)
  await runTransfer(
    client,
    { transferId: id, object },
    call,
    {
      begin: (send) => {
        reply = send
        receiver.attach(send)
        return { receive: (frame) => receiver.receive(frame), stop: () => receiver.detach() }
      },
    },
    () => shown.diskId,
  )
  given.abort()
  const ended = findTransfer(id)
  if (ended?.phase === 'done') return
  await target.discard()
  if (ended?.phase === 'failed' && ended.error !== null) {
    addNotice({ command, subject: shown.fileName, error: ended.error })
  }
}

function describeSource(client: EngineClient, from: DownloadSource, transferId: string) {
  if ('disk' in from) {
    const { id: diskId, storageDomainId, fileName, virtualBytes, allocatedBytes } = from.disk
    return {
      command: 'disk.download',
      call: () => client.call('disk.download', { diskId, transferId }),
      object: { kind: 'disk', id: diskId },
      place: { kind: 'storage-domain', id: storageDomainId },
      fileName,
      totalBytes: virtualBytes ?? allocatedBytes ?? 0,
      diskId,
    } as const
  }
  const { hostId, poolId, volume } = from
  const place = { kind: 'host', id: hostId } as const
  return {
    command: 'host-volume.download',
    call: () => client.call('host-volume.download', { hostId, poolId, name: volume.name, transferId }),
    object: place,
    place,
    fileName: volume.name,
    totalBytes: volume.capacityBytes ?? 0,
    diskId: null,
  } as const
}
