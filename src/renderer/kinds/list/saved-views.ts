import type { ListView } from '../../stores/index.ts'
import { type ColumnWishes, readColumnWishes } from './list-columns.ts'

/** A list as a person wants to find it again: what it is filtered and sorted by, and its columns. */
export interface SavedView {
  readonly name: string
  readonly view: ListView
  readonly columns: ColumnWishes
}

export const VIEW_NAME_LIMIT = 64
const VIEWS_LIMIT = 50

/** What a browser has stored, with what does not fit left out. Without a schema: the window begins with lists. Pure. */
export function readSavedViews(stored: unknown): readonly SavedView[] {
  return Array.isArray(stored) ? stored.slice(0, VIEWS_LIMIT).flatMap(readSavedView) : []
}

function readSavedView(stored: unknown): readonly SavedView[] {
  const { name, view, columns } = recordOf(stored)
  if (typeof name !== 'string' || name === '' || name.length > VIEW_NAME_LIMIT) return []
  const { filter, sort } = recordOf(view)
  const { column, descending } = recordOf(sort)
  const read: ListView = {
    ...(typeof filter === 'string' ? { filter } : {}),
    ...(typeof column === 'string' ? { sort: { column, descending: descending === true } } : {}),
  }
  return [{ name, view: read, columns: readColumnWishes(columns) }]
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** With one more, or with another one of its name, whatever its case; by name. Pure. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] {
  const others = withoutView(views, view.name)
  return [...others, view].slice(-VIEWS_LIMIT).sort((a, b) => a.name.localeCompare(b.name))
}

/** Without the one of that name. Pure. */
export function withoutView(views: readonly SavedView[], name: string): readonly SavedView[] {
  const wanted = name.toLocaleLowerCase()
  return views.filter((other) => other.name.toLocaleLowerCase() !== wanted)
}
