import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { ConnectionStatus, GroupVerdict, TopicEntity, TopicName } from '../../shared/contract/index.ts'
import type { Collections } from './collections.ts'
import type { EngineClient } from './engine-client.ts'
import type { EntityMap } from './entity-map.ts'
import type { CollectionState } from './mirror.ts'
import type { Question, VerdictBoard } from './verdict-board.ts'

/** The engine as components reach it; given by `Providers`. */
export interface Engine {
  readonly client: EngineClient
  readonly collections: Collections
  readonly verdicts: VerdictBoard
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

/** Something small that is read from a collection: a number, a status. Repaints only when that changes. */
export function useCollectionPart<T extends TopicName, Part extends string | number | boolean>(
  topic: T,
  select: (state: CollectionState<TopicEntity<T>>) => Part,
): Part {
  const { collections } = useEngine()
  const store = collections.store(topic)
  const subscribe = useCallback(
    (changed: () => void) => {
      const ends = [collections.hold(topic), store.subscribe(changed)]
      return () => {
        for (const end of ends) end()
      }
    },
    [collections, store, topic],
  )
  return useSyncExternalStore(subscribe, () => select(store.getState()))
}

/** How many entities are of some sort; `isCounted` is the same function each time. Looks only at those that changed. */
export function useEntityCount<T extends TopicName>(topic: T, isCounted: (entity: TopicEntity<T>) => boolean): number {
  const last = useRef<{ readonly entities: EntityMap<TopicEntity<T>>; readonly count: number } | null>(null)
  return useCollectionPart(topic, ({ entities }) => {
    const known = last.current
    if (known?.entities === entities) return known.count
    const { before, after } =
      known === null ? { before: [], after: [...entities.values()] } : entities.changesSince(known.entities)
    const count = (known?.count ?? 0) + after.filter(isCounted).length - before.filter(isCounted).length
    last.current = { entities, count }
    return count
  })
}

/** The ids of a collection; another array only when one comes or goes. */
export function useEntityIds(topic: TopicName): readonly string[] {
  const joined = useCollectionPart(topic, ({ entities }) => [...entities.keys()].sort().join(' '))
  return useMemo(() => (joined === '' ? [] : joined.split(' ')), [joined])
}

/** How the page stands with the engine. */
export function useConnection(): ConnectionStatus {
  const { client } = useEngine()
  const subscribe = useCallback((changed: () => void) => client.onStatus(changed), [client])
  return useSyncExternalStore(subscribe, () => client.status)
}

/** Nobody reads a number that changes faster, milliseconds. */
const REVISION_PAUSE_MS = 200

/** Highest revision seen, a little late where they come fast: with each of them a repaint would cost more than the change. */
export function useRevision(): number {
  const { revision } = useEngine().collections
  const [shown, setShown] = useState(() => revision.getState())
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      timer = undefined
      setShown(revision.getState())
    }
    show()
    const stop = revision.subscribe(() => {
      timer ??= setTimeout(show, REVISION_PAUSE_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [revision])
  return shown
}

/** Whether calls may run for each of some entities, kept current; null while the engine has not answered. */
export function useGroupVerdicts({ calls, kind, ids, list }: Question): readonly GroupVerdict[] | null {
  const { verdicts } = useEngine()
  const signature = JSON.stringify(calls)
  const question = useMemo<Question>(
    () => ({ calls: JSON.parse(signature) as Question['calls'], kind, ids, list }),
    [signature, kind, ids, list],
  )
  const subscribe = useCallback((changed: () => void) => verdicts.watch(question, changed), [verdicts, question])
  return useSyncExternalStore(subscribe, () => verdicts.read(question))
}
