import { createContext, useCallback, useContext, useMemo, useRef, useSyncExternalStore } from 'react'
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

/**
 * One entity of a collection; repaints only when that entity changes. `undefined` while it is not there. `key` is needed
 * for keyed topics.
 */
export function useEntity<T extends TopicName>(
  topic: T,
  id: string | null | undefined,
  key?: string,
): TopicEntity<T> | undefined {
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
  const read = useCallback(
    () => (id === null || id === undefined ? undefined : store.getState().entities.get(id)),
    [store, id],
  )
  return useSyncExternalStore(subscribe, read)
}

/** The collections of several keys of a topic as one map, in the order of the keys, subscribed while the component is there. */
export function useCollections<T extends TopicName>(
  topic: T,
  keys: readonly string[],
): ReadonlyMap<string, TopicEntity<T>> {
  const { collections } = useEngine()
  const joined = keys.join(' ')
  const stores = useMemo(
    () => (joined === '' ? [] : joined.split(' ').map((key) => ({ key, store: collections.store(topic, key) }))),
    [collections, topic, joined],
  )
  const subscribe = useCallback(
    (changed: () => void) => {
      const ends = stores.flatMap(({ key, store }) => [store.subscribe(changed), collections.hold(topic, key)])
      return () => {
        for (const end of ends) end()
      }
    },
    [collections, topic, stores],
  )
  const merged = useRef<{ readonly parts: readonly unknown[]; readonly all: ReadonlyMap<string, TopicEntity<T>> }>(null)
  return useSyncExternalStore(subscribe, () => {
    const parts = stores.map(({ store }) => store.getState().entities)
    const known = merged.current
    if (known?.parts.length === parts.length && parts.every((part, index) => part === known.parts[index])) {
      return known.all
    }
    const all = new Map(parts.flatMap((part) => [...part]))
    merged.current = { parts, all }
    return all
  })
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
