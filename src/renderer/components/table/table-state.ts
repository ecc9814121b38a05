import type { ReactNode } from 'react'

/** A column of a table: what stands in it, and how it sorts. */
export interface Column<Row> {
  readonly id: string
  readonly title: string
  /** CSS width; left out: its share of the rest. */
  readonly width?: string
  readonly align?: 'end'
  readonly render: (row: Row) => ReactNode
  /** What it sorts by; left out: it does not. Rows without a value come last in both directions. */
  readonly sortBy?: (row: Row) => string | number | null
  /** Shown only when a person asks for it. */
  readonly optional?: boolean
}

export interface Sorting {
  readonly column: string
  readonly descending: boolean
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function compareValues(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))
}

/** Rows in the order of a column; rows equal there keep the order they had. Pure. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting): readonly Row[] {
  const sortBy = columns.find(({ id }) => id === sorting.column)?.sortBy
  if (sortBy === undefined) return rows
  const direction = sorting.descending ? -1 : 1
  return rows
    .map((row) => ({ row, value: sortBy(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return (a.value === null ? 1 : 0) - (b.value === null ? 1 : 0)
      return direction * compareValues(a.value, b.value)
    })
    .map(({ row }) => row)
}

/**
 * The selection after a click on a row: alone, added or taken out (`toggle`), or all from the anchor to it (`range`). Pure.
 */
export function selectRow(
  selected: ReadonlySet<string>,
  order: readonly string[],
  anchor: string | null,
  clicked: string,
  how: 'only' | 'toggle' | 'range',
): ReadonlySet<string> {
  if (how === 'only') return new Set([clicked])
  if (how === 'toggle') {
    const next = new Set(selected)
    if (!next.delete(clicked)) next.add(clicked)
    return next
  }
  const from = anchor === null ? -1 : order.indexOf(anchor)
  const to = order.indexOf(clicked)
  if (from < 0 || to < 0) return new Set([clicked])
  return new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1))
}

/**
 * What a context menu acts on: the whole selection when it was asked for on a chosen row or beside all rows (`null`),
 * else that row alone. Chosen rows that a filter hides are left out: nobody sees that they would be acted on. Pure.
 */
export function menuRows(
  selected: ReadonlySet<string>,
  order: readonly string[],
  clicked: string | null,
): readonly string[] {
  if (clicked !== null && !selected.has(clicked)) return [clicked]
  return order.filter((key) => selected.has(key))
}
