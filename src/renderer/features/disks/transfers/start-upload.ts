import type { DiskId, HostId, StorageDomainId } from '../../../../shared/domain/index.ts'
import { createTransferSender } from '../../../../shared/transfer/index.ts'
import { addNotice, type EngineClient } from '../../../stores/index.ts'
import { createFileSource } from './file-source.ts'
import { runTransfer } from './run-transfer.ts'
import {
  addTransfer,
  changeTransfer,
  findTransfer,
  isUnderWay,
  type TransferPlace,
  tellProgress,
  transfers,
} from './transfer-store.ts'

/** So many go at once; more would only share the way. */
const AT_ONCE = 2

/** Into a domain it becomes a disk, into a pool a volume. */
export type UploadTarget =
  | {
      readonly storageDomainId: StorageDomainId
      /** Left out: its name without its ending. */
      readonly alias?: string
    }
  | { readonly hostId: HostId; readonly poolId: string; readonly name: string }

export interface UploadRequest {
  readonly target: UploadTarget
  readonly file: File
  /** What it must be, as its origin says. */
  readonly sha256?: string
}

let atWork = 0
const waiting: (() => void)[] = []

/** Begins to send a file, or puts it in the queue. It goes on when the page shows something else. */
export async function startUpload(client: EngineClient, request: UploadRequest): Promise<void> {
  const { target, file, sha256 } = request
  const id = crypto.randomUUID()
  const place: TransferPlace =
    'hostId' in target ? { kind: 'host', id: target.hostId } : { kind: 'storage-domain', id: target.storageDomainId }
  addTransfer({
    id,
    direction: 'upload',
    place,
    fileName: 'hostId' in target ? target.name : file.name,
    totalBytes: file.size,
    diskId: null,
  })
  if (atWork >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  if (findTransfer(id)?.phase !== 'queued') {
    waiting.shift()?.()
    return
  }
  atWork += 1
  const source = createFileSource(file, (position) => tellProgress(id, position, performance.now()))
  try {
    await runTransfer<{ readonly diskId?: DiskId }>(
      client,
      { transferId: id, object: place },
      () =>
        callUpload(
          client,
          target,
          {
            transferId: id,
            sizeBytes: file.size,
            ...(sha256 === undefined || sha256 === '' ? {} : { sha256 }),
          },
          file.name,
        ),
      {
        begin: (send) => {
          const sender = createTransferSender(source, send)
          // The file is not there any more, or may not be read.
          sender.ended.catch(() => undefined)
          return {
            receive: (frame) => {
              if (frame.t === 'start') changeTransfer(id, { phase: 'moving', doneBytes: frame.offset })
              sender.receive(frame)
            },
            stop: () => sender.stop(),
          }
        },
      },
      ({ diskId }) => diskId ?? null,
    )
  } finally {
    atWork -= 1
    waiting.shift()?.()
  }
  const ended = findTransfer(id)
  if (ended?.phase === 'failed' && ended.error !== null) {
    const command = 'hostId' in target ? 'host-volume.upload' : 'disk.upload'
    addNotice({ command, subject: file.name, error: ended.error })
  }
}

function callUpload(
  client: EngineClient,
  target: UploadTarget,
  sent: { readonly transferId: string; readonly sizeBytes: number; readonly sha256?: string },
  fileName: string,
) {
  if ('hostId' in target) return client.call('host-volume.upload', { ...target, ...sent })
  const { storageDomainId, alias } = target
  const named = alias === undefined || alias === '' ? {} : { alias }
  return client.call('disk.upload', { storageDomainId, fileName, ...named, ...sent })
}

/** Takes one out of the queue that has not begun. */
export function dropQueued(id: string): void {
  if (findTransfer(id)?.phase === 'queued') changeTransfer(id, { phase: 'cancelled' })
}

/** A window that is closed takes its files with it: the browser asks first. Returns how to stop. */
export function guardTransfers(): () => void {
  const asked = (event: BeforeUnloadEvent) => {
    if (transfers.getState().some(isUnderWay)) event.preventDefault()
  }
  window.addEventListener('beforeunload', asked)
  return () => window.removeEventListener('beforeunload', asked)
}
