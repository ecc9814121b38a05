import type { CommandInput, CommandName } from '../../shared/contract/index.ts'
import { defaultSettings, type Settings } from '../../shared/domain/index.ts'
import {
  ENTITY_TOPICS,
  type EntityMap,
  type EntityName,
  type EntityOf,
  idFieldOf,
  openDialog,
  type Preferences,
  useEngine,
  useEntity,
  usePreferences,
  useRunCommand,
} from '../stores/index.ts'
import type { EntityAction, EntityKind } from './entity-kind.ts'
import { runBatch } from './run-batch.ts'

/** Most ids that one call takes. */
const LIST_LIMIT = 5_000

type Run = <N extends EntityName>(
  kind: EntityKind<N>,
  action: EntityAction<N>,
  ids: readonly string[],
  /** Fields of the input beside those of the action. */
  more?: Readonly<Record<string, unknown>>,
) => void

/** Runs an action's command: on one entity, or on several, told of in one notice. */
export function useRunAction(): Run {
  const { client } = useEngine()
  const entityOf = useEntityOf()
  const run = useRunCommand()
  return (kind, { call }, ids, more = {}) => {
    if (call === undefined) return
    const field = idFieldOf(kind.name)
    const nameOf = (id: string) => entityOf(kind.name, id)?.name ?? id
    const callFor = (part: Readonly<Record<string, unknown>>) => ({
      command: call.command,
      input: { ...call.input, ...more, ...part } as CommandInput<CommandName>,
    })
    const [only] = ids
    if (only !== undefined && ids.length === 1) {
      const { command, input } = callFor({ [field]: only })
      void run(command, input, nameOf(only))
    } else if (call.takesList === true) {
      const parts = Array.from({ length: Math.ceil(ids.length / LIST_LIMIT) }, (_unused, index) =>
        ids.slice(index * LIST_LIMIT, (index + 1) * LIST_LIMIT),
      )
      void runBatch(
        client,
        parts.map((part) => ({ ...callFor({ [`${field}s`]: part }), subjects: part.map(nameOf) })),
      )
    } else {
      void runBatch(
        client,
        ids.map((id) => ({ ...callFor({ [field]: id }), subjects: [nameOf(id)] })),
      )
    }
  }
}

/** Begins an action: what the page does itself, or the question before it, or the command. */
export function useStartAction(): Run {
  const entityOf = useEntityOf()
  const settings = useEntity('settings', 'settings') ?? defaultSettings
  const preferences = usePreferences()
  const runAction = useRunAction()
  return (kind, action, ids) => {
    const [only] = ids
    if (action.openAll !== undefined) action.openAll(ids)
    else if (action.open !== undefined && only !== undefined) {
      const entity = entityOf(kind.name, only)
      if (entity !== undefined) action.open(entity)
    } else if (needsQuestion(action, ids.length, settings, preferences)) {
      openDialog({ kind: 'confirm-action', entity: kind.name, action: action.id, ids })
    } else runAction(kind, action, ids)
  }
}

/** Whether a person is asked before an action runs on so many. Pure. */
export function needsQuestion(
  { asked }: Pick<EntityAction, 'asked'>,
  count: number,
  settings: Pick<Settings, 'confirmForcedActions'>,
  preferences: Pick<Preferences, 'confirmActions'>,
): boolean {
  if (count > 1 || asked === 'always') return true
  return asked === 'forced' ? settings.confirmForcedActions : asked === 'courtesy' && preferences.confirmActions
}

function useEntityOf(): <N extends EntityName>(kind: N, id: string) => EntityOf<N> | undefined {
  const { collections } = useEngine()
  return <N extends EntityName>(kind: N, id: string) => {
    const entities = collections.store(ENTITY_TOPICS[kind]).getState().entities as unknown as EntityMap<EntityOf<N>>
    return entities.get(id)
  }
}
