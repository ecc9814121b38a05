import type { EntityName } from './entity-topics.ts'

/** Some entities of one kind; a person acts on them at once. The array is made anew for each change. */
export interface Selection {
  readonly kind: EntityName | null
  readonly ids: readonly string[]
}

export const NOTHING_SELECTED: Selection = { kind: null, ids: [] }

/**
 * What is selected after a click on one of the entities in `order`: that one alone, added or taken out (`toggle`), or all
 * from the anchor to it (`range`). Pure.
 */
export function selectByClick(
  selected: ReadonlySet<string>,
  order: readonly string[],
  anchor: string | null,
  clicked: string,
  how: 'only' | 'toggle' | 'range',
): ReadonlySet<string> {
  if (how === 'only') return new Set([clicked])
  if (how === 'toggle') {
    const next = new Set(selected)
    if (!next.delete(clicked)) next.add(clicked)
    return next
  }
  const from = anchor === null ? -1 : order.indexOf(anchor)
  const to = order.indexOf(clicked)
  if (from < 0 || to < 0) return new Set([clicked])
  return new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1))
}
