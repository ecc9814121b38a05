import { decodeTransferFrame, type TransferFrame } from './frames.ts'

/** A socket to the engine, whatever carries it. */
export interface TransferLink {
  send(bytes: Uint8Array): void
  close(): void
}

export interface TransferLinkListener {
  message(bytes: Uint8Array): void
  /** Called once, when it is gone for whatever reason. */
  closed(): void
}

export interface KeepConnectedOptions {
  /** The path of a socket, from a new ticket. Rejects while none is to be had. */
  readonly openTicket: () => Promise<string>
  readonly openLink: (path: string, listener: TransferLinkListener) => TransferLink
  /** What is at this end. */
  readonly attach: (send: (bytes: Uint8Array) => void) => void
  readonly receive: (frame: TransferFrame) => void
  readonly detach: () => void
  /** The transfer's command has been answered, or nobody wants it any more. */
  readonly until: Promise<unknown>
  /** Whether there is a socket now. */
  readonly onConnected?: (isConnected: boolean) => void
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/** Keeps the client's end of a transfer connected until its command has been answered: a socket that is lost is opened anew. Never rejects. */
export async function keepConnected(options: KeepConnectedOptions): Promise<void> {
  const { until, onConnected } = options
  let isOver = false
  const over = until.then(
    () => undefined,
    () => undefined,
  )
  void over.then(() => {
    isOver = true
  })
  let pauseMs = FIRST_PAUSE_MS
  while (!isOver) {
    if (await connectOnce(options, over, () => isOver)) pauseMs = FIRST_PAUSE_MS
    onConnected?.(false)
    if (isOver) return
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, pauseMs))])
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
  }
}

/** One socket, from its ticket to its end. Whether anything came over it. */
async function connectOnce(
  { openTicket, openLink, attach, receive, detach, onConnected }: KeepConnectedOptions,
  over: Promise<unknown>,
  isOver: () => boolean,
): Promise<boolean> {
  let path: string
  try {
    path = await openTicket()
  } catch {
    // The engine is away, or has too many: it is asked again.
    return false
  }
  if (isOver()) return false
  let hasHeard = false
  const closed = Promise.withResolvers<void>()
  const link = openLink(path, {
    message: (bytes) => {
      const frame = decodeTransferFrame(bytes)
      if (frame === null) return
      if (!hasHeard) onConnected?.(true)
      hasHeard = true
      receive(frame)
    },
    closed: () => closed.resolve(),
  })
  attach((bytes) => link.send(bytes))
  await Promise.race([closed.promise, over])
  detach()
  link.close()
  return hasHeard
}
