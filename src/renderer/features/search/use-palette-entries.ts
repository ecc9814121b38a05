import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import {
  allKinds,
  type EntityKind,
  findText,
  type KindEntities,
  type NameOf,
  parentIn,
  readQuery,
  useAllEntities,
  useCreations,
  useEntitiesLabel,
  useEntityActions,
  useNameOf,
  useStartAction,
} from '../../kinds/index.ts'
import {
  ENTITY_TOPICS,
  type EntityName,
  type EntityOf,
  goTo,
  openDialog,
  showEntity,
  useWorkspace,
} from '../../stores/index.ts'
import { findEntities } from './find-entities.ts'
import {
  type PaletteEntry,
  rankEntries,
  readKindQuery,
  type ScoredEntry,
  SHOWN_AT_MOST,
  scoreEntry,
  scoreTitle,
  takeBest,
} from './find-entries.ts'
import { useSpokenEntries } from './use-spoken-entries.ts'

/** What the palette shows for what was typed. */
export interface PaletteContent {
  readonly entries: readonly PaletteEntry[]
  /** What is wrong with a query, or what is still to be typed; null: nothing. */
  readonly hint: string | null
  readonly isWrong: boolean
}

/** Things by their names and all else that they are searched by, actions on them, actions on what is selected, commands. */
export function usePaletteEntries(typed: string): PaletteContent {
  const all = useAllEntities()
  const nameOf = useNameOf([...new Set(allKinds().flatMap(({ refersTo }) => refersTo))])
  const words = useMemo(() => readKindQuery(typed), [typed])
  const asked = words === null ? undefined : all.find(({ kind }) => kind.keywords.includes(words.keyword))
  const found = useFoundEntries(asked === undefined ? typed : null, all, nameOf)
  const queried = useQueriedEntries(asked, words?.query ?? '', nameOf)
  return queried ?? { entries: found, hint: null, isWrong: false }
}

/** What a query of a kind gives ("vm: status=up"): the way to the list of all, and the first of them. */
function useQueriedEntries(asked: KindEntities | undefined, query: string, nameOf: NameOf): PaletteContent | null {
  const { t } = useTranslation()
  const start = useStartAction()
  const toEntry = useDescription(nameOf)
  return useMemo(() => {
    if (asked === undefined) return null
    const { kind, entities } = asked
    const { fits, hint, isWrong } = readQuery(kind, query, nameOf, t)
    const matching = isWrong ? [] : [...entities.values()].filter(fits)
    const ids = matching.map(({ id }) => id)
    const name = kind.words.count(t, ids.length)
    const showAll = createCommand(
      'query',
      t('frame:palette.showAll', { what: kind.words.many(t), count: ids.length }),
      () => goTo({ kind: 'all', tab: ENTITY_TOPICS[kind.name], filter: query }),
    )
    const onAll = kind.actions
      .filter(({ isMain, call }) => ids.length > 1 && isMain === true && call !== undefined)
      .map((action) =>
        createCommand(`${action.id}.all`, t('frame:palette.actOn', { action: action.label(t), name }), () =>
          start(kind, action, ids),
        ),
      )
    const best = takeBest(matching, () => 0, SHOWN_AT_MOST)
    const entries = isWrong ? [] : [showAll, ...onAll, ...best.map(({ item }) => toEntry(kind, item, ''))]
    return { entries, hint, isWrong }
  }, [asked, query, nameOf, t, toEntry, start])
}

/** What any text finds. Null: it is a query of a kind. */
function useFoundEntries(typed: string | null, all: readonly KindEntities[], nameOf: NameOf): readonly PaletteEntry[] {
  const selected = useSelectedEntries()
  const commands = useCommands()
  const spoken = useSpokenEntries(typed ?? '', all, nameOf)
  const toEntry = useDescription(nameOf)
  const things = useMemo(
    () =>
      typed === null
        ? []
        : all.flatMap(({ kind, entities }) =>
            findEntities(kind, entities, typed, nameOf, SHOWN_AT_MOST).best.map(
              ({ item, score }): ScoredEntry => ({ score, entry: toEntry(kind, item, typed) }),
            ),
          ),
    [typed, all, nameOf, toEntry],
  )
  if (typed === null) return []
  const own = [...selected, ...commands].flatMap((entry) => scoreEntry(entry, typed) ?? [])
  return rankEntries([...things, ...spoken, ...own])
}

/** The line of a thing: its name; where it is, how it stands, and what of it was found when that is not its name. */
function useDescription(
  nameOf: NameOf,
): <N extends EntityName>(kind: EntityKind<N>, entity: EntityOf<N>, typed: string) => PaletteEntry {
  const { t } = useTranslation()
  return useMemo(
    () => (kind, entity, typed) => {
      const parent = parentIn(kind, entity, 'compute')
      const found =
        scoreTitle(entity.name, typed) === null ? findText(kind, entity, typed.trim().toLowerCase(), nameOf) : null
      const details = [
        found === null || found.field === 'status' || found.field === 'host' ? '' : found.text,
        parent === null ? '' : nameOf(parent),
        kind.statusOf(entity, t),
      ]
      return {
        id: `${kind.name}:${entity.id}`,
        kind: kind.name,
        title: entity.name,
        detail: details.filter((detail) => detail !== '').join(' · '),
        disabledReason: null,
        run: () => showEntity(kind.name, entity.id as never),
      }
    },
    [nameOf, t],
  )
}

/** What can be done to what is selected. */
function useSelectedEntries(): readonly PaletteEntry[] {
  const selection = useWorkspace((state) => state.selection)
  const kind = selection.kind ?? allKinds()[0]?.name ?? 'host'
  const { byId } = useEntityActions(kind, selection.ids)
  const name = useEntitiesLabel(kind, selection.ids)
  if (selection.kind === null) return []
  const [only, ...others] = selection.ids
  return [...byId.values()].map((entry) => ({
    // The same line that "start web" finds is shown once.
    id: `${entry.id} ${others.length === 0 ? only : 'selected'}`,
    kind: 'command',
    title: entry.label,
    detail: name,
    disabledReason: entry.disabledReason ?? null,
    run: entry.run,
  }))
}

/** Commands of the app. */
function useCommands(): readonly PaletteEntry[] {
  const { t } = useTranslation()
  const creations = useCreations()
  const commands = useMemo(
    () => [
      createCommand('settings', t('settings:title'), () => openDialog({ kind: 'settings' })),
      createCommand('all.overview', t('frame:inventory'), () => goTo({ kind: 'all', tab: 'overview' })),
      ...allKinds().map(({ name, words }) =>
        createCommand(`all.${ENTITY_TOPICS[name]}`, words.all(t), () =>
          goTo({ kind: 'all', tab: ENTITY_TOPICS[name] }),
        ),
      ),
      createCommand('all.events', t('frame:menu.allEvents'), () => goTo({ kind: 'all', tab: 'events' })),
    ],
    [t],
  )
  const made = creations.map(({ id, label, disabledReason, run }) => ({
    ...createCommand(id, label, run),
    disabledReason,
  }))
  return [...made, ...commands]
}

function createCommand(id: string, title: string, run: () => void): PaletteEntry {
  return { id: `command:${id}`, kind: 'command', title, detail: '', disabledReason: null, run }
}
