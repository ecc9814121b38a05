/** Something that the palette can go to or run. */
export interface PaletteEntry {
  readonly id: string
  readonly kind: 'host' | 'vm' | 'command'
  readonly title: string
  /** Where it is or what it acts on. */
  readonly detail: string
  readonly disabledReason: string | null
  readonly run: () => void
}

const SHOWN_AT_MOST = 50

/** How well a title fits what was typed: the smaller, the better; `null`: not at all. Pure. */
export function scoreTitle(title: string, typed: string): number | null {
  const text = title.toLocaleLowerCase()
  const wanted = typed.trim().toLocaleLowerCase()
  if (wanted === '') return 3
  if (text === wanted) return 0
  if (text.startsWith(wanted)) return 1
  if (text.split(/[\s\-_.:/]+/).some((word) => word.startsWith(wanted))) return 2
  if (text.includes(wanted)) return 3
  // All words somewhere: "start web" finds "Start web-01".
  const words = wanted.split(/\s+/)
  return words.length > 1 && words.every((word) => text.includes(word)) ? 4 : null
}

/** The entries that fit what was typed, best first, at most 50. Pure. */
export function findEntries(entries: readonly PaletteEntry[], typed: string): readonly PaletteEntry[] {
  return entries
    .map((entry) => {
      const whole = scoreTitle(entry.title, typed)
      const withDetail = whole ?? scoreTitle(`${entry.title} ${entry.detail}`, typed)
      return { entry, score: whole ?? (withDetail === null ? null : withDetail + 2) }
    })
    .filter((found): found is { entry: PaletteEntry; score: number } => found.score !== null)
    .sort(
      (a, b) => Number(a.entry.disabledReason !== null) - Number(b.entry.disabledReason !== null) || a.score - b.score,
    )
    .slice(0, SHOWN_AT_MOST)
    .map(({ entry }) => entry)
}

/** The query in "vm: status=up"; `null` when it is not one. Pure. */
export function readVmQuery(typed: string): string | null {
  const match = /^\s*vms?:\s*(.*)$/i.exec(typed)
  return match === null ? null : (match[1] ?? '').trim()
}
