import type { TreeRow } from './tree-rows.ts'

/** What a key does in the tree. */
export type TreeMove =
  | { readonly type: 'focus'; readonly index: number }
  | { readonly type: 'expand' | 'collapse'; readonly id: string }

/** The keys of a tree as WAI-ARIA has them: arrows, Home, End, pages. Null: none of them, or nothing to do. Pure. */
export function decideTreeMove(
  rows: readonly TreeRow[],
  focused: number,
  key: string,
  rowsOfPage: number,
): TreeMove | null {
  const row = rows[focused]
  const focus = (index: number): TreeMove | null => {
    const bounded = Math.min(Math.max(0, index), rows.length - 1)
    return rows.length === 0 || bounded === focused ? null : { type: 'focus', index: bounded }
  }
  switch (key) {
    case 'ArrowDown':
      return focus(focused + 1)
    case 'ArrowUp':
      return focus(focused - 1)
    case 'PageDown':
      return focus(focused + rowsOfPage)
    case 'PageUp':
      return focus(focused - rowsOfPage)
    case 'Home':
      return focus(0)
    case 'End':
      return focus(rows.length - 1)
    case 'ArrowRight':
      if (row?.isExpandable !== true) return null
      return row.isExpanded ? focus(focused + 1) : { type: 'expand', id: row.id }
    case 'ArrowLeft':
      if (row === undefined) return null
      return row.isExpanded ? { type: 'collapse', id: row.id } : focus(parentIndex(rows, focused))
    default:
      return null
  }
}

/** The line of a line's parent; its own where it has none. */
function parentIndex(rows: readonly TreeRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0
  if (depth === 0) return index
  let at = index
  while (at > 0 && (rows[at]?.depth ?? 0) >= depth) at -= 1
  return at
}
