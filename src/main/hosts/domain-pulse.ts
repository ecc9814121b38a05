import { isAppError } from '../../shared/errors/index.ts'
import type { LibvirtConnection, LibvirtEvent } from '../libvirt/index.ts'
import { domainReference } from './domain-reader.ts'

const SUBSCRIBE_TIMEOUT_MS = 60_000
/** What no event tells of is asked for so often. */
const ASK_AGAIN_MS = 1_000

type PulseKind = 'domain-block-job' | 'domain-job-completed'

interface PulseClock {
  after(delayMs: number, action: () => void): () => void
}

/** The events of one domain, for who waits for a job of it to end. */
export interface DomainPulse<K extends PulseKind> {
  /** The next event that has come; undefined: none has. */
  take(): LibvirtEvent<K> | undefined
  /** Resolves with the next event, after a second without one, with the connection's end, or with the abort. Never rejects. */
  more(clock: PulseClock, signal: AbortSignal): Promise<void>
}

/** Listens on a connection until that is closed. Errors: those of subscribing. */
export async function listenToDomain<K extends PulseKind>(
  connection: LibvirtConnection,
  { id, name }: { readonly id: string; readonly name: string },
  kind: K,
  signal: AbortSignal,
): Promise<DomainPulse<K>> {
  const waiting: LibvirtEvent<K>[] = []
  let wake: () => void = () => undefined
  const events = await connection.subscribe({
    events: [kind],
    domain: domainReference({ name, uuid: id }),
    timeoutMs: SUBSCRIBE_TIMEOUT_MS,
    signal,
  })
  const collect = async () => {
    for await (const event of events) {
      waiting.push(event)
      wake()
    }
  }
  // A connection that ends is seen by the next question.
  collect().catch((error: unknown) => {
    if (!isAppError(error)) throw error
    wake()
  })
  return {
    take: () => waiting.shift(),
    more: (clock, ends) =>
      new Promise<void>((resolve) => {
        const stop = clock.after(ASK_AGAIN_MS, () => wake())
        const end = () => {
          stop()
          ends.removeEventListener('abort', end)
          wake = () => undefined
          resolve()
        }
        wake = end
        ends.addEventListener('abort', end, { once: true })
        if (waiting.length > 0 || ends.aborted) end()
      }),
  }
}
