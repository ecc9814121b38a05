import type { Entity, Subscription, TopicListener } from './collection.ts'
import type { Clock } from './ports.ts'

/** A topic made only while watched gets this long to have something, milliseconds: a little more than one reading of stats. */
const CONTENT_WAIT_MS = 6_000

export interface FetchTopicOptions {
  readonly waitMs?: number
  readonly signal?: AbortSignal
}

export interface TopicContent {
  readonly epoch: string
  readonly rev: number
  readonly entities: readonly Entity[]
}

/** Subscribes for as long as it takes to have the content once. Rejects with the error of a closed subscription. */
export function fetchTopic(
  subscribe: (listener: TopicListener) => Subscription,
  { clock, awaitContent }: { readonly clock: Clock; readonly awaitContent: boolean },
  { waitMs = CONTENT_WAIT_MS, signal }: FetchTopicOptions = {},
): Promise<TopicContent> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    let content: TopicContent = { epoch: '', rev: 0, entities: [] }
    let ended = false
    let subscription: Subscription | null = null
    const end = (settle: () => void) => {
      if (ended) return
      ended = true
      cancelTimer()
      signal?.removeEventListener('abort', onAbort)
      subscription?.unsubscribe()
      settle()
    }
    const onAbort = () => end(() => reject(signal?.reason))
    const cancelTimer = clock.after(waitMs, () => end(() => resolve(content)))
    signal?.addEventListener('abort', onAbort)
    subscription = subscribe((frame) => {
      if (frame.t === 'closed') return end(() => reject(frame.error))
      if (frame.t === 'snapshot') content = { epoch: frame.epoch, rev: frame.rev, entities: frame.entities }
      else content = { ...content, rev: frame.rev, entities: frame.upsert }
      if (!awaitContent || content.entities.length > 0) end(() => resolve(content))
    })
    if (ended) subscription.unsubscribe()
  })
}
