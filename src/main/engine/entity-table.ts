/** What entities can be looked up by, beside their id. */
type IndexedField = 'name' | 'hostId' | 'clusterId' | 'datacenterId' | 'storageDomainId' | 'networkId'

/** Entities by id, and by whatever else somebody looks them up with. */
export interface Entities<Id extends string, E> extends ReadonlyMap<Id, E> {
  /**
   * Those whose field has this value, in no particular order. Names are found whatever their case. It costs as much as there are
   * to find: the first question about a field makes an index, and each change keeps it current in O(1).
   */
  where<F extends IndexedField & keyof E>(field: F, value: E[F]): readonly E[]
}

type Index<Id> = Map<unknown, Set<Id>>

/** The map behind {@link Entities}. Entities are replaced, never changed. */
export class EntityTable<Id extends string, E extends object> extends Map<Id, E> implements Entities<Id, E> {
  // Not a private field: Map's own constructor sets entries before a field would be there.
  declare private indexes: Map<keyof E, Index<Id>> | undefined

  where<F extends IndexedField & keyof E>(field: F, value: E[F]): readonly E[] {
    const ids = this.#index(field).get(keyOf(field, value))
    return ids === undefined ? [] : [...ids].map((id) => this.get(id) as E)
  }

  override set(id: Id, entity: E): this {
    const former = this.get(id)
    super.set(id, entity)
    for (const [field, index] of this.indexes ?? []) {
      const key = keyOf(field, entity[field])
      if (former !== undefined) {
        const before = keyOf(field, former[field])
        if (before === key) continue
        take(index, before, id)
      }
      put(index, key, id)
    }
    return this
  }

  override delete(id: Id): boolean {
    const former = this.get(id)
    if (former !== undefined) {
      for (const [field, index] of this.indexes ?? []) take(index, keyOf(field, former[field]), id)
    }
    return super.delete(id)
  }

  override clear(): void {
    this.indexes?.clear()
    super.clear()
  }

  #index(field: keyof E): Index<Id> {
    this.indexes ??= new Map()
    let index = this.indexes.get(field)
    if (index === undefined) {
      index = new Map()
      for (const [id, entity] of this) put(index, keyOf(field, entity[field]), id)
      this.indexes.set(field, index)
    }
    return index
  }
}

function keyOf(field: PropertyKey, value: unknown): unknown {
  return field === 'name' ? String(value).toLowerCase() : value
}

function put<Id>(index: Index<Id>, key: unknown, id: Id): void {
  const ids = index.get(key)
  if (ids === undefined) index.set(key, new Set([id]))
  else ids.add(id)
}

function take<Id>(index: Index<Id>, key: unknown, id: Id): void {
  const ids = index.get(key)
  ids?.delete(id)
  if (ids?.size === 0) index.delete(key)
}
