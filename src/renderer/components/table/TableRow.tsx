import { type MouseEvent, memo, type ReactNode, useSyncExternalStore } from 'react'
import type { Column } from './table-state.ts'

/** Where a table's rows are read by their keys. The same object while only rows change. */
export interface RowSource<Row> {
  get(key: string): Row | undefined
  /** Told when some row may have changed. Returns how to stop. */
  subscribe(changed: () => void): () => void
}

interface TableRowProps<Row> {
  readonly rowId: string
  readonly index: number
  readonly source: RowSource<Row>
  readonly columns: readonly Column<Row>[]
  readonly selected: boolean | undefined
  readonly focusable: boolean
  /** Nobody keeps its values current. The same function each time. */
  readonly isStale: ((row: Row) => boolean) | undefined
  readonly onClick: (event: MouseEvent, key: string) => void
  readonly onDoubleClick: (row: Row) => void
}

const CELL = 'pf-v6-c-table__td vd-table__ellipsis'
const END_CELL = 'pf-v6-c-table__td vd-table__end'

function TableRowContent<Row>(props: TableRowProps<Row>) {
  const { rowId, source } = props
  const row = useSyncExternalStore(source.subscribe, () => source.get(rowId))
  if (row === undefined) return null
  return (
    // PatternFly's own cells measure themselves each time they render, which lays out the page once a row and change.
    <tr
      data-row={rowId}
      tabIndex={props.focusable ? 0 : -1}
      aria-rowindex={props.index + 2}
      {...(props.selected === undefined ? {} : { 'aria-selected': props.selected })}
      className={classOf(props.selected === true, props.isStale?.(row) === true)}
      onMouseDown={(event: MouseEvent<HTMLElement>) => {
        // Choosing several paints no text; what that prevents is done here.
        if (!isChoosingSeveral(event)) return
        event.preventDefault()
        event.currentTarget.focus()
      }}
      onClick={(event: MouseEvent) => props.onClick(event, rowId)}
      onDoubleClick={() => props.onDoubleClick(row)}
    >
      {props.columns.map((column) => (
        <td key={column.id} className={column.align === 'end' ? END_CELL : CELL}>
          {column.render(row)}
        </td>
      ))}
    </tr>
  )
}

/** A row; it repaints when its entity, its columns or its state in the table change, not when other rows do. */
export const TableRow = memo(TableRowContent) as typeof TableRowContent

function classOf(isSelected: boolean, isStale: boolean): string {
  return `pf-v6-c-table__tr vd-table__row${isSelected ? ' vd-table__row--selected' : ''}${isStale ? ' vd-table__row--stale' : ''}`
}

function isChoosingSeveral(event: MouseEvent): boolean {
  return event.shiftKey || event.ctrlKey || event.metaKey
}

/** A name that leads to what it names; with Shift or Ctrl a click on it is a click on its row, as anywhere else in it. */
export function CellLink(props: {
  readonly className?: string
  readonly onClick: () => void
  readonly children: ReactNode
}) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className={props.className === undefined ? 'vd-cell-link' : `vd-cell-link ${props.className}`}
      onClick={(event) => {
        if (!isChoosingSeveral(event)) props.onClick()
      }}
    >
      {props.children}
    </button>
  )
}
