import { useCallback, useMemo, useState, useSyncExternalStore } from 'react'
import { RowOrder, type RowRule, type RowSource } from '../components/table/index.ts'
import { ENTITY_TOPICS, type EntityMap, type EntityName, type EntityOf, useEngine } from '../stores/index.ts'
import type { EntityKind } from './entity-kind.ts'

/** The rows of a table over a collection: their order, and where each is read. Repaints only when the order changes. */
export function useEntityRows<N extends EntityName>(
  kind: EntityKind<N>,
  rule: RowRule<EntityOf<N>>,
): {
  readonly order: readonly string[]
  readonly source: RowSource<EntityOf<N>>
  readonly status: 'loading' | 'live' | 'closed'
} {
  const { collections } = useEngine()
  const topic = ENTITY_TOPICS[kind.name]
  const store = collections.store(topic)
  const [rows] = useState(() => new RowOrder<EntityOf<N>>())
  const read = useCallback(() => store.getState().entities as unknown as EntityMap<EntityOf<N>>, [store])
  const subscribe = useCallback(
    (changed: () => void) => {
      const ends = [collections.hold(topic), store.subscribe(changed)]
      return () => {
        for (const end of ends) end()
      }
    },
    [collections, store, topic],
  )
  const source = useMemo<RowSource<EntityOf<N>>>(
    () => ({ get: (key) => read().get(key), subscribe: (changed) => store.subscribe(changed) }),
    [read, store],
  )
  const order = useSyncExternalStore(subscribe, () => rows.read(read(), rule))
  const status = useSyncExternalStore(subscribe, () => store.getState().status)
  return { order, source, status }
}
