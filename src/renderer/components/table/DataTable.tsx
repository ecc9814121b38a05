import { useLayoutEffect, useMemo, useState } from 'react'
import { readStored, type Sorting, writeStored } from '../../stores/index.ts'
import type { RowSource } from './TableRow.tsx'
import { TableView, type TableViewProps } from './TableView.tsx'
import { sortRows } from './table-state.ts'

export interface DataTableProps<Row>
  extends Omit<TableViewProps<Row>, 'order' | 'source' | 'sorting' | 'onSort' | 'scrollKey'> {
  /** Under this name the browser remembers sorting. */
  readonly storageKey: string
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly initialSort: Sorting
}

/** Rows by their keys, each read for itself: a row repaints when it is another object than before. */
class KeyedRows<Row> implements RowSource<Row> {
  rows: ReadonlyMap<string, Row> = new Map()
  readonly #listeners = new Set<() => void>()

  readonly get = (key: string): Row | undefined => this.rows.get(key)

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  notify(): void {
    for (const changed of this.#listeners) changed()
  }
}

/** A table of rows that somebody has put together: events, tasks. It sorts them itself. */
export function DataTable<Row>({ storageKey, rows, rowKey, initialSort, ...view }: DataTableProps<Row>) {
  const [sorting, setSorting] = useState<Sorting>(() => readStored(`sort.${storageKey}`, initialSort))
  const { columns } = view
  const order = useMemo(() => sortRows(rows, columns, sorting).map(rowKey), [rows, columns, sorting, rowKey])
  const [source] = useState(() => new KeyedRows<Row>())
  source.rows = useMemo(() => new Map(rows.map((row) => [rowKey(row), row])), [rows, rowKey])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows are what is told of.
  useLayoutEffect(() => source.notify(), [source, rows])
  return (
    <TableView
      {...view}
      order={order}
      source={source}
      sorting={sorting}
      onSort={(next) => {
        setSorting(next)
        writeStored(`sort.${storageKey}`, next)
      }}
    />
  )
}
