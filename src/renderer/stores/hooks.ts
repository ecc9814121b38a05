import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import type { ConnectionStatus, TopicEntity, TopicName } from '../../shared/contract/index.ts'
import type { Collections } from './collections.ts'
import type { EngineClient } from './engine-client.ts'
import type { CollectionState } from './mirror.ts'

/** The engine as components reach it; given by `Providers`. */
export interface Engine {
  readonly client: EngineClient
  readonly collections: Collections
}

export const EngineContext = createContext<Engine | null>(null)

/** The engine's client and mirror. Throws outside of `Providers`: that is a bug. */
export function useEngine(): Engine {
  const engine = useContext(EngineContext)
  if (engine === null) throw new Error('useEngine needs Providers above it')
  return engine
}

/** The client, to call commands with. */
export function useEngineClient(): EngineClient {
  return useEngine().client
}

/** A collection as it is now, subscribed while the component is there. `key` is needed for keyed topics. */
export function useCollection<T extends TopicName>(topic: T, key?: string): CollectionState<TopicEntity<T>> {
  const { collections } = useEngine()
  const store = collections.store(topic, key)
  const subscribe = useCallback(
    (changed: () => void) => {
      const release = collections.hold(topic, key)
      const stop = store.subscribe(changed)
      return () => {
        stop()
        release()
      }
    },
    [collections, store, topic, key],
  )
  return useSyncExternalStore(subscribe, store.getState)
}

/** One entity of an unkeyed topic; repaints only when that entity changes. `undefined` while it is not there. */
export function useEntity<T extends TopicName>(topic: T, id: string | null | undefined): TopicEntity<T> | undefined {
  const { collections } = useEngine()
  const store = collections.store(topic)
  const subscribe = useCallback(
    (changed: () => void) => {
      const release = collections.hold(topic)
      const stop = store.subscribe(changed)
      return () => {
        stop()
        release()
      }
    },
    [collections, store, topic],
  )
  const read = useCallback(
    () => (id === null || id === undefined ? undefined : store.getState().entities.get(id)),
    [store, id],
  )
  return useSyncExternalStore(subscribe, read)
}

/** How the page stands with the engine. */
export function useConnection(): ConnectionStatus {
  const { client } = useEngine()
  const subscribe = useCallback((changed: () => void) => client.onStatus(changed), [client])
  return useSyncExternalStore(subscribe, () => client.status)
}

/** Highest revision seen. */
export function useRevision(): number {
  const { revision } = useEngine().collections
  return useSyncExternalStore(revision.subscribe, revision.getState)
}
