import { Td, Tr } from '@patternfly/react-table'
import { type MouseEvent, memo } from 'react'
import type { Column } from './table-state.ts'

interface TableRowProps<Row> {
  readonly rowId: string
  readonly index: number
  readonly row: Row
  readonly columns: readonly Column<Row>[]
  readonly selected: boolean | undefined
  readonly focusable: boolean
  readonly onClick: (event: MouseEvent, row: Row) => void
  readonly onDoubleClick: ((row: Row) => void) | undefined
}

function TableRowContent<Row>(props: TableRowProps<Row>) {
  const { row, rowId } = props
  return (
    <Tr
      data-row={rowId}
      tabIndex={props.focusable ? 0 : -1}
      aria-rowindex={props.index + 2}
      {...(props.selected === undefined ? {} : { 'aria-selected': props.selected })}
      className={props.selected === true ? 'vd-table__row vd-table__row--selected' : 'vd-table__row'}
      onClick={(event: MouseEvent) => props.onClick(event, row)}
      onDoubleClick={() => props.onDoubleClick?.(row)}
    >
      {props.columns.map((column) => (
        <Td key={column.id} className={column.align === 'end' ? 'vd-table__end' : 'vd-table__ellipsis'}>
          {column.render(row)}
        </Td>
      ))}
    </Tr>
  )
}

/** A row; it repaints when its entity, its columns or its state in the table change, not when other rows do. */
export const TableRow = memo(
  TableRowContent,
  (before, after) =>
    before.row === after.row &&
    before.columns === after.columns &&
    before.selected === after.selected &&
    before.focusable === after.focusable &&
    before.index === after.index &&
    before.onClick === after.onClick,
) as typeof TableRowContent
