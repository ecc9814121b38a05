import type { TopicAddress, TopicEntity, TopicName } from '../../shared/contract/index.ts'
import type { WireError } from '../../shared/errors/index.ts'
import type { EngineClient } from './engine-client.ts'

/** The content of a topic once there is any, or why there is none. Waits across a lost connection; `signal` gives up. */
export function fetchTopic<T extends TopicName>(
  client: Pick<EngineClient, 'subscribe'>,
  address: TopicAddress<T>,
  signal: AbortSignal,
): Promise<readonly TopicEntity<T>[] | WireError | null> {
  return new Promise((resolve) => {
    let stop: (() => void) | null = null
    let ended = false
    const end = (result: readonly TopicEntity<T>[] | WireError | null) => {
      if (ended) return
      ended = true
      signal.removeEventListener('abort', onAbort)
      stop?.()
      resolve(result)
    }
    const onAbort = () => end(null)
    const take = (entities: readonly TopicEntity<T>[]) => {
      if (entities.length > 0) end(entities)
    }
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) return end(null)
    stop = client.subscribe(address, { snapshot: take, patch: (upsert) => take(upsert), closed: end })
    if (ended) stop()
  })
}
