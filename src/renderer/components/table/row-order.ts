import type { EntityMap } from '../../stores/index.ts'
import { compareTexts } from '../compare-texts.ts'
import { compareSortValues, type SortValue } from './table-state.ts'

/** Which rows a table shows, and how it sorts them. Another object means another rule: everything is judged and sorted anew. */
export interface RowRule<Row> {
  readonly accepts: (row: Row) => boolean
  /** Null: by name alone, from the first to the last. */
  readonly valueOf: ((row: Row) => SortValue) | null
  readonly descending: boolean
  /** Orders rows of equal value. */
  readonly nameOf: (row: Row) => string
}

interface Place {
  readonly value: SortValue
  readonly name: string
}

/**
 * The keys of the rows that a table shows, in its order. A change of one row costs one comparison of what it is sorted by:
 * nothing is sorted again unless that changed, and then only that row moves.
 */
export class RowOrder<Row extends { readonly id: string }> {
  /** How often everything was sorted, and how many rows were judged and moved one by one. */
  readonly work = { sorts: 0, judged: 0, moved: 0 }
  #entities: EntityMap<Row> | null = null
  #rule: RowRule<Row> | null = null
  #places = new Map<string, Place>()
  #keys: readonly string[] = []

  /** The keys for these entities; the same array as long as it holds the same. */
  read(entities: EntityMap<Row>, rule: RowRule<Row>): readonly string[] {
    const former = this.#entities
    this.#entities = entities
    if (former === null || rule !== this.#rule) {
      this.#rule = rule
      this.#sortAll(entities, rule)
    } else if (entities !== former) this.#follow(former, entities, rule)
    return this.#keys
  }

  #sortAll(entities: EntityMap<Row>, rule: RowRule<Row>): void {
    this.work.sorts += 1
    this.#places = new Map()
    for (const row of entities.values()) this.#judge(row, rule)
    this.#keys = [...this.#places.keys()].sort((a, b) => this.#compare(a, b, rule))
  }

  #follow(former: EntityMap<Row>, entities: EntityMap<Row>, rule: RowRule<Row>): void {
    const { before, after } = entities.changesSince(former)
    const gone = new Set<string>()
    const come: string[] = []
    for (const { id } of before) if (!entities.has(id) && this.#places.delete(id)) gone.add(id)
    for (const row of after) {
      const known = this.#places.get(row.id)
      this.#places.delete(row.id)
      const place = this.#judge(row, rule)
      const stays = known !== undefined && place !== null && known.value === place.value && known.name === place.name
      if (stays) continue
      if (known !== undefined) gone.add(row.id)
      if (place !== null) come.push(row.id)
    }
    if (gone.size === 0 && come.length === 0) return
    this.work.moved += come.length
    const keys = gone.size === 0 ? [...this.#keys] : this.#keys.filter((key) => !gone.has(key))
    if (come.length > Math.sqrt(keys.length)) {
      // Many at once: runs that are sorted already are merged by the engine's sort in about one pass.
      this.#keys = [...keys, ...come.sort((a, b) => this.#compare(a, b, rule))].sort((a, b) =>
        this.#compare(a, b, rule),
      )
      return
    }
    for (const key of come) keys.splice(this.#indexFor(key, keys, rule), 0, key)
    this.#keys = keys
  }

  #judge(row: Row, rule: RowRule<Row>): Place | null {
    this.work.judged += 1
    if (!rule.accepts(row)) return null
    const place = { value: rule.valueOf?.(row) ?? null, name: rule.nameOf(row) }
    this.#places.set(row.id, place)
    return place
  }

  #indexFor(key: string, keys: readonly string[], rule: RowRule<Row>): number {
    let low = 0
    let high = keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(keys[middle] ?? '', key, rule) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #compare(a: string, b: string, { descending }: RowRule<Row>): number {
    const one = this.#places.get(a)
    const other = this.#places.get(b)
    if (one === undefined || other === undefined) return 0
    return (
      compareSortValues(one.value, other.value, descending) ||
      compareTexts(one.name, other.name) ||
      (a < b ? -1 : a > b ? 1 : 0)
    )
  }
}
