import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TopicEntity, TopicName } from '../../shared/contract/index.ts'
import type { EngineClient } from './engine-client.ts'
import { applyClosed, applyPatch, applySnapshot, type CollectionState, emptyCollection } from './mirror.ts'

/** How long a subscription outlives its last reader: changing tabs there and back costs nothing. */
const LINGER_MS = 2_000

export type CollectionStore<T extends TopicName> = StoreApi<CollectionState<TopicEntity<T>>>

interface Entry<T extends TopicName> {
  readonly store: CollectionStore<T>
  readonly subscribe: () => () => void
  readers: number
  unsubscribe: (() => void) | null
  lingerTimer: ReturnType<typeof setTimeout> | null
}

/** The page's mirror of the engine: one store for each collection that somebody reads, subscribed while they do. */
export interface Collections {
  /** The store of a collection, without subscribing. */
  store<T extends TopicName>(topic: T, key?: string): CollectionStore<T>
  /** Subscribes while at least one reader holds it. Returns how to let go. */
  hold<T extends TopicName>(topic: T, key?: string): () => void
  /** Highest revision seen in any collection. */
  revision: StoreApi<number>
  stop(): void
}

/** Creates the mirror over a client. */
export function createCollections(client: EngineClient): Collections {
  const entries = new Map<string, Entry<TopicName>>()
  const revision = createStore(() => 0)

  function entryOf<T extends TopicName>(topic: T, key: string | undefined): Entry<T> {
    const address = key === undefined ? topic : `${topic}/${key}`
    let entry = entries.get(address) as Entry<T> | undefined
    if (entry === undefined) {
      const store: CollectionStore<T> = createStore(() => emptyCollection<TopicEntity<T>>())
      entry = {
        store,
        subscribe: () => subscribe(topic, key, store),
        readers: 0,
        unsubscribe: null,
        lingerTimer: null,
      }
      entries.set(address, entry as unknown as Entry<TopicName>)
    }
    return entry
  }

  function sawRevision(rev: number, reset: boolean): void {
    if (reset || rev > revision.getState()) revision.setState(rev, true)
  }

  function subscribe<T extends TopicName>(topic: T, key: string | undefined, store: CollectionStore<T>): () => void {
    return client.subscribe(
      { topic, key },
      {
        snapshot: (entities, { epoch, rev }) => {
          const known = store.getState().epoch
          store.setState(applySnapshot({ epoch, rev, entities }), true)
          sawRevision(rev, known !== null && known !== epoch)
        },
        patch: (upsert, remove, { rev }) => {
          store.setState(applyPatch(store.getState(), { rev, upsert, remove }), true)
          sawRevision(rev, false)
        },
        closed: (error) => {
          // The client has forgotten it: whoever reads it next, or still reads it after a reconnect, asks anew.
          entryOf(topic, key).unsubscribe = null
          store.setState(applyClosed(store.getState(), error), true)
        },
      },
    )
  }

  const stopStatus = client.onStatus((status) => {
    if (status !== 'open') return
    for (const entry of entries.values()) if (entry.readers > 0) entry.unsubscribe ??= entry.subscribe()
  })

  return {
    revision,
    store: (topic, key) => entryOf(topic, key).store,
    hold(topic, key) {
      const entry = entryOf(topic, key)
      entry.readers += 1
      if (entry.lingerTimer !== null) {
        clearTimeout(entry.lingerTimer)
        entry.lingerTimer = null
      }
      entry.unsubscribe ??= entry.subscribe()
      let held = true
      return () => {
        if (!held) return
        held = false
        entry.readers -= 1
        if (entry.readers > 0) return
        entry.lingerTimer = setTimeout(() => {
          entry.lingerTimer = null
          entry.unsubscribe?.()
          entry.unsubscribe = null
          // What nobody keeps current must not be shown as current to the next reader.
          entry.store.setState(emptyCollection(), true)
        }, LINGER_MS)
      }
    },
    stop() {
      stopStatus()
      for (const entry of entries.values()) {
        if (entry.lingerTimer !== null) clearTimeout(entry.lingerTimer)
        entry.unsubscribe?.()
      }
      entries.clear()
    },
  }
}
