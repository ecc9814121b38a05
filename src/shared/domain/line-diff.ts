/** A line of two texts beside each other. `gap`: lines that are the same in both and are left out. */
export type DiffLine =
  | { readonly kind: 'same' | 'known' | 'now'; readonly text: string }
  | { readonly kind: 'gap'; readonly count: number }

/** Lines that are shown before and after a change. */
const CONTEXT = 3
/** Above this many pairs of lines to compare, what lies between equal beginnings and ends is shown as all other. */
const PAIRS_LIMIT = 4_000_000

/** What of a text is another one, line by line, with a few lines around each change. Nothing: they are the same. Pure. */
export function decideLineDiff(known: string, now: string): readonly DiffLine[] {
  const before = known.replace(/\n$/, '').split('\n')
  const after = now.replace(/\n$/, '').split('\n')
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let end = 0
  const shorter = Math.min(before.length, after.length) - start
  while (end < shorter && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1
  return fold([
    ...before.slice(0, start).map(same),
    ...compareMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ])
}

type TextLine = Exclude<DiffLine, { kind: 'gap' }>

function same(text: string): TextLine {
  return { kind: 'same', text }
}

/** By the longest sequence of lines that both have. */
function compareMiddle(before: readonly string[], after: readonly string[]): TextLine[] {
  const width = after.length + 1
  const lengths = new Uint32Array(before.length * after.length > PAIRS_LIMIT ? 0 : (before.length + 1) * width)
  const lengthAt = (row: number, column: number) => lengths[row * width + column] ?? 0
  if (lengths.length > 0) {
    for (let row = before.length - 1; row >= 0; row -= 1)
      for (let column = after.length - 1; column >= 0; column -= 1)
        lengths[row * width + column] =
          before[row] === after[column]
            ? lengthAt(row + 1, column + 1) + 1
            : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1))
  }
  const lines: TextLine[] = []
  let row = 0
  let column = 0
  while (row < before.length || column < after.length) {
    const [old, fresh] = [before[row], after[column]]
    if (lengths.length > 0 && old !== undefined && old === fresh) {
      lines.push(same(old))
      row += 1
      column += 1
    } else if (old !== undefined && (fresh === undefined || lengthAt(row + 1, column) >= lengthAt(row, column + 1))) {
      lines.push({ kind: 'known', text: old })
      row += 1
    } else {
      lines.push({ kind: 'now', text: fresh ?? '' })
      column += 1
    }
  }
  return lines
}

function fold(lines: readonly TextLine[]): DiffLine[] {
  const isNear = new Uint8Array(lines.length)
  for (const [index, { kind }] of lines.entries()) {
    if (kind !== 'same') isNear.fill(1, Math.max(0, index - CONTEXT), index + CONTEXT + 1)
  }
  const shown: DiffLine[] = []
  if (!isNear.includes(1)) return shown
  let skipped = 0
  for (const [index, line] of lines.entries()) {
    if (isNear[index] === 0) {
      skipped += 1
      continue
    }
    if (skipped > 0) shown.push({ kind: 'gap', count: skipped })
    skipped = 0
    shown.push(line)
  }
  if (skipped > 0) shown.push({ kind: 'gap', count: skipped })
  return shown
}
