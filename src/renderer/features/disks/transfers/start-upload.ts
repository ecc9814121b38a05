import type { StorageDomainId } from '../../../../shared/domain/index.ts'
import { createTransferSender } from '../../../../shared/transfer/index.ts'
import { addNotice, type EngineClient } from '../../../stores/index.ts'
import { createFileSource } from './file-source.ts'
import { runTransfer } from './run-transfer.ts'
import { addTransfer, changeTransfer, findTransfer, isUnderWay, tellProgress, transfers } from './transfer-store.ts'

/** So many go at once; more would only share the way. */
const AT_ONCE = 2

export interface UploadRequest {
  readonly storageDomainId: StorageDomainId
  readonly file: File
  /** Left out: its name without its ending. */
  readonly alias?: string
  /** What it must be, as its origin says. */
  readonly sha256?: string
}

let atWork = 0
const waiting: (() => void)[] = []

/** Begins to send a file, or puts it in the queue. It goes on when the page shows something else. */
export async function startUpload(client: EngineClient, request: UploadRequest): Promise<void> {
  const { storageDomainId, file, alias, sha256 } = request
  const id = crypto.randomUUID()
  addTransfer({
    id,
    direction: 'upload',
    storageDomainId,
    fileName: file.name,
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
    await runTransfer(
      client,
      { transferId: id, object: { kind: 'storage-domain', id: storageDomainId } },
      () =>
        client.call('disk.upload', {
          storageDomainId,
          transferId: id,
          fileName: file.name,
          sizeBytes: file.size,
          ...(alias === undefined || alias === '' ? {} : { alias }),
          ...(sha256 === undefined || sha256 === '' ? {} : { sha256 }),
        }),
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
      ({ diskId }) => diskId,
    )
  } finally {
    atWork -= 1
    waiting.shift()?.()
  }
  const ended = findTransfer(id)
  if (ended?.phase === 'failed' && ended.error !== null) {
    addNotice({ command: 'disk.upload', subject: file.name, error: ended.error })
  }
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
