import { type MouseEvent, memo } from 'react'
import { useTranslation } from 'react-i18next'
import { AngleDownIcon, AngleRightIcon } from '../../components/icons.ts'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { kindOf } from '../../kinds/index.ts'
import { ENTITY_TOPICS, type EntityRef, useEntity } from '../../stores/index.ts'
import type { TreeRow } from './tree-rows.ts'

interface TreeLineProps {
  readonly row: TreeRow
  /** Pixels from the top of the tree. */
  readonly top: number
  readonly position: number
  readonly size: number
  readonly isSelected: boolean
  /** It is what the page shows. */
  readonly isShown: boolean
  readonly isFocusable: boolean
  /** An open menu acts on it. */
  readonly isMarked: boolean
  readonly onClick: (event: MouseEvent, row: TreeRow) => void
  readonly onDoubleClick: (row: TreeRow) => void
  readonly onToggle: (id: string) => void
}

/** A line of the tree; it repaints when it is another one, its state changes, or its entity. */
export const TreeLine = memo(function TreeLine(props: TreeLineProps) {
  const { row } = props
  const states = [
    props.isSelected ? 'vd-tree__row--selected' : '',
    props.isShown ? 'vd-tree__row--shown' : '',
    props.isMarked ? 'vd-tree__row--marked' : '',
  ].filter((state) => state !== '')
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the tree around it.
    <div
      role="treeitem"
      tabIndex={props.isFocusable ? 0 : -1}
      aria-level={row.depth + 1}
      aria-posinset={props.position}
      aria-setsize={props.size}
      aria-selected={props.isSelected}
      {...(row.isExpandable ? { 'aria-expanded': row.isExpanded } : {})}
      {...(props.isShown ? { 'aria-current': 'page' as const } : {})}
      data-node={row.id}
      className={['vd-tree__row', ...states].join(' ')}
      style={{ top: props.top, paddingInlineStart: 4 + row.depth * 16 }}
      onClick={(event) => props.onClick(event, row)}
      onDoubleClick={() => props.onDoubleClick(row)}
    >
      {row.isExpandable ? (
        <button
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          className="vd-tree__toggle"
          onClick={(event) => {
            event.stopPropagation()
            props.onToggle(row.id)
          }}
        >
          {row.isExpanded ? <AngleDownIcon /> : <AngleRightIcon />}
        </button>
      ) : (
        <span className="vd-tree__toggle" />
      )}
      <LineContent entityRef={row.ref} />
    </div>
  )
})

/** Status, kind and name of an entity, and a short aside. */
function LineContent({ entityRef: { kind: name, id } }: { readonly entityRef: EntityRef }) {
  const { t } = useTranslation()
  const kind = kindOf(name)
  const entity = useEntity(ENTITY_TOPICS[name], id)
  if (entity === undefined) return null
  const { Icon, TreeAside } = kind
  return (
    <>
      <StatusMark tone={kind.toneOf(entity)} label={kind.statusOf(entity, t)} />
      <Icon className="vd-tree__icon" />
      <Name className={kind.isStale?.(entity) === true ? 'vd-tree__name vd-stale' : 'vd-tree__name'}>
        {entity.name}
      </Name>
      {TreeAside === undefined ? null : (
        <span className="vd-tree__aside">
          <TreeAside entity={entity} />
        </span>
      )}
    </>
  )
}
