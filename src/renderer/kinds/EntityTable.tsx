import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../components/ActionButton.tsx'
import { ColumnsIcon, EllipsisVIcon } from '../components/icons.ts'
import { MenuButton } from '../components/menu.tsx'
import { saveFile } from '../components/save-file.ts'
import { type Column, type RowRule, TableView } from '../components/table/index.ts'
import {
  changeListView,
  ENTITY_TOPICS,
  type EntityId,
  type EntityMap,
  type EntityName,
  type EntityOf,
  type EntityRef,
  readStored,
  type Sorting,
  select,
  showEntity,
  useEngine,
  useWorkspace,
  writeStored,
} from '../stores/index.ts'
import { EntityContextMenu } from './EntityMenu.tsx'
import type { EntityKind } from './entity-kind.ts'
import { buildCsv } from './list/build-csv.ts'
import { columnWishesOf, wishColumns } from './list/column-wishes.ts'
import { QueryField } from './list/QueryField.tsx'
import { useListColumns } from './list/use-list-columns.ts'
import { ViewsMenu } from './list/ViewsMenu.tsx'
import type { QueryPart } from './query/query.ts'
import { kindOf } from './registry.ts'
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
  const { visible, menu: columnMenu } = useListColumns(kind, columns, within, t('common:columns.arrange'))
  const entities = useEntitiesOf(kind.name)
  const rule = useRowRule(kind, within, query.fits, columns, sorting)
  const { order, source, status } = useEntityRows(kind, rule)
  const [chosen, selected] = useChosen(kind.name, order)
  return (
    <section className="vd-list-page" aria-label={kind.words.many(t)}>
      <div className="vd-toolbar">
        <QueryField
          kind={kind}
          label={kind.words.filter(t)}
          placeholder={t('common:table.filterHint')}
          value={filter}
          onChange={(value) => changeListView({ filter: value })}
          describedBy={query.hint === null ? null : 'list-filter-hint'}
          isWrong={query.isWrong}
          entities={entities}
          nameOf={nameOf}
        />
        <span className="vd-toolbar__count" aria-live="polite">
          {chosen.length > 0 ? t('common:table.selected', { count: chosen.length }) : kind.words.count(t, order.length)}
        </span>
        {chosen.length > 0 ? <BulkActions kind={kind.name} ids={chosen} /> : null}
        <span className="vd-toolbar__space" />
        <ViewsMenu
          entity={kind.name}
          onExport={() => {
            const rows = order.flatMap((id) => source.get(id) ?? [])
            const name = `${kind.words.many(t)} ${new Date().toISOString().slice(0, 10)}.csv`
            saveFile(new Blob([buildCsv(visible, rows)], { type: 'text/csv;charset=utf-8' }), name)
          }}
        />
        <MenuButton plain label={<ColumnsIcon />} ariaLabel={t('common:table.columns')} entries={columnMenu} />
      </div>
      {query.hint === null ? null : (
        <p
          id="list-filter-hint"
          className={query.isWrong ? 'vd-toolbar__hint vd-toolbar__hint--wrong' : 'vd-toolbar__hint'}
          role="status"
        >
          {query.at === null ? null : <QueryPlace query={filter} at={query.at} />}
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
        onResize={(column, widthPx) => {
          const { widths } = columnWishesOf(kind.name)
          wishColumns(kind.name, { widths: { ...widths, [column]: widthPx } })
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

/** The query with the part that is wrong marked in it. */
function QueryPlace({ query, at }: { readonly query: string; readonly at: QueryPart }) {
  return (
    <code className="vd-query__place">
      {query.slice(0, at.from)}
      <mark>{query.slice(at.from, at.to)}</mark>
      {query.slice(at.to)}
    </code>
  )
}

/** Reads all entities of a kind, without following them. The same function each time. */
function useEntitiesOf<N extends EntityName>(kind: N): () => Iterable<EntityOf<N>> {
  const { collections } = useEngine()
  return useCallback(() => {
    const { entities } = collections.store(ENTITY_TOPICS[kind]).getState()
    return (entities as unknown as EntityMap<EntityOf<N>>).values()
  }, [collections, kind])
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
