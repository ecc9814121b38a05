import { createStore, useStore } from 'zustand'
import { type EntityName, readStored, writeStored } from '../../stores/index.ts'
import { type ColumnWishes, NO_COLUMN_WISHES, readColumnWishes } from './list-columns.ts'

/** By kind; read when they are first asked for. The browser remembers. */
const store = createStore<Partial<Record<EntityName, ColumnWishes>>>(() => ({}))

const keyOf = (kind: EntityName) => `${kind}List`

function read(kind: EntityName): ColumnWishes {
  const known = store.getState()[kind]
  if (known !== undefined) return known
  const stored = readColumnWishes(readStored<object>(keyOf(kind), {}))
  // Before columns could be ordered, only which ones are shown was remembered.
  const before = readStored<readonly string[]>(`${kind}Columns`, [])
  return stored.changed.length > 0 || before.length === 0 ? stored : { ...stored, changed: before }
}

/** How a person wants the columns of the lists of a kind. */
export function columnWishesOf(kind: EntityName): ColumnWishes {
  const wishes = read(kind)
  if (store.getState()[kind] === undefined) store.setState({ [kind]: wishes })
  return wishes
}

/** Changes some of that; without it, all is as it was at first. */
export function wishColumns(kind: EntityName, change: Partial<ColumnWishes> = NO_COLUMN_WISHES): void {
  const wishes = { ...columnWishesOf(kind), ...change }
  store.setState({ [kind]: wishes })
  writeStored(keyOf(kind), wishes)
}

export function useColumnWishes(kind: EntityName): ColumnWishes {
  const known = useStore(store, (state) => state[kind])
  return known ?? columnWishesOf(kind)
}
