import { randomUUID } from 'node:crypto'
import type { ByteSocket } from '../../src/main/engine/index.ts'
import type { CommandName, ObjectReference } from '../../src/shared/contract/index.ts'
import type { WireError } from '../../src/shared/errors/index.ts'
import {
  createTransferReceiver,
  createTransferSender,
  keepConnected,
  type TransferLink,
  type TransferLinkListener,
  type TransferSender,
  type TransferSource,
} from '../../src/shared/transfer/index.ts'
import { KIM, type VmBench } from './vm-bench.ts'

/** A client of the engine in the test's own process: what a WebSocket carries elsewhere goes over a function call. */
export interface DiskClient {
  /** Settles with the command's value, or rejects with its error as `{ code, params }`. */
  readonly done: Promise<{ readonly diskId: string }>
  /** Cuts the socket; the client opens another one. */
  cut(): void
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }

export function uploadFile(
  bench: Pick<VmBench, 'composed'>,
  input: {
    readonly storageDomainId: string
    readonly fileName: string
    readonly sizeBytes: number
    readonly sha256?: string
    readonly alias?: string
  },
  source: TransferSource,
): DiskClient {
  return upload(bench, 'disk.upload', input, { kind: 'storage-domain', id: input.storageDomainId }, source)
}

/** The same of a volume in a pool of a host. */
export function uploadVolume(
  bench: Pick<VmBench, 'composed'>,
  input: { readonly hostId: string; readonly poolId: string; readonly name: string; readonly sizeBytes: number },
  source: TransferSource,
): DiskClient {
  return upload(bench, 'host-volume.upload', input, { kind: 'host', id: input.hostId }, source)
}

function upload(
  bench: Pick<VmBench, 'composed'>,
  command: CommandName,
  input: object,
  object: ObjectReference,
  source: TransferSource,
): DiskClient {
  const transferId = randomUUID()
  let sender: TransferSender | null = null
  const result = bench.composed.engine.dispatch(KIM, command, { ...input, transferId }) as Promise<Outcome>
  const sockets = connect(bench, { transferId, object }, result, {
    attach: (send) => {
      sender = createTransferSender(source, send)
    },
    receive: (frame) => sender?.receive(frame),
    detach: () => sender?.stop(),
  })
  return { done: result.then(outcomeValue), cut: sockets.cut }
}

/** Takes a whole disk; its holes are zeros then. `holeBytes` counts what came as holes. */
export async function downloadFile(
  bench: Pick<VmBench, 'composed'>,
  diskId: string,
  onPart: (cut: () => void, position: number) => void = () => undefined,
): Promise<{ readonly bytes: Buffer; readonly holeBytes: number }> {
  const transferId = randomUUID()
  const receiver = createTransferReceiver()
  let put: (bytes: Uint8Array) => void = () => undefined
  const result = bench.composed.engine.dispatch(KIM, 'disk.download', { diskId, transferId }) as Promise<Outcome>
  const sockets = connect(bench, { transferId, object: { kind: 'disk', id: diskId } }, result, {
    attach: (send) => {
      put = send
      receiver.attach(send)
    },
    receive: (frame) => void receiver.receive(frame),
    detach: () => receiver.detach(),
  })
  receiver.start(0)
  const parts: Uint8Array[] = []
  let holeBytes = 0
  const failed = new AbortController()
  result.then(
    (outcome) => (outcome.ok ? undefined : failed.abort(Object.assign(new Error(outcome.error.code), outcome.error))),
    (error: unknown) => failed.abort(error),
  )
  for (;;) {
    const part = await receiver.next(failed.signal)
    if (part.t === 'end') break
    if (part.t === 'data') parts.push(part.data)
    else {
      parts.push(new Uint8Array(part.bytes))
      holeBytes += part.bytes
    }
    onPart(sockets.cut, receiver.position)
  }
  const { encodeTransferFrame } = await import('../../src/shared/transfer/index.ts')
  put(encodeTransferFrame({ t: 'end', offset: receiver.position }))
  outcomeValue(await result)
  return { bytes: Buffer.concat(parts), holeBytes }
}

function outcomeValue(outcome: Outcome): { readonly diskId: string } {
  if (!outcome.ok) throw Object.assign(new Error(JSON.stringify(outcome.error, null, 1)), outcome.error)
  return outcome.value as { readonly diskId: string }
}

function connect(
  { composed: { engine, transfers } }: Pick<VmBench, 'composed'>,
  address: { readonly transferId: string; readonly object: ObjectReference },
  until: Promise<unknown>,
  end: Pick<Parameters<typeof keepConnected>[0], 'attach' | 'receive' | 'detach'>,
) {
  let cut: () => void = () => undefined
  const openLink = (path: string, listener: TransferLinkListener): TransferLink => {
    let isClosed = false
    let toEngine: (bytes: Uint8Array) => void = () => undefined
    let onClose: () => void = () => undefined
    const close = () => {
      if (isClosed) return
      isClosed = true
      onClose()
      listener.closed()
    }
    const socket: ByteSocket = {
      send: (data, written) => {
        const bytes = data.slice()
        setImmediate(() => {
          if (!isClosed) listener.message(bytes)
          written()
        })
      },
      close,
      pause: () => undefined,
      resume: () => undefined,
      onMessage: (heard) => {
        toEngine = heard
      },
      onClose: (heard) => {
        onClose = heard
      },
    }
    cut = close
    setImmediate(() => transfers.attach(path.replace('/transfer/', ''), KIM, socket))
    return {
      send: (bytes) => {
        const copy = bytes.slice()
        setImmediate(() => {
          if (!isClosed) toEngine(copy)
        })
      },
      close,
    }
  }
  void keepConnected({
    ...end,
    until,
    openLink,
    openTicket: async () => {
      const name: CommandName = 'disk.transfer-ticket'
      const ticket = await engine.dispatch(KIM, name, address)
      if (!ticket.ok) throw new Error(ticket.error.code)
      return (ticket.value as { path: string }).path
    },
  })
  return { cut: () => cut() }
}
