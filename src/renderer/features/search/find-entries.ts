import { compareTexts } from '../../components/compare-texts.ts'

/** Something that the palette can go to or run. */
export interface PaletteEntry {
  readonly id: string
  /** Which icon: a kind of entity's, or that of a command. */
  readonly kind: string
  readonly title: string
  /** Where it is, what it acts on, or what of it was found. */
  readonly detail: string
  readonly disabledReason: string | null
  readonly run: () => void
}

/** An entry that fits what was typed: the smaller the score, the better. */
export interface ScoredEntry {
  readonly score: number
  readonly entry: PaletteEntry
}

export const SHOWN_AT_MOST = 50

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

/** How well an entry fits; one that is only found by its detail comes after those that are found by their title. Pure. */
export function scoreEntry(entry: PaletteEntry, typed: string): ScoredEntry | null {
  const whole = scoreTitle(entry.title, typed)
  if (whole !== null) return { entry, score: whole }
  // Commands are found by their names too: who types "create cluster" means what is called "New cluster…".
  const name = entry.id.startsWith('command:') ? entry.id.slice('command:'.length).replace(/[.-]/g, ' ') : ''
  const withDetail = scoreTitle(`${entry.title} ${entry.detail} ${name}`, typed)
  return withDetail === null ? null : { entry, score: withDetail + 2 }
}

/** The best entries, what can be run before what cannot, each once. Pure. */
export function rankEntries(found: readonly ScoredEntry[]): readonly PaletteEntry[] {
  const once = new Map<string, ScoredEntry>()
  for (const scored of found) if (!once.has(scored.entry.id)) once.set(scored.entry.id, scored)
  return [...once.values()]
    .sort(
      (a, b) => Number(a.entry.disabledReason !== null) - Number(b.entry.disabledReason !== null) || a.score - b.score,
    )
    .slice(0, SHOWN_AT_MOST)
    .map(({ entry }) => entry)
}

/** The best so many of any number of things, by score and name, without sorting all of them. Pure. */
export function takeBest<T extends { readonly name: string }>(
  items: Iterable<T>,
  scoreOf: (item: T) => number | null,
  limit: number,
): readonly { readonly item: T; readonly score: number }[] {
  const best: { readonly item: T; readonly score: number }[] = []
  const isBefore = (score: number, name: string, other: (typeof best)[number] | undefined) =>
    other === undefined || score < other.score || (score === other.score && compareTexts(name, other.item.name) < 0)
  for (const item of items) {
    const score = scoreOf(item)
    if (score === null || (best.length === limit && !isBefore(score, item.name, best.at(-1)))) continue
    let at = best.length
    while (at > 0 && isBefore(score, item.name, best[at - 1])) at -= 1
    best.splice(at, 0, { item, score })
    best.length = Math.min(best.length, limit)
  }
  return best
}

/** What is typed as "start web" or "web start": an action's words at one end, and what they are about. */
export interface SpokenAction<Action> {
  readonly action: Action
  readonly about: string
  /** 0: its whole label was typed. */
  readonly score: number
}

/** The actions that what was typed may mean, the longest words first. Pure. */
export function findSpokenActions<Action>(
  typed: string,
  actions: readonly { readonly action: Action; readonly label: string }[],
): readonly SpokenAction<Action>[] {
  const words = typed.trim().toLocaleLowerCase().split(/\s+/)
  const found = actions.flatMap(({ action, label }): SpokenAction<Action>[] => {
    const whole = label.toLocaleLowerCase().replace(/…$/, '')
    for (let count = words.length - 1; count > 0; count -= 1) {
      for (const [spoken, about] of [
        [words.slice(0, count), words.slice(count)],
        [words.slice(-count), words.slice(0, -count)],
      ] as const) {
        const verb = spoken.join(' ')
        if (verb.length > 1 && whole.startsWith(verb)) {
          return [{ action, about: about.join(' '), score: whole === verb ? 0 : 1 }]
        }
      }
    }
    return []
  })
  return found.sort((a, b) => a.about.length - b.about.length || a.score - b.score)
}

/** The query in "vm: status=up", and the word before its colon; `null` when it is not one. Pure. */
export function readKindQuery(typed: string): { readonly keyword: string; readonly query: string } | null {
  const match = /^\s*(\p{L}+):\s*(.*)$/u.exec(typed)
  if (match === null) return null
  return { keyword: (match[1] ?? '').toLocaleLowerCase(), query: (match[2] ?? '').trim() }
}
