import { createStore, useStore } from 'zustand'
import { type EntityName, readStored, writeStored } from '../../stores/index.ts'
import { readSavedViews, type SavedView, withoutView, withView } from './saved-views.ts'

/** By kind; the browser remembers. */
const store = createStore<Partial<Record<EntityName, readonly SavedView[]>>>(() => ({}))

const keyOf = (kind: EntityName) => `${kind}Views`

function viewsOf(kind: EntityName): readonly SavedView[] {
  const known = store.getState()[kind]
  if (known !== undefined) return known
  const views = readSavedViews(readStored<readonly unknown[]>(keyOf(kind), []))
  store.setState({ [kind]: views })
  return views
}

function keep(kind: EntityName, views: readonly SavedView[]): void {
  store.setState({ [kind]: views })
  writeStored(keyOf(kind), views)
}

/** The views that a person has saved of the lists of a kind. */
export function useSavedViews(kind: EntityName): readonly SavedView[] {
  const known = useStore(store, (state) => state[kind])
  return known ?? viewsOf(kind)
}

/** Keeps a view; another one of its name is replaced. */
export function saveView(kind: EntityName, view: SavedView): void {
  keep(kind, withView(viewsOf(kind), view))
}

export function removeView(kind: EntityName, name: string): void {
  keep(kind, withoutView(viewsOf(kind), name))
}
