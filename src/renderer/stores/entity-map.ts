/** A map is kept in so many parts, which maps share: with 10,000 entities a change copies some 40 of them. */
const PARTS = 256

type Part<E> = ReadonlyMap<string, E>

const NO_PART = new Map<string, never>()

/** What differs between two maps. An entity that was replaced stands in both lists. */
export interface EntityChanges<E> {
  readonly before: readonly E[]
  readonly after: readonly E[]
}

/**
 * A map of entities by their id that never changes: a change makes another map, which shares all that is equal. So a change
 * costs the same however many entities there are, and what differs between two maps is found without looking at all of them.
 * The order of its entities says nothing.
 */
export class EntityMap<E extends { readonly id: string }> implements ReadonlyMap<string, E> {
  readonly size: number
  readonly #parts: readonly Part<E>[]

  private constructor(parts: readonly Part<E>[], size: number) {
    this.#parts = parts
    this.size = size
  }

  static from<E extends { readonly id: string }>(entities: Iterable<E> = []): EntityMap<E> {
    return new EntityMap<E>(
      Array.from({ length: PARTS }, () => NO_PART),
      0,
    ).with([...entities], [])
  }

  /** The map with some entities added or replaced, and others gone; this very map when that changes nothing. */
  with(upsert: readonly E[], remove: readonly string[]): EntityMap<E> {
    const parts = [...this.#parts]
    const own = new Set<number>()
    const writable = (id: string): Map<string, E> => {
      const index = partOf(id)
      if (!own.has(index)) {
        parts[index] = new Map(parts[index])
        own.add(index)
      }
      return parts[index] as Map<string, E>
    }
    let { size } = this
    for (const id of remove) if (this.#part(id).has(id) && writable(id).delete(id)) size -= 1
    for (const entity of upsert) {
      const part = writable(entity.id)
      if (!part.has(entity.id)) size += 1
      part.set(entity.id, entity)
    }
    return own.size === 0 ? this : new EntityMap(parts, size)
  }

  /** What was there in `former` and is not here, and the other way round. */
  changesSince(former: EntityMap<E>): EntityChanges<E> {
    const before: E[] = []
    const after: E[] = []
    if (former === this) return { before, after }
    this.#parts.forEach((part, index) => {
      const old = former.#parts[index] ?? NO_PART
      if (old === part) return
      for (const [id, entity] of old) if (part.get(id) !== entity) before.push(entity)
      for (const [id, entity] of part) if (old.get(id) !== entity) after.push(entity)
    })
    return { before, after }
  }

  get(id: string): E | undefined {
    return this.#part(id).get(id)
  }

  has(id: string): boolean {
    return this.#part(id).has(id)
  }

  forEach(callback: (entity: E, id: string, map: ReadonlyMap<string, E>) => void): void {
    for (const [id, entity] of this) callback(entity, id, this)
  }

  *entries(): MapIterator<[string, E]> {
    for (const part of this.#parts) yield* part
  }

  *keys(): MapIterator<string> {
    for (const part of this.#parts) yield* part.keys()
  }

  *values(): MapIterator<E> {
    for (const part of this.#parts) yield* part.values()
  }

  [Symbol.iterator](): MapIterator<[string, E]> {
    return this.entries()
  }

  get [Symbol.toStringTag](): string {
    return 'EntityMap'
  }

  #part(id: string): Part<E> {
    return this.#parts[partOf(id)] ?? NO_PART
  }
}

/** FNV-1a over the last characters, which differ most. */
function partOf(id: string): number {
  let hash = 0x811c9dc5
  for (let index = Math.max(0, id.length - 12); index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0) % PARTS
}
