import { hotkeysCoreFeature, syncDataLoaderFeature } from '@headless-tree/core'
import { useTree } from '@headless-tree/react'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId, VmId } from '../../../shared/domain/index.ts'
import { AngleDownIcon, AngleRightIcon, PlusIcon } from '../../components/icons.ts'
import { ContextMenuArea, MenuPopup } from '../../components/menu.tsx'
import { openDialog, setCollapsed, showHost, showVm, useWorkspace, workspace } from '../../stores/index.ts'
import { HostContextMenu } from '../hosts/index.ts'
import { openConsole, VmContextMenu } from '../vms/index.ts'
import { NodeContent } from './NodeContent.tsx'
import { nodeId, ROOT_ID, type TreeNode } from './tree-model.ts'
import { createTypeAhead } from './type-ahead.ts'
import { useTreeModel } from './use-tree-model.ts'

const ROW_HEIGHT = 24
/** Selection follows the keyboard, but not through every row that is only passed. */
const FOLLOW_FOCUS_MS = 150

const MISSING: TreeNode = { id: '', kind: 'vm', entityId: '', parentId: null, name: '' }

function select(node: TreeNode): void {
  const { place } = workspace.getState()
  if (place.kind !== 'all' && place.id === node.entityId) return
  if (node.kind === 'host') showHost(node.entityId as HostId, place.kind === 'host' ? place.tab : undefined)
  else if (node.kind === 'vm') showVm(node.entityId as VmId, place.kind === 'vm' ? place.tab : undefined)
}

/** The inventory as a tree: virtualized, one tab stop, arrows, Home/End, letters; context menu for what is under it. */
export function InventoryTree() {
  const { t } = useTranslation()
  const model = useTreeModel()
  const collapsed = useWorkspace((state) => state.collapsed)
  const place = useWorkspace((state) => state.place)
  const selectedId = place.kind === 'all' ? null : nodeId(place.kind, place.id)
  const [focusedId, setFocusedId] = useState<string | null>(null)
  const [menuNode, setMenuNode] = useState<TreeNode | null>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const modelRef = useRef(model)
  modelRef.current = model
  const [typeAhead] = useState(createTypeAhead)
  const followTimer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const expandedItems = useMemo(() => {
    const closed = new Set(collapsed)
    return [...model.children.keys()].filter((id) => id !== ROOT_ID && !closed.has(id))
  }, [model, collapsed])
  const known = (id: string | null) => (id !== null && model.nodes.has(id) ? id : null)

  const tree = useTree<TreeNode>({
    rootItemId: ROOT_ID,
    dataLoader: {
      getItem: (id) => modelRef.current.nodes.get(id) ?? MISSING,
      getChildren: (id) => [...(modelRef.current.children.get(id) ?? [])],
    },
    getItemName: (item) => item.getItemData().name,
    isItemFolder: (item) => item.getItemData().kind !== 'vm',
    state: { expandedItems, focusedItem: known(focusedId) ?? known(selectedId) },
    setExpandedItems: (update) => {
      const next = new Set(typeof update === 'function' ? update(expandedItems) : update)
      setCollapsed([...modelRef.current.children.keys()].filter((id) => id !== ROOT_ID && !next.has(id)))
    },
    setFocusedItem: (update) => setFocusedId(typeof update === 'function' ? update(focusedId) : update),
    scrollToItem: (item) => virtualizer.scrollToIndex(item.getItemMeta().index),
    features: [syncDataLoaderFeature, hotkeysCoreFeature],
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: the tree caches its rows; these are what they are made of.
  useEffect(() => tree.rebuildTree(), [tree, model, expandedItems])

  const items = tree.getItems().filter((item) => model.nodes.has(item.getId()))
  const focusedIndex = items.findIndex((item) => item.isFocused())
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    // The row with the focus stays in the page when it is scrolled away: its keys must still work.
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range)
      return focusedIndex < 0 || rows.includes(focusedIndex) ? rows : [...rows, focusedIndex].sort((a, b) => a - b)
    },
  })

  // Known only once the inventory is there, which may be after the place was chosen by a link.
  const selectedParent = selectedId === null ? null : (model.nodes.get(selectedId)?.parentId ?? null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another selection opens its host again, also one that was closed.
  useEffect(() => {
    const { collapsed: closed } = workspace.getState()
    if (selectedParent !== null && closed.includes(selectedParent)) {
      setCollapsed(closed.filter((id) => id !== selectedParent))
    }
  }, [selectedId, selectedParent])
  useEffect(() => {
    if (selectedId !== null) setFocusedId(selectedId)
  }, [selectedId])

  const selectedIndex = items.findIndex((item) => item.getId() === selectedId)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it scrolls when another node is selected, not when rows move.
  useEffect(() => {
    if (selectedIndex >= 0) virtualizer.scrollToIndex(selectedIndex)
  }, [selectedId, selectedIndex >= 0])

  const followFocus = () => {
    clearTimeout(followTimer.current)
    followTimer.current = setTimeout(() => {
      const focused = tree.getFocusedItem()
      if (focused !== undefined && scroller.current?.contains(document.activeElement) === true)
        select(focused.getItemData())
    }, FOLLOW_FOCUS_MS)
  }
  useEffect(() => () => clearTimeout(followTimer.current), [])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const focused = items[focusedIndex]
    if (event.key === 'Enter' && focused !== undefined) {
      const node = focused.getItemData()
      if (node.kind === 'vm' && node.id === selectedId)
        openConsole({ id: node.entityId as VmId, name: node.name }, 'graphics')
      else select(node)
    } else if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') {
      followFocus()
    } else if (event.key.length === 1 && event.key !== ' ') {
      const names = items.map((item) => item.getItemName())
      const index = typeAhead(event.key, event.timeStamp, names, Math.max(0, focusedIndex))
      if (index < 0) return
      items[index]?.setFocused()
      tree.updateDomFocus()
      followFocus()
    } else if (event.key === ' ' && focused !== undefined) {
      event.preventDefault()
      select(focused.getItemData())
    }
  }

  return (
    <ContextMenuArea
      className="vd-tree__area"
      onTarget={(target) => {
        const id = target.closest('[data-node]')?.getAttribute('data-node')
        setMenuNode(id === null || id === undefined ? null : (model.nodes.get(id) ?? null))
      }}
      popup={menuNode === null ? <EmptyAreaMenu /> : <NodeMenu node={menuNode} />}
    >
      <div className="vd-tree__scroller" ref={scroller}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: its role, tree, is among the spread props. */}
        <div
          {...tree.getContainerProps(t('frame:tree.label'))}
          className="vd-tree"
          style={{ height: virtualizer.getTotalSize() }}
          onKeyDown={onKeyDown}
        >
          {virtualizer.getVirtualItems().map((row) => {
            const item = items[row.index]
            if (item === undefined) return null
            const node = item.getItemData()
            const selected = node.id === selectedId
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the tree around it.
              // biome-ignore lint/a11y/noStaticElementInteractions: its role, treeitem, is among the spread props.
              <div
                {...item.getProps()}
                key={node.id}
                data-node={node.id}
                {...{ 'aria-selected': selected, 'aria-label': undefined }}
                className={selected ? 'vd-tree__row vd-tree__row--selected' : 'vd-tree__row'}
                style={{ top: row.start, paddingInlineStart: 4 + item.getItemMeta().level * 16 }}
                onClick={() => {
                  item.setFocused()
                  select(node)
                }}
                onDoubleClick={() => {
                  if (node.kind === 'vm') openConsole({ id: node.entityId as VmId, name: node.name }, 'graphics')
                }}
              >
                {item.isFolder() ? (
                  <button
                    type="button"
                    tabIndex={-1}
                    aria-hidden="true"
                    className="vd-tree__toggle"
                    onClick={(event) => {
                      event.stopPropagation()
                      if (item.isExpanded()) item.collapse()
                      else item.expand()
                    }}
                  >
                    {item.isExpanded() ? <AngleDownIcon /> : <AngleRightIcon />}
                  </button>
                ) : (
                  <span className="vd-tree__toggle" />
                )}
                <NodeContent node={node} />
              </div>
            )
          })}
        </div>
      </div>
    </ContextMenuArea>
  )
}

/** Right click beside all rows. */
function EmptyAreaMenu() {
  const { t } = useTranslation()
  return (
    <MenuPopup
      entries={[
        {
          type: 'action',
          id: 'host.add',
          label: t('hosts:action.add'),
          icon: <PlusIcon />,
          run: () => openDialog({ kind: 'add-host' }),
        },
      ]}
    />
  )
}

function NodeMenu({ node }: { readonly node: TreeNode }) {
  return node.kind === 'host' ? (
    <HostContextMenu hostId={node.entityId as HostId} />
  ) : (
    <VmContextMenu vmIds={[node.entityId as VmId]} />
  )
}
