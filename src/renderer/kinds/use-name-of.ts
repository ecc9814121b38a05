import { useCallback, useState, useSyncExternalStore } from 'react'
import { type Collections, ENTITY_TOPICS, type EntityMap, type EntityName, useEngine } from '../stores/index.ts'
import type { NameOf } from './entity-kind.ts'
import { findAncestors } from './find-ancestors.ts'

interface Entity {
  readonly id: string
  readonly name: string
}

/** Reads names; another function only when one of the names changed. */
export class NameReader {
  readonly #collections: Collections
  readonly #names: readonly EntityName[]
  readonly #seen = new Map<EntityName, EntityMap<Entity>>()
  #nameOf: NameOf

  constructor(collections: Collections, names: readonly EntityName[]) {
    this.#collections = collections
    this.#names = names
    this.#nameOf = this.#createNameOf()
  }

  readonly read = (): NameOf => {
    let changed = false
    for (const name of this.#names) {
      const entities = this.#entitiesOf(name)
      const former = this.#seen.get(name)
      if (former === entities) continue
      this.#seen.set(name, entities)
      changed ||= former === undefined || isRenamed(former, entities)
    }
    if (changed) this.#nameOf = this.#createNameOf()
    return this.#nameOf
  }

  #createNameOf(): NameOf {
    return (ref, above) => {
      const entity = this.#entitiesOf(ref.kind).get(ref.id)
      if (above === undefined || entity === undefined) return entity?.name ?? ''
      const ancestor = findAncestors(this.#collections, ref.kind, entity as never, 'compute').find(
        ({ kind }) => kind === above,
      )
      return ancestor === undefined ? '' : (this.#entitiesOf(above).get(ancestor.id)?.name ?? '')
    }
  }

  #entitiesOf(name: EntityName): EntityMap<Entity> {
    return this.#collections.store(ENTITY_TOPICS[name]).getState().entities as unknown as EntityMap<Entity>
  }
}

function isRenamed(former: EntityMap<Entity>, entities: EntityMap<Entity>): boolean {
  const { before, after } = entities.changesSince(former)
  return before.length !== after.length || after.some(({ id, name }) => former.get(id)?.name !== name)
}

/** How entities of these kinds are called now. The component repaints when one gets another name. */
export function useNameOf(names: readonly EntityName[]): NameOf {
  const { collections } = useEngine()
  const [reader] = useState(() => new NameReader(collections, names))
  const [own] = useState(names)
  const subscribe = useCallback(
    (changed: () => void) => {
      const ends = own.flatMap((name) => [
        collections.hold(ENTITY_TOPICS[name]),
        collections.store(ENTITY_TOPICS[name]).subscribe(changed),
      ])
      return () => {
        for (const end of ends) end()
      }
    },
    [collections, own],
  )
  return useSyncExternalStore(subscribe, reader.read)
}
