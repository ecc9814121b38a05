import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import {
  Fragment,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { recallScroll, rememberScroll, type Sorting, selectByClick } from '../../stores/index.ts'
import { ContextMenuArea } from '../menu.tsx'
import { ColumnEdge } from './ColumnEdge.tsx'
import { type RowSource, TableRow } from './TableRow.tsx'
import { type Column, menuRows } from './table-state.ts'

const ROW_HEIGHT = 24

export interface TableViewProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** The keys of the rows, in their order. */
  readonly order: readonly string[]
  /** Where rows are read, each for itself: a change of one repaints that one. */
  readonly source: RowSource<Row>
  readonly sorting: Sorting
  readonly onSort: (sorting: Sorting) => void
  /** A person has made a column so wide, by its edge. Left out: they stay as they are. */
  readonly onResize?: ((column: string, widthPx: number) => void) | undefined
  readonly empty: ReactNode
  /** Has more columns than a small window is wide: it scrolls sideways rather than squeeze them. */
  readonly wide?: boolean | undefined
  /** Under this name the place remembers how far it is scrolled. */
  readonly scrollKey?: string | undefined
  /** Rows whose values nobody keeps current are grey. The same function each time. */
  readonly isStale?: ((row: Row) => boolean) | undefined
  /** Lets rows be chosen, several at once; told the keys. */
  readonly selection?: TableSelection | undefined
  /** Enter, or a click on the name. */
  readonly onOpen?: ((row: Row) => void) | undefined
  readonly onDoubleClick?: ((row: Row) => void) | undefined
  /** The popup for the chosen rows. */
  readonly contextMenu?: ((keys: readonly string[]) => ReactNode) | undefined
}

export interface TableSelection {
  readonly selected: ReadonlySet<string>
  readonly onChange: (keys: ReadonlySet<string>) => void
}

/**
 * A table of any length: only the rows in view are in the page. One row takes part in the tab order; arrows move, Space
 * chooses, Shift and Ctrl choose several, Escape chooses none, Enter opens.
 */
export function TableView<Row>(props: TableViewProps<Row>) {
  const { columns, order, source, selection } = props
  const [focusedKey, setFocusedKey] = useState<string | null>(null)
  const [menuKeys, setMenuKeys] = useState<readonly string[]>([])
  const anchor = useRef<string | null>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const focusIndex = Math.max(0, focusedKey === null ? 0 : order.indexOf(focusedKey))
  const virtualizer = useVirtualizer({
    count: order.length,
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
  const onScroll = useScrollMemory(props.scrollKey, scroller, order.length > 0)

  const choose = (key: string, how: 'only' | 'toggle' | 'range') => {
    setFocusedKey(key)
    if (selection === undefined) return
    selection.onChange(selectByClick(selection.selected, order, anchor.current, key, how))
    if (how !== 'range') anchor.current = key
  }
  const focusRow = (index: number) => {
    const key = order[Math.min(Math.max(0, index), order.length - 1)]
    if (key === undefined) return
    setFocusedKey(key)
    virtualizer.scrollToIndex(order.indexOf(key))
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`)?.focus(),
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const key = order[focusIndex]
    const target = event.target
    // Cells can have the focus after a click; buttons in them keep their own keys.
    const onRow =
      target instanceof Element && target.closest('[data-row]') !== null && target.closest('button') === null
    if (key === undefined || !onRow) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2)
    const moves: Record<string, number> = {
      ArrowDown: focusIndex + 1,
      ArrowUp: focusIndex - 1,
      PageDown: focusIndex + page,
      PageUp: focusIndex - page,
      Home: 0,
      End: order.length - 1,
    }
    const move = moves[event.key]
    if (move !== undefined) {
      event.preventDefault()
      anchor.current ??= key
      focusRow(move)
      const reached = order[Math.min(Math.max(0, move), order.length - 1)]
      if (event.shiftKey && reached !== undefined) choose(reached, 'range')
    } else if (event.key === ' ') {
      event.preventDefault()
      choose(key, 'toggle')
    } else if (event.key === 'Enter') {
      const row = source.get(key)
      if (row !== undefined) props.onOpen?.(row)
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && selection !== undefined) {
      event.preventDefault()
      selection.onChange(new Set(order))
    } else if (event.key === 'Escape' && selection !== undefined && selection.selected.size > 0) {
      selection.onChange(new Set())
    }
  }
  // One function for all rows and all times: rows repaint only when their own data change.
  const latest = useRef({ choose, onDoubleClick: props.onDoubleClick })
  latest.current = { choose, onDoubleClick: props.onDoubleClick }
  const onRowClick = useCallback((event: MouseEvent, key: string) => {
    latest.current.choose(key, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'only')
  }, [])
  const onRowDoubleClick = useCallback((row: Row) => latest.current.onDoubleClick?.(row), [])

  const table = (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the rows in it, which have the focus.
    <div className="vd-table__scroller" ref={scroller} onKeyDown={onKeyDown} onScroll={onScroll}>
      <Table
        aria-label={props.label}
        aria-rowcount={order.length + 1}
        aria-multiselectable={selection === undefined ? undefined : true}
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
        <TableHead columns={columns} sorting={props.sorting} onSort={props.onSort} onResize={props.onResize} />
        <Tbody>
          {visible.map(({ index, start }, position) => {
            const key = order[index]
            if (key === undefined) return null
            const gap = start - (visible[position - 1]?.end ?? 0)
            return (
              <Fragment key={key}>
                {gap > 0 ? <Spacer height={gap} /> : null}
                <TableRow
                  rowId={key}
                  index={index}
                  source={source}
                  columns={columns}
                  selected={selection?.selected.has(key)}
                  focusable={index === focusIndex}
                  isStale={props.isStale}
                  onClick={onRowClick}
                  onDoubleClick={onRowDoubleClick}
                />
              </Fragment>
            )
          })}
          {below > 0 ? <Spacer height={below} /> : null}
          {order.length === 0 ? (
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
        setMenuKeys(menuRows(selected, order, key))
      }}
      popup={contextMenu(menuKeys)}
    >
      {table}
    </ContextMenuArea>
  )
}

function TableHead<Row>(props: {
  readonly columns: readonly Column<Row>[]
  readonly sorting: Sorting
  readonly onSort: (sorting: Sorting) => void
  readonly onResize: ((column: string, widthPx: number) => void) | undefined
}) {
  const { t } = useTranslation()
  const { columns, sorting, onResize } = props
  const sortOn = (column: string) =>
    props.onSort({ column, descending: sorting.column === column && !sorting.descending })
  return (
    <Thead>
      <Tr>
        {columns.map((column, index) => (
          <Th
            key={column.id}
            className={column.align === 'end' ? 'vd-table__end' : ''}
            {...(onResize === undefined || column.title === ''
              ? {}
              : {
                  // Else the edge would be part of what the head is called.
                  'aria-label': column.title,
                  additionalContent: (
                    <ColumnEdge title={column.title} onResize={(widthPx) => onResize(column.id, widthPx)} />
                  ),
                })}
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
  )
}

/** Scrolls to where the place was left, once there are rows, and remembers where it is. Returns the listener. */
function useScrollMemory(
  scrollKey: string | undefined,
  scroller: { readonly current: HTMLDivElement | null },
  hasRows: boolean,
): () => void {
  const recalled = useRef(false)
  useLayoutEffect(() => {
    if (scrollKey === undefined || !hasRows || recalled.current) return
    recalled.current = true
    const offset = recallScroll(scrollKey)
    if (offset > 0 && scroller.current !== null) scroller.current.scrollTop = offset
  }, [scrollKey, hasRows, scroller])
  return () => {
    if (scrollKey !== undefined && recalled.current && scroller.current !== null) {
      rememberScroll(scrollKey, scroller.current.scrollTop)
    }
  }
}

/** Stands for the rows that are not in the page. */
function Spacer({ height }: { readonly height: number }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it is empty and cannot have the focus.
  return <tr aria-hidden="true" style={{ height }} />
}
