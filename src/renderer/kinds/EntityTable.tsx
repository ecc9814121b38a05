import { SearchInput } from '@patternfly/react-core'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../components/ActionButton.tsx'
import { ColumnsIcon, EllipsisVIcon } from '../components/icons.ts'
import { MenuButton } from '../components/menu.tsx'
import { type Column, type RowRule, TableView } from '../components/table/index.ts'
import {
  changeListView,
  type EntityId,
  type EntityName,
  type EntityOf,
  type EntityRef,
  readStored,
  type Sorting,
  select,
  showEntity,
  useWorkspace,
  writeStored,
} from '../stores/index.ts'
import { EntityContextMenu } from './EntityMenu.tsx'
import type { EntityKind } from './entity-kind.ts'
import { allKinds, kindOf } from './registry.ts'
import { useEntityActions } from './use-actions.tsx'
import { useContainedIds } from './use-contained-ids.ts'
import { useSameIds } from './use-entities.ts'
import { useEntityRows } from './use-entity-rows.ts'
import { useNameOf } from './use-name-of.ts'
import { useQuery } from './use-query.ts'

const BY_NAME: Sorting = { column: 'name', descending: false }
const NONE: readonly string[] = []
const isStale = (row: object) => 'stale' in row && row.stale === true

/**
 * The entities of a kind, all or those below one: filter, sort, choose several and act on them at once. How it
 * is filtered, sorted and scrolled belongs to the place; what is chosen is the window's selection.
 */
export function EntityTable<N extends EntityName>(props: { readonly kind: N; readonly within: EntityRef | null }) {
  const { within } = props
  const { t } = useTranslation()
  const kind = kindOf(props.kind)
  const filter = useWorkspace(({ place }) => place.filter ?? '')
  const [preferred] = useState(() => readStored(`sort.${kind.name}`, BY_NAME))
  const sorting = useWorkspace(({ place }) => place.sort) ?? preferred
  const nameOf = useNameOf(kind.refersTo)
  const query = useQuery(kind, filter, nameOf)
  const columns = kind.useColumns(within)
  const [visible, columnMenu] = useShownColumns(kind, columns, within)
  const rule = useRowRule(kind, within, query.fits, columns, sorting)
  const { order, source, status } = useEntityRows(kind, rule)
  const [chosen, selected] = useChosen(kind.name, order)
  return (
    <section className="vd-list-page" aria-label={kind.words.many(t)}>
      <div className="vd-toolbar">
        <search className="vd-toolbar__search">
          <SearchInput
            aria-label={kind.words.filter(t)}
            placeholder={t('common:table.filterHint')}
            value={filter}
            {...(query.hint === null ? {} : { 'aria-describedby': 'list-filter-hint' })}
            {...(query.isWrong ? { 'aria-invalid': true } : {})}
            onChange={(_event, value) => changeListView({ filter: value })}
            resetButtonLabel={t('common:clear')}
            onClear={() => changeListView({ filter: '' })}
          />
        </search>
        <span className="vd-toolbar__count" aria-live="polite">
          {chosen.length > 0 ? t('common:table.selected', { count: chosen.length }) : kind.words.count(t, order.length)}
        </span>
        {chosen.length > 0 ? <BulkActions kind={kind.name} ids={chosen} /> : null}
        <span className="vd-toolbar__space" />
        <MenuButton plain label={<ColumnsIcon />} ariaLabel={t('common:table.columns')} entries={columnMenu} />
      </div>
      {query.hint === null ? null : (
        <p
          id="list-filter-hint"
          className={query.isWrong ? 'vd-toolbar__hint vd-toolbar__hint--wrong' : 'vd-toolbar__hint'}
          role="status"
        >
          {query.hint}
        </p>
      )}
      <TableView
        label={kind.words.many(t)}
        wide
        columns={visible}
        order={order}
        source={source}
        sorting={sorting}
        onSort={(sort) => {
          changeListView({ sort })
          writeStored(`sort.${kind.name}`, sort)
        }}
        scrollKey={kind.name}
        isStale={isStale}
        empty={
          status === 'loading'
            ? t('common:loading')
            : filter === ''
              ? kind.words.none(t)
              : query.isWrong
                ? t('common:table.wrongFilter')
                : t('common:table.noMatch')
        }
        selection={{ selected, onChange: (keys) => select({ kind: kind.name, ids: [...keys] }) }}
        onOpen={(row) => showEntity(kind.name, row.id as EntityId<N>)}
        onDoubleClick={kind.activate ?? ((row) => showEntity(kind.name, row.id as EntityId<N>))}
        contextMenu={(keys) => (keys.length === 0 ? null : <EntityContextMenu kind={kind.name} ids={keys} />)}
      />
    </section>
  )
}

/** Which rows there are and what they are sorted by; another object only when that changes, not when words or values do. */
function useRowRule<N extends EntityName>(
  kind: EntityKind<N>,
  within: EntityRef | null,
  fits: (entity: EntityOf<N>) => boolean,
  columns: readonly Column<EntityOf<N>>[],
  { column, descending }: Sorting,
): RowRule<EntityOf<N>> {
  const sortVersion = kind.useSortVersion?.(within, column)
  const holderIds = useContainedIds(within?.kind ?? null, useSameIds(within === null ? NONE : [within.id]))
  // biome-ignore lint/correctness/useExhaustiveDependencies: `sortVersion` says when the column gives other values.
  return useMemo(() => {
    const parents = Object.values(kind.parents)
    const holders = new Set(holderIds)
    const isWithin = (entity: EntityOf<N>) =>
      within === null ||
      parents.some((parentOf) => {
        const parent = parentOf(entity)
        return parent !== null && holders.has(parent.id)
      })
    return {
      accepts: (entity) => isWithin(entity) && fits(entity),
      valueOf: columns.find(({ id }) => id === column)?.sortBy ?? null,
      descending,
      nameOf: ({ name }) => name,
    }
  }, [kind, within === null, holderIds, fits, columns, column, descending, sortVersion])
}

/** The rows that are chosen, in their order, and as a set. Who is not in the list any more is not chosen either. */
function useChosen(kind: EntityName, order: readonly string[]): readonly [readonly string[], ReadonlySet<string>] {
  const ids = useWorkspace(({ selection }) => (selection.kind === kind ? selection.ids : NONE))
  const chosen = useMemo(() => {
    if (ids.length === 0) return NONE
    const wanted = new Set(ids)
    return order.filter((id) => wanted.has(id))
  }, [ids, order])
  useEffect(() => {
    if (chosen.length < ids.length) select({ kind, ids: chosen })
  }, [kind, ids, chosen])
  return [chosen, useMemo(() => new Set(chosen), [chosen])]
}

/** The columns that a person wants to see, and the menu to choose them. The browser remembers. */
function useShownColumns<N extends EntityName>(
  kind: EntityKind<N>,
  columns: readonly Column<EntityOf<N>>[],
  within: EntityRef | null,
) {
  const storageKey = `${kind.name}Columns`
  const [changed, setChanged] = useState<readonly string[]>(() => readStored<readonly string[]>(storageKey, []))
  const withinKind = within?.kind ?? null
  // The columns of what all of them are within say nothing.
  const offered = useMemo(() => {
    if (withinKind === null) return columns
    const { rank } = kindOf(withinKind)
    const above = new Set<string>(allKinds().flatMap((other) => (other.rank <= rank ? [other.name] : [])))
    return columns.filter(({ id }) => !above.has(id))
  }, [columns, withinKind])
  const isShown = (column: Column<EntityOf<N>>) =>
    column.optional === true ? changed.includes(column.id) : !changed.includes(`-${column.id}`)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what isShown reads.
  const visible = useMemo(() => offered.filter(isShown), [offered, changed])
  const menu = offered
    .filter(({ id }) => id !== 'name')
    .map((column) => ({
      type: 'action' as const,
      id: `column.${column.id}`,
      label: column.title,
      checked: isShown(column),
      run: () => {
        const word = column.optional === true ? column.id : `-${column.id}`
        const next = changed.includes(word) ? changed.filter((other) => other !== word) : [...changed, word]
        setChanged(next)
        writeStored(storageKey, next)
      },
    }))
  return [visible, menu] as const
}

/** What can be done to the chosen ones at once. */
function BulkActions(props: { readonly kind: EntityName; readonly ids: readonly string[] }) {
  const { t } = useTranslation()
  const { main, menu } = useEntityActions(props.kind, props.ids)
  return (
    <>
      {main.map((entry) => (
        <ActionButton
          key={entry.id}
          label={entry.label}
          icon={entry.icon}
          disabledReason={entry.disabledReason ?? null}
          onClick={entry.run}
        />
      ))}
      <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
    </>
  )
}
