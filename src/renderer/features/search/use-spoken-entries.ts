import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError } from '../../i18n/index.ts'
import {
  type EntityAction,
  type EntityKind,
  type KindEntities,
  type NameOf,
  useStartAction,
} from '../../kinds/index.ts'
import {
  type EntityName,
  type EntityOf,
  idFieldOf,
  type ProposedCall,
  useConnection,
  useVerdicts,
} from '../../stores/index.ts'
import { findEntities } from './find-entities.ts'
import { findSpokenActions, type ScoredEntry } from './find-entries.ts'

/** So many actions that the words may mean, each on so many of the things that were found. */
const ACTIONS_SHOWN = 4
const TARGETS_SHOWN = 6
/** Of an action whose words were only begun. */
const TARGETS_OF_BEGUN = 2
/** An action that was named stands behind a thing of just that name, and before all else. */
const SCORE = 1

interface Spoken {
  readonly kind: EntityKind
  readonly action: EntityAction
  readonly label: string
  readonly targets: readonly EntityOf<EntityName>[]
  readonly ids: readonly string[]
  readonly score: number
}

/** What "start web" can run: an action on each thing that was found, or on all of them. */
export function useSpokenEntries(typed: string, all: readonly KindEntities[], nameOf: NameOf): readonly ScoredEntry[] {
  const { t } = useTranslation()
  const start = useStartAction()
  const unasked = useConnection() === 'lost' ? t('errors:transport.lost.title') : ''
  const spoken = useMemo(() => findSpoken(typed, all, nameOf, (action) => action.label(t)), [typed, all, nameOf, t])
  const pairs = spoken.flatMap((own) => own.targets.map((entity) => ({ ...own, entity })))
  const asked = pairs.filter(({ action }) => action.call !== undefined)
  const verdicts = useVerdicts(
    asked.map(({ kind, action, entity }) => callOf(kind, action, entity)),
    all,
  )
  const single = pairs.map((pair): ScoredEntry => {
    const { kind, action, label, entity, score } = pair
    const verdict = action.call === undefined ? null : verdicts[asked.indexOf(pair)]
    const refusal = verdict === null ? null : verdict === undefined ? unasked : describeError(verdict, t).title
    return {
      score,
      entry: {
        id: `${action.id} ${entity.id}`,
        kind: kind.name,
        title: t('frame:palette.actOn', { action: label, name: entity.name }),
        detail: kind.statusOf(entity, t),
        disabledReason: action.refusal?.(entity, t) ?? refusal,
        run: () => start(kind, action, [entity.id]),
      },
    }
  })
  const several = spoken
    .filter(({ action, ids }) => ids.length > 1 && action.open === undefined)
    .map(
      ({ kind, action, label, ids, score }): ScoredEntry => ({
        score,
        entry: {
          id: `${action.id} all`,
          kind: kind.name,
          title: t('frame:palette.actOn', { action: label, name: kind.words.count(t, ids.length) }),
          detail: '',
          disabledReason: unasked === '' ? null : unasked,
          run: () => start(kind, action, ids),
        },
      }),
    )
  return [...single, ...several]
}

function findSpoken(
  typed: string,
  all: readonly KindEntities[],
  nameOf: NameOf,
  labelOf: (action: EntityAction) => string,
): readonly Spoken[] {
  const actions = all.flatMap((own) =>
    own.kind.actions.map((action) => ({ action: { ...own, action }, label: labelOf(action) })),
  )
  return findSpokenActions(typed, actions)
    .flatMap(({ action: { kind, entities, action }, about, score }): Spoken[] => {
      const limit = score === 0 ? TARGETS_SHOWN : TARGETS_OF_BEGUN
      const { best, ids } = findEntities(kind, entities, about, nameOf, limit)
      const targets = best.map(({ item }) => item).filter((entity) => action.isOffered?.([entity]) !== false)
      return targets.length === 0 ? [] : [{ kind, action, label: labelOf(action), targets, ids, score: SCORE + score }]
    })
    .slice(0, ACTIONS_SHOWN)
}

function callOf(kind: EntityKind, { call }: EntityAction, { id }: EntityOf<EntityName>): ProposedCall {
  return { command: call?.command, input: { ...call?.input, [idFieldOf(kind.name)]: id } } as ProposedCall
}
