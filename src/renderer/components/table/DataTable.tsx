import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import {
  Fragment,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { readStored, writeStored } from '../../stores/index.ts'
import { ContextMenuArea } from '../menu.tsx'
import { TableRow } from './TableRow.tsx'
import { type Column, menuRows, type Sorting, selectRow, sortRows } from './table-state.ts'

const ROW_HEIGHT = 24

export interface DataTableProps<Row> {
  readonly label: string
  /** Under this name the browser remembers sorting. */
  readonly storageKey: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly initialSort: Sorting
  readonly empty: ReactNode
  /** Has more columns than a small window is wide: it scrolls sideways rather than squeeze them. */
  readonly wide?: boolean
  /** Lets rows be chosen, several at once; told the keys. */
  readonly selection?: {
    readonly selected: ReadonlySet<string>
    readonly onChange: (keys: ReadonlySet<string>) => void
  }
  /** Enter, or a click on the name. */
  readonly onOpen?: (row: Row) => void
  readonly onDoubleClick?: (row: Row) => void
  /** The popup for the chosen rows. */
  readonly contextMenu?: (keys: readonly string[]) => ReactNode
}

/**
 * A table of any length: only the rows in view are in the page. One row takes part in the tab order; arrows move, Space
 * chooses, Shift and Ctrl choose several, Enter opens.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { t } = useTranslation()
  const { columns, rows, rowKey, selection } = props
  const [sorting, setSorting] = useState<Sorting>(() => readStored(`sort.${props.storageKey}`, props.initialSort))
  const [focusedKey, setFocusedKey] = useState<string | null>(null)
  const [menuKeys, setMenuKeys] = useState<readonly string[]>([])
  const anchor = useRef<string | null>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const sorted = useMemo(() => sortRows(rows, columns, sorting), [rows, columns, sorting])
  const keys = useMemo(() => sorted.map(rowKey), [sorted, rowKey])
  const focusIndex = Math.max(0, focusedKey === null ? 0 : keys.indexOf(focusedKey))
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    // The row of the tab order stays in the page when it is scrolled away: else Tab and the arrows would lose the table.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range)
      return focusIndex >= range.count || indexes.includes(focusIndex)
        ? indexes
        : [...indexes, focusIndex].sort((a, b) => a - b)
    },
  })
  const visible = virtualizer.getVirtualItems()
  const below = virtualizer.getTotalSize() - (visible.at(-1)?.end ?? 0)

  const choose = (key: string, how: 'only' | 'toggle' | 'range') => {
    setFocusedKey(key)
    if (selection === undefined) return
    selection.onChange(selectRow(selection.selected, keys, anchor.current, key, how))
    if (how !== 'range') anchor.current = key
  }
  const sortOn = (column: string) => {
    const next = { column, descending: sorting.column === column && !sorting.descending }
    setSorting(next)
    writeStored(`sort.${props.storageKey}`, next)
  }
  const focusRow = (index: number) => {
    const key = keys[Math.min(Math.max(0, index), keys.length - 1)]
    if (key === undefined) return
    setFocusedKey(key)
    virtualizer.scrollToIndex(keys.indexOf(key))
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`)?.focus(),
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const row = sorted[focusIndex]
    const target = event.target
    // Cells can have the focus after a click; buttons in them keep their own keys.
    const onRow =
      target instanceof Element && target.closest('[data-row]') !== null && target.closest('button') === null
    if (row === undefined || !onRow) return
    const moves: Record<string, number> = {
      ArrowDown: focusIndex + 1,
      ArrowUp: focusIndex - 1,
      Home: 0,
      End: keys.length - 1,
    }
    const move = moves[event.key]
    if (move !== undefined) {
      event.preventDefault()
      anchor.current ??= rowKey(row)
      focusRow(move)
      const key = keys[Math.min(Math.max(0, move), keys.length - 1)]
      if (event.shiftKey && key !== undefined) choose(key, 'range')
    } else if (event.key === ' ') {
      event.preventDefault()
      choose(rowKey(row), 'toggle')
    } else if (event.key === 'Enter') {
      props.onOpen?.(row)
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && selection !== undefined) {
      event.preventDefault()
      selection.onChange(new Set(keys))
    }
  }
  // One function for all rows and all times: rows repaint only when their own data change.
  const latestChoose = useRef(choose)
  latestChoose.current = choose
  const onRowClick = useCallback(
    (event: MouseEvent, row: Row) => {
      latestChoose.current(rowKey(row), event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'only')
    },
    [rowKey],
  )

  const table = (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the rows in it, which have the focus.
    <div className="vd-table__scroller" ref={scroller} onKeyDown={onKeyDown}>
      <Table
        aria-label={props.label}
        aria-rowcount={sorted.length + 1}
        variant="compact"
        gridBreakPoint=""
        isStickyHeader
        borders={false}
        className={`vd-table vd-table--rows${props.wide === true ? ' vd-table--wide' : ''}`}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: column.width ?? 'auto' }} />
          ))}
        </colgroup>
        <Thead>
          <Tr>
            {columns.map((column, index) => (
              <Th
                key={column.id}
                className={column.align === 'end' ? 'vd-table__end' : ''}
                {...(column.title === '' ? { screenReaderText: t('common:table.actions') } : {})}
                {...(column.sortBy === undefined
                  ? {}
                  : {
                      sort: {
                        columnIndex: index,
                        sortBy: {
                          index: columns.findIndex(({ id }) => id === sorting.column),
                          direction: sorting.descending ? ('desc' as const) : ('asc' as const),
                        },
                        onSort: () => sortOn(column.id),
                        'aria-label': t('common:table.sortBy', { column: column.title }),
                      },
                    })}
              >
                {column.title === '' ? undefined : column.title}
              </Th>
            ))}
          </Tr>
        </Thead>
        <Tbody>
          {visible.map(({ index, start }, position) => {
            const row = sorted[index]
            if (row === undefined) return null
            const key = rowKey(row)
            const gap = start - (visible[position - 1]?.end ?? 0)
            return (
              <Fragment key={key}>
                {gap > 0 ? <Spacer height={gap} /> : null}
                <TableRow
                  rowId={key}
                  index={index}
                  row={row}
                  columns={columns}
                  selected={selection?.selected.has(key)}
                  focusable={index === focusIndex}
                  onClick={onRowClick}
                  onDoubleClick={props.onDoubleClick}
                />
              </Fragment>
            )
          })}
          {below > 0 ? <Spacer height={below} /> : null}
          {sorted.length === 0 ? (
            <Tr>
              <Td colSpan={columns.length} className="vd-table__empty">
                {props.empty}
              </Td>
            </Tr>
          ) : null}
        </Tbody>
      </Table>
    </div>
  )
  const { contextMenu } = props
  if (contextMenu === undefined) return table
  return (
    <ContextMenuArea
      className="vd-table__area"
      onTarget={(target) => {
        const key = target.closest('[data-row]')?.getAttribute('data-row') ?? null
        const selected = selection?.selected ?? new Set<string>()
        if (key !== null && !selected.has(key)) choose(key, 'only')
        setMenuKeys(menuRows(selected, keys, key))
      }}
      popup={contextMenu(menuKeys)}
    >
      {table}
    </ContextMenuArea>
  )
}

/** Stands for the rows that are not in the page. */
function Spacer({ height }: { readonly height: number }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it is empty and cannot have the focus.
  return <tr aria-hidden="true" style={{ height }} />
}
