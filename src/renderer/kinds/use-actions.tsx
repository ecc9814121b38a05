import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { GroupVerdict, RefusedGroup } from '../../shared/contract/index.ts'
import type { MenuEntry } from '../components/menu.tsx'
import { describeError, describeErrorKind } from '../i18n/index.ts'
import { type EntityName, type EntityOf, useConnection, useGroupVerdicts } from '../stores/index.ts'
import type { EntityAction, EntityKind } from './entity-kind.ts'
import { kindOf } from './registry.ts'
import { useStartAction } from './run-action.ts'
import { useEntities, useSameIds } from './use-entities.ts'

export type ActionEntry = Extract<MenuEntry, { type: 'action' }>

/** The actions on some entities, ready for buttons and menus. */
export interface EntityActions {
  readonly byId: ReadonlyMap<string, ActionEntry>
  /** Those with a button of their own. */
  readonly main: readonly ActionEntry[]
  /** All, in groups. */
  readonly menu: readonly MenuEntry[]
}

/**
 * The actions on some entities: with several, an action is possible when at least one of them can take it, and runs on those
 * that can. Whether it may run is the engine's word, kept current.
 */
export function useEntityActions<N extends EntityName>(name: N, ids: readonly string[]): EntityActions {
  const { t } = useTranslation()
  const kind = kindOf(name)
  const own = useSameIds(ids)
  const entities = useEntities(name, own)
  const start = useStartAction()
  // Without an engine nobody can be asked, and that is why; else the answer is only on its way.
  const unasked = useConnection() === 'lost' ? t('errors:transport.lost.title') : ''
  const offered = useMemo(() => listOffered(kind, entities), [kind, entities])
  const asked = offered.flatMap((action) => (action.call === undefined ? [] : [action]))
  const verdicts = useGroupVerdicts({
    calls: asked.flatMap(({ call }) => call ?? []),
    kind: name,
    ids: own,
    list: false,
  })

  const entries = offered.map((action) => {
    const verdict = action.call === undefined ? null : (verdicts?.[asked.indexOf(action)] ?? undefined)
    const label = action.label(t)
    const isPart = verdict != null && verdict.allowed > 0 && verdict.allowed < own.length
    const entry: ActionEntry = {
      type: 'action',
      id: action.id,
      label: isPart ? t('common:someOf', { label, able: verdict.allowed, all: own.length }) : label,
      icon: action.icon,
      danger: action.danger === true,
      disabledReason: entities.length === 0 ? unasked : reasonOf(action, entities, verdict, unasked, t),
      run: () => start(kind, action, own),
    }
    return { action, entry }
  })
  return {
    byId: new Map(entries.map(({ entry }) => [entry.id, entry])),
    main: entries.filter(({ action }) => action.isMain === true).map(({ entry }) => entry),
    menu: divideGroups(entries),
  }
}

/** The actions in the menu of these entities; what the page does itself it does on one at a time. */
function listOffered<N extends EntityName>(
  kind: EntityKind<N>,
  entities: readonly EntityOf<N>[],
): readonly EntityAction<N>[] {
  return kind.actions.filter(
    ({ isOffered, open }) =>
      (open === undefined || entities.length === 1) && (isOffered === undefined || isOffered(entities)),
  )
}

function reasonOf<N extends EntityName>(
  action: EntityAction<N>,
  entities: readonly EntityOf<N>[],
  verdict: GroupVerdict | null | undefined,
  unasked: string,
  t: TFunction,
): string | null {
  const own = findOwnRefusal(action, entities, t)
  if (own !== null || verdict === null) return own
  if (verdict === undefined) return unasked
  if (action.explainsRefusal === true) return null
  return verdict.allowed > 0 ? null : describeRefusals(verdict.refused, t)
}

/** Why the page itself knows that an action can run on none of some entities, by the word on the first; null: on one it may. Pure. */
export function findOwnRefusal<N extends EntityName>(
  { refusal }: Pick<EntityAction<N>, 'refusal'>,
  entities: readonly EntityOf<N>[],
  t: TFunction,
): string | null {
  const [first] = entities
  if (refusal === undefined || first === undefined) return null
  return entities.every((entity) => refusal(entity, t) !== null) ? refusal(first, t) : null
}

function divideGroups(
  entries: readonly { readonly action: Pick<EntityAction, 'group'>; readonly entry: ActionEntry }[],
): readonly MenuEntry[] {
  return entries.flatMap(({ action, entry }, index): readonly MenuEntry[] => {
    const before = entries[index - 1]?.action.group
    return before === undefined || before === action.group
      ? [entry]
      : [{ type: 'separator', id: `before-${action.group}` }, entry]
  })
}

/** Why something may not be done, in one line: of one thing alone the whole reason, of several their kinds with numbers. */
function describeRefusals(refused: readonly RefusedGroup[], t: TFunction): string {
  const [first] = refused
  if (first === undefined) return ''
  if (refused.length === 1 && first.count === 1) return describeError(first.error, t).title
  return refused
    .map(({ error, count }) => t('common:refused', { reason: describeErrorKind(error, t), count }))
    .join(' · ')
}
