import { useMemo } from 'react'
import type { MenuEntry } from '../../components/menu.tsx'
import type { Column } from '../../components/table/index.ts'
import { type EntityName, type EntityOf, type EntityRef, openDialog } from '../../stores/index.ts'
import type { EntityKind } from '../entity-kind.ts'
import { allKinds, kindOf } from '../registry.ts'
import { useColumnWishes, wishColumns } from './column-wishes.ts'
import { isColumnShown, orderColumns, toggleColumn } from './list-columns.ts'

/** The columns of a list as a person wants them, and the menu that chooses them. `arrange`: the label of what orders them. */
export function useListColumns<N extends EntityName>(
  kind: EntityKind<N>,
  columns: readonly Column<EntityOf<N>>[],
  within: EntityRef | null,
  arrange: string,
): { readonly visible: readonly Column<EntityOf<N>>[]; readonly menu: readonly MenuEntry[] } {
  const wishes = useColumnWishes(kind.name)
  const withinKind = within?.kind ?? null
  // The columns of what all of them are within say nothing.
  const offered = useMemo(() => {
    if (withinKind === null) return columns
    const { rank } = kindOf(withinKind)
    const above = new Set<string>(allKinds().flatMap((other) => (other.rank <= rank ? [other.name] : [])))
    return columns.filter(({ id }) => !above.has(id))
  }, [columns, withinKind])
  const ordered = useMemo(() => orderColumns(offered, wishes.order), [offered, wishes.order])
  const visible = useMemo(
    () =>
      ordered
        .filter((column) => isColumnShown(column, wishes.changed))
        .map((column) => {
          const width = wishes.widths[column.id]
          return width === undefined ? column : { ...column, width: `${width}px` }
        }),
    [ordered, wishes],
  )
  const menu: readonly MenuEntry[] = [
    ...ordered
      .filter(({ id }) => id !== 'name')
      .map((column) => ({
        type: 'action' as const,
        id: `column.${column.id}`,
        label: column.title,
        checked: isColumnShown(column, wishes.changed),
        run: () => wishColumns(kind.name, { changed: toggleColumn(column, wishes.changed) }),
      })),
    { type: 'separator', id: 'columns.arrange.line' },
    {
      type: 'action',
      id: 'columns.arrange',
      label: arrange,
      run: () => openDialog({ kind: 'arrange-columns', entity: kind.name }),
    },
  ]
  return { visible, menu }
}
