import { useCallback, useRef, useSyncExternalStore } from 'react'
import {
  type Collections,
  ENTITY_TOPICS,
  type EntityMap,
  type EntityName,
  type EntityOf,
  useEngine,
} from '../stores/index.ts'
import type { EntityKind } from './entity-kind.ts'
import { allKinds } from './registry.ts'

/** A kind with all its entities. */
export interface KindEntities {
  readonly kind: EntityKind
  readonly entities: EntityMap<EntityOf<EntityName>>
}

function readAll(collections: Collections): readonly KindEntities[] {
  return allKinds().map((kind) => ({
    kind,
    entities: collections.store(ENTITY_TOPICS[kind.name]).getState().entities as unknown as KindEntities['entities'],
  }))
}

/** Everything that can be searched. Repaints with every change of any of it: for what is open for a moment. */
export function useAllEntities(): readonly KindEntities[] {
  const { collections } = useEngine()
  const last = useRef<readonly KindEntities[]>([])
  const subscribe = useCallback(
    (changed: () => void) => {
      const topics = allKinds().map(({ name }) => ENTITY_TOPICS[name])
      const ends = topics.flatMap((topic) => [collections.hold(topic), collections.store(topic).subscribe(changed)])
      return () => {
        for (const end of ends) end()
      }
    },
    [collections],
  )
  return useSyncExternalStore(subscribe, () => {
    const now = readAll(collections)
    const isSame =
      last.current.length === now.length &&
      now.every(({ entities }, index) => entities === last.current[index]?.entities)
    if (!isSame) last.current = now
    return last.current
  })
}
