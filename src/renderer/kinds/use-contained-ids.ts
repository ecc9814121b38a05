import { useCallback, useMemo, useRef, useSyncExternalStore } from 'react'
import {
  type Collections,
  ENTITY_TOPICS,
  type EntityMap,
  type EntityName,
  type EntityOf,
  useEngine,
} from '../stores/index.ts'
import { kindOf } from './registry.ts'

/** The kinds below one of which there are few: the clusters and hosts of a datacenter, and never its machines. */
function listKindsBelow(kind: EntityName): readonly EntityName[] {
  return kindOf(kind).holds.flatMap((below) =>
    kindOf(below).areMany === true ? [] : [below, ...listKindsBelow(below)],
  )
}

/**
 * These ids of a kind, and those of everything below them of kinds that are few: what hangs under one of them is within, whatever
 * number of machines that is. Pure but for what it reads.
 */
export function findContainedIds(
  collections: Collections,
  kind: EntityName | null,
  ids: readonly string[],
): readonly string[] {
  if (kind === null || ids.length === 0) return ids
  const within = new Set(ids)
  for (const name of listKindsBelow(kind)) {
    const parents = Object.values(kindOf(name).parents)
    const entities = collections.store(ENTITY_TOPICS[name]).getState().entities as unknown as EntityMap<
      EntityOf<typeof name>
    >
    for (const entity of entities.values()) {
      const isWithin = parents.some((parentOf) => {
        const parent = parentOf(entity)
        return parent !== null && within.has(parent.id)
      })
      if (isWithin) within.add(entity.id)
    }
  }
  // Sorted: the order of a collection says nothing.
  return within.size === ids.length ? ids : [...within].sort()
}

/** As {@link findContainedIds}, kept current: another array only when others are in it. */
export function useContainedIds(kind: EntityName | null, ids: readonly string[]): readonly string[] {
  const { collections } = useEngine()
  const topics = useMemo(() => (kind === null ? [] : listKindsBelow(kind).map((name) => ENTITY_TOPICS[name])), [kind])
  const subscribe = useCallback(
    (changed: () => void) => {
      const ends = topics.flatMap((topic) => [collections.hold(topic), collections.store(topic).subscribe(changed)])
      return () => {
        for (const end of ends) end()
      }
    },
    [collections, topics],
  )
  const known = useRef<readonly string[]>(ids)
  return useSyncExternalStore(subscribe, () => {
    const found = findContainedIds(collections, kind, ids)
    const { current } = known
    if (current.length !== found.length || current.some((id, index) => id !== found[index])) known.current = found
    return known.current
  })
}
