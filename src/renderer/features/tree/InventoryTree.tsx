import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ContextMenuArea, type MenuEntry, MenuPopup } from '../../components/menu.tsx'
import { creatableKinds, EntityContextMenu, kindOf, useCreations, viewOfKind } from '../../kinds/index.ts'
import {
  ENTITY_TOPICS,
  type EntityRef,
  isShown,
  select,
  selectByClick,
  setCollapsed,
  setTreeView,
  showEntity,
  useEngine,
  useWorkspace,
  workspace,
} from '../../stores/index.ts'
import { TreeLine } from './TreeLine.tsx'
import { decideTreeMove } from './tree-keys.ts'
import { nodeId, type TreeRow } from './tree-rows.ts'
import { createTypeAhead } from './type-ahead.ts'
import { useTreeRows } from './use-tree-rows.ts'

const ROW_HEIGHT = 24
/** Selection follows the keyboard, but not through every row that is only passed. */
const FOLLOW_FOCUS_MS = 150

/** Shows what a line stands for; on the same kind of page the same tab stays open. */
function show({ ref }: TreeRow): void {
  const { place, selection } = workspace.getState()
  if (isShown(ref) && selection.ids.length === 1 && selection.ids[0] === ref.id) return
  showEntity(ref.kind, ref.id as never, place.kind === ref.kind ? place.tab : undefined)
}

/** The inventory as a tree: virtualized, one tab stop, arrows, Home/End, letters; context menu for what is under it. */
export function InventoryTree() {
  const { t } = useTranslation()
  const collapsed = useWorkspace((state) => state.collapsed)
  const view = useWorkspace((state) => state.treeView)
  const place = useWorkspace((state) => state.place)
  const selection = useWorkspace((state) => state.selection)
  const { rows, tree } = useTreeRows(view, collapsed)
  const { collections } = useEngine()
  const shownId = place.kind === 'all' ? null : nodeId(place)
  const [focusedId, setFocusedId] = useState<string | null>(shownId)
  const [menu, setMenu] = useState<EntityRef | null>(null)
  const [isMenuOpen, setMenuOpen] = useState(false)
  const scroller = useRef<HTMLDivElement>(null)
  const anchor = useRef<string | null>(null)
  const wantsFocus = useRef(false)
  const [typeAhead] = useState(createTypeAhead)
  const followTimer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const indexOf = (id: string | null) => (id === null ? -1 : rows.findIndex((row) => row.id === id))
  const shownIndex = indexOf(shownId)
  const focusedIndex = Math.max(0, focusedId === shownId ? shownIndex : indexOf(focusedId))
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    // The row with the focus stays in the page when it is scrolled away: its keys must still work.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range)
      return focusedIndex >= range.count || indexes.includes(focusedIndex)
        ? indexes
        : [...indexes, focusedIndex].sort((a, b) => a - b)
    },
  })

  // What is shown is in the tree: one of a kind that the view does not have brings its own view. Who then looks into another view, stays there.
  useLayoutEffect(() => {
    const { place: now, treeView } = workspace.getState()
    if (now.kind !== 'all' && shownId === nodeId(now)) setTreeView(viewOfKind(kindOf(now.kind), treeView))
  }, [shownId])
  const [known] = useState(() => ({ opened: null as string | null }))
  // What is shown is in sight: the nodes above it are opened, also when they come after a link has named it.
  useEffect(() => {
    const opened = `${view} ${shownId}`
    if (shownId === null || known.opened === opened) return
    const above = new Set(tree.ancestorsOf(shownId))
    if (above.size === 0 && shownIndex < 0) return
    known.opened = opened
    const { collapsed: closed } = workspace.getState()
    if (closed.some((id) => above.has(id))) setCollapsed(closed.filter((id) => !above.has(id)))
  }, [known, view, shownId, shownIndex, tree])
  useEffect(() => {
    if (shownId !== null) setFocusedId(shownId)
  }, [shownId])
  // biome-ignore lint/correctness/useExhaustiveDependencies: it scrolls when something else is shown, not when rows move.
  useEffect(() => {
    if (shownIndex >= 0) virtualizer.scrollToIndex(shownIndex)
  }, [shownId, shownIndex >= 0])

  const focusRow = (index: number) => {
    const row = rows[index]
    if (row === undefined) return
    wantsFocus.current = true
    setFocusedId(row.id)
    virtualizer.scrollToIndex(index)
  }
  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    wantsFocus.current = false
    scroller.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus({ preventScroll: true })
  })
  const followFocus = (row: TreeRow | undefined) => {
    clearTimeout(followTimer.current)
    followTimer.current = setTimeout(() => {
      if (row !== undefined && scroller.current?.contains(document.activeElement) === true) show(row)
    }, FOLLOW_FOCUS_MS)
  }
  useEffect(() => () => clearTimeout(followTimer.current), [])

  /** Selects lines of one kind without showing them. */
  const choose = (row: TreeRow, how: 'toggle' | 'range') => {
    const { kind } = row.ref
    const own = rows.filter(({ ref }) => ref.kind === kind).map(({ ref }) => ref.id)
    const current = new Set(selection.kind === kind ? selection.ids : [])
    const from = anchor.current ?? (selection.kind === kind ? (selection.ids[0] ?? null) : null)
    const chosen = selectByClick(current, own, from, row.ref.id, how)
    if (how === 'toggle') anchor.current = row.ref.id
    select({ kind, ids: [...chosen] })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[focusedIndex]
    const control = event.ctrlKey || event.metaKey
    if (event.altKey || row === undefined) return
    if (control && event.key === ' ') {
      event.preventDefault()
      choose(row, 'toggle')
    }
    if (control) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1)
    const move = decideTreeMove(rows, focusedIndex, event.key, page)
    if (move?.type === 'focus') {
      event.preventDefault()
      const next = rows[move.index]
      focusRow(move.index)
      if (event.shiftKey && next !== undefined) choose(next, 'range')
      else followFocus(next)
    } else if (move !== null) {
      event.preventDefault()
      toggle(move.id)
    } else if (event.key === 'Enter') {
      if (isShown(row.ref)) activate(row)
      else show(row)
    } else if (event.key === ' ') {
      event.preventDefault()
      show(row)
    } else if (event.key === 'Escape') {
      select({ kind: null, ids: [] })
    } else if (event.key.length === 1) {
      const index = typeAhead(
        event.key,
        event.timeStamp,
        rows.map(({ name }) => name),
        focusedIndex,
      )
      if (index < 0) return
      focusRow(index)
      followFocus(rows[index])
    }
  }
  const activate = ({ ref }: TreeRow) => {
    const entity = collections.store(ENTITY_TOPICS[ref.kind]).getState().entities.get(ref.id)
    if (entity !== undefined) kindOf(ref.kind).activate?.(entity)
  }
  // The same functions for all lines and all times: lines repaint only when they are other ones.
  const latest = useRef({ choose, activate })
  latest.current = { choose, activate }
  const onClick = useCallback((event: MouseEvent, row: TreeRow) => {
    setFocusedId(row.id)
    if (event.shiftKey) latest.current.choose(row, 'range')
    else if (event.ctrlKey || event.metaKey) latest.current.choose(row, 'toggle')
    else {
      anchor.current = row.ref.id
      show(row)
    }
  }, [])
  const onDoubleClick = useCallback((row: TreeRow) => latest.current.activate(row), [])

  const selected = new Set(selection.ids)
  const isSelected = (ref: EntityRef) => selection.kind === ref.kind && selected.has(ref.id)
  const menuIds = menu === null ? [] : isSelected(menu) ? selection.ids : [menu.id]
  const isMarked = (ref: EntityRef) => isMenuOpen && menu?.kind === ref.kind && menuIds.includes(ref.id)
  return (
    <ContextMenuArea
      className="vd-tree__area"
      onOpenChange={setMenuOpen}
      onTarget={(target) => {
        const id = target.closest('[data-node]')?.getAttribute('data-node') ?? null
        setMenu(rows[indexOf(id)]?.ref ?? null)
      }}
      popup={menu === null ? <EmptyAreaMenu /> : <EntityContextMenu kind={menu.kind} ids={menuIds} />}
    >
      <div className="vd-tree__scroller" ref={scroller}>
        <div
          role="tree"
          aria-label={t('frame:tree.label')}
          aria-multiselectable="true"
          className={isMenuOpen && menu !== null && !isSelected(menu) ? 'vd-tree vd-tree--elsewhere' : 'vd-tree'}
          style={{ height: virtualizer.getTotalSize() }}
          onKeyDown={onKeyDown}
        >
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]
            if (row === undefined) return null
            return (
              <TreeLine
                key={row.id}
                row={row}
                top={start}
                {...tree.positionOf(row.id)}
                isSelected={isSelected(row.ref)}
                isShown={index === shownIndex}
                isFocusable={index === focusedIndex}
                isMarked={isMarked(row.ref)}
                onClick={onClick}
                onDoubleClick={onDoubleClick}
                onToggle={toggle}
              />
            )
          })}
        </div>
      </div>
    </ContextMenuArea>
  )
}

function toggle(id: string): void {
  const { collapsed } = workspace.getState()
  setCollapsed(collapsed.includes(id) ? collapsed.filter((other) => other !== id) : [...collapsed, id])
}

/** Right click beside all rows: what can be made of the kinds that this view shows. */
function EmptyAreaMenu() {
  const { all } = creatableKinds(useWorkspace((state) => state.treeView))
  const creations = useCreations().filter(({ kind }) => all.includes(kind))
  return (
    <MenuPopup
      entries={creations.map(
        ({ kind: { Icon }, ...entry }): MenuEntry => ({ type: 'action', ...entry, icon: <Icon /> }),
      )}
    />
  )
}
