import type { ReactNode } from 'react'
import type { Sorting } from '../../stores/index.ts'
import { compareTexts } from '../compare-texts.ts'

export type SortValue = string | number | null

/** A column of a table: what stands in it, and how it sorts. */
export interface Column<Row> {
  readonly id: string
  readonly title: string
  /** CSS width; left out: its share of the rest. */
  readonly width?: string
  readonly align?: 'end'
  readonly render: (row: Row) => ReactNode
  /** What it sorts by; left out: it does not. Rows without a value come last in both directions. */
  readonly sortBy?: (row: Row) => SortValue
  /** Of the numbers that it sorts by, where they are told without the table: "KiB". */
  readonly unit?: string
  /** Shown only when a person asks for it. */
  readonly optional?: boolean
}

/** Orders what a column sorts by; null comes last in both directions. Pure. */
export function compareSortValues(a: SortValue, b: SortValue, descending: boolean): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0)
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b))
  return descending ? -order : order
}

/** Rows in the order of a column; rows equal there keep the order they had. Pure. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting): readonly Row[] {
  const sortBy = columns.find(({ id }) => id === sorting.column)?.sortBy
  if (sortBy === undefined) return rows
  return rows
    .map((row) => ({ row, value: sortBy(row) }))
    .sort((a, b) => compareSortValues(a.value, b.value, sorting.descending))
    .map(({ row }) => row)
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
