import { useCallback, useRef, useSyncExternalStore } from 'react'
import { ENTITY_TOPICS, type EntityMap, type EntityName, type EntityOf, useEngine } from '../stores/index.ts'

/** The ids as the array that was given first: another one only when other ids are in it. */
export function useSameIds(ids: readonly string[]): readonly string[] {
  const known = useRef(ids)
  const { current } = known
  if (current !== ids && (current.length !== ids.length || current.some((id, index) => id !== ids[index]))) {
    known.current = ids
  }
  return known.current
}

/** Some entities of a kind, in the order of their ids; those that are gone are left out. Repaints when one of them changes. */
export function useEntities<N extends EntityName>(kind: N, ids: readonly string[]): readonly EntityOf<N>[] {
  const { collections } = useEngine()
  const topic = ENTITY_TOPICS[kind]
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
  const last = useRef<Reading<N> | null>(null)
  return useSyncExternalStore(subscribe, () => {
    const entities = store.getState().entities as unknown as EntityMap<EntityOf<N>>
    last.current = readEntities(last.current, entities, ids)
    return last.current.found
  })
}

interface Reading<N extends EntityName> {
  readonly entities: EntityMap<EntityOf<N>>
  readonly ids: readonly string[]
  readonly wanted: ReadonlySet<string>
  readonly found: readonly EntityOf<N>[]
}

function readEntities<N extends EntityName>(
  last: Reading<N> | null,
  entities: EntityMap<EntityOf<N>>,
  ids: readonly string[],
): Reading<N> {
  if (last !== null && last.ids === ids) {
    if (last.entities === entities) return last
    const { before, after } = entities.changesSince(last.entities)
    const concerns = ({ id }: { readonly id: string }) => last.wanted.has(id)
    if (!before.some(concerns) && !after.some(concerns)) return { ...last, entities }
  }
  const found = ids.flatMap((id) => entities.get(id) ?? [])
  return { entities, ids, wanted: new Set(ids), found }
}
