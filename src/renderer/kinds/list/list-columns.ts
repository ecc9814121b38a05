/** How a person wants the columns of a kind's lists. */
export interface ColumnWishes {
  /** Ids of optional columns that are shown, and of others, with "-" before them, that are not. */
  readonly changed: readonly string[]
  /** Ids in the order that was chosen; those that are not among them keep their place behind the one before them. */
  readonly order: readonly string[]
  /** Pixels, of those that were resized. */
  readonly widths: Readonly<Record<string, number>>
}

export const NO_COLUMN_WISHES: ColumnWishes = { changed: [], order: [], widths: {} }
/** Narrower than its sort mark no column is. */
export const COLUMN_WIDTHS = { min: 40, max: 1_600 } as const

interface Orderable {
  readonly id: string
  readonly optional?: boolean
}

/** Columns as a person wants them; the name stays the first. Pure. */
export function orderColumns<C extends Orderable>(columns: readonly C[], order: readonly string[]): readonly C[] {
  const [first, ...others] = columns
  if (first === undefined || order.length === 0) return columns
  const place = new Map(order.map((id, index) => [id, index]))
  let last = -1
  // One that came with a newer version stands behind the one that it was made to stand behind.
  const placed = others.map((column, index) => {
    last = place.get(column.id) ?? last
    return { column, place: last, index }
  })
  placed.sort((a, b) => a.place - b.place || a.index - b.index)
  return [first, ...placed.map(({ column }) => column)]
}

/** Whether a column is to be seen. Pure. */
export function isColumnShown({ id, optional }: Orderable, changed: readonly string[]): boolean {
  return optional === true ? changed.includes(id) : !changed.includes(`-${id}`)
}

/** Shows what is hidden, and the other way round. Pure. */
export function toggleColumn({ id, optional }: Orderable, changed: readonly string[]): readonly string[] {
  const word = optional === true ? id : `-${id}`
  return changed.includes(word) ? changed.filter((other) => other !== word) : [...changed, word]
}

/** The order with one column moved by so many places; the first one stays where it is. Pure. */
export function moveColumn(ids: readonly string[], id: string, by: number): readonly string[] {
  const at = ids.indexOf(id)
  const to = at + by
  if (at < 1 || to < 1 || to >= ids.length) return ids
  const others = ids.filter((other) => other !== id)
  return [...others.slice(0, to), id, ...others.slice(to)]
}

/** What a browser has stored, with what does not fit left out. Pure. */
export function readColumnWishes(stored: unknown): ColumnWishes {
  const { changed, order, widths } = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<
    keyof ColumnWishes,
    unknown
  >
  const texts = (list: unknown) =>
    Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string') : []
  const numbers = typeof widths === 'object' && widths !== null ? Object.entries(widths) : []
  const isWidth = ([, px]: [string, unknown]) =>
    typeof px === 'number' && px >= COLUMN_WIDTHS.min && px <= COLUMN_WIDTHS.max
  return {
    changed: texts(changed),
    order: texts(order),
    widths: Object.fromEntries(numbers.filter(isWidth)) as Record<string, number>,
  }
}
