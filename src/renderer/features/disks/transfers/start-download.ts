import type { Disk } from '../../../../shared/domain/index.ts'
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

/** Fetches a disk into a file that a person chose. It goes on when the page shows something else. */
export async function startDownload(
  client: EngineClient,
  disk: Pick<Disk, 'id' | 'storageDomainId' | 'fileName' | 'virtualBytes' | 'allocatedBytes'>,
  target: FileTarget,
): Promise<void> {
  const id = crypto.randomUUID()
  addTransfer({
    id,
    direction: 'download',
    storageDomainId: disk.storageDomainId,
    fileName: disk.fileName,
    totalBytes: disk.virtualBytes ?? disk.allocatedBytes ?? 0,
    diskId: disk.id,
  })
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
    { transferId: id, object: { kind: 'disk', id: disk.id } },
    () => client.call('disk.download', { diskId: disk.id, transferId: id }),
    {
      begin: (send) => {
        reply = send
        receiver.attach(send)
        return { receive: (frame) => receiver.receive(frame), stop: () => receiver.detach() }
      },
    },
    () => disk.id,
  )
  given.abort()
  const ended = findTransfer(id)
  if (ended?.phase === 'done') return
  await target.discard()
  if (ended?.phase === 'failed' && ended.error !== null) {
    addNotice({ command: 'disk.download', subject: disk.fileName, error: ended.error })
  }
}
