import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { allKinds, type EntityKind } from '../../kinds/index.ts'
import {
  type Collections,
  ENTITY_TOPICS,
  type EntityMap,
  type EntityName,
  type EntityOf,
  type TreeViewName,
  useEngine,
} from '../../stores/index.ts'
import { type TreeEntry, type TreeRow, TreeRows } from './tree-rows.ts'

type Entities = EntityMap<EntityOf<EntityName>>

/** The lines of one view of the tree, read from the collections of the kinds that are in it. */
export class TreeReader {
  readonly rows = new TreeRows()
  readonly kinds: readonly EntityKind[]
  readonly #collections: Collections
  readonly #view: TreeViewName
  readonly #seen = new Map<EntityName, Entities>()

  constructor(collections: Collections, view: TreeViewName, kinds: readonly EntityKind[]) {
    this.#collections = collections
    this.#view = view
    this.kinds = kinds.filter(({ parents, isListedOnly }) => parents[view] !== undefined && isListedOnly !== true)
  }

  /** The same array as before while nothing came, went, moved or got another name. */
  read(collapsed: readonly string[]): readonly TreeRow[] {
    for (const kind of this.kinds) this.#follow(kind)
    this.rows.setCollapsed(collapsed)
    return this.rows.read()
  }

  #follow(kind: EntityKind): void {
    const entities = this.#collections.store(ENTITY_TOPICS[kind.name]).getState().entities as unknown as Entities
    const former = this.#seen.get(kind.name)
    if (former === entities) return
    this.#seen.set(kind.name, entities)
    const { before, after } =
      former === undefined ? { before: [], after: [...entities.values()] } : entities.changesSince(former)
    this.rows.update(
      after.map((entity) => this.#entryOf(kind, entity)),
      before.filter(({ id }) => !entities.has(id)).map(({ id }) => ({ kind: kind.name, id })),
    )
  }

  #entryOf(kind: EntityKind, entity: EntityOf<EntityName>): TreeEntry {
    return {
      ref: { kind: kind.name, id: entity.id },
      name: entity.name,
      rank: kind.rank,
      parent: kind.parents[this.#view]?.(entity) ?? null,
    }
  }
}

/** A view of the tree as it is now; the component repaints only when its lines are other ones. */
export function useTreeRows(
  view: TreeViewName,
  collapsed: readonly string[],
): { readonly rows: readonly TreeRow[]; readonly tree: TreeRows } {
  const { collections } = useEngine()
  const reader = useMemo(() => new TreeReader(collections, view, allKinds()), [collections, view])
  const subscribe = useCallback(
    (changed: () => void) => {
      const ends = reader.kinds.flatMap(({ name }) => [
        collections.hold(ENTITY_TOPICS[name]),
        collections.store(ENTITY_TOPICS[name]).subscribe(changed),
      ])
      return () => {
        for (const end of ends) end()
      }
    },
    [collections, reader],
  )
  const rows = useSyncExternalStore(subscribe, () => reader.read(collapsed))
  return { rows, tree: reader.rows }
}
