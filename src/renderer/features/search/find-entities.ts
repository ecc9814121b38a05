import { type EntityKind, findText, type NameOf } from '../../kinds/index.ts'
import type { EntityMap, EntityName, EntityOf } from '../../stores/index.ts'
import { scoreTitle, takeBest } from './find-entries.ts'

/** Found by what it is searched by, and not by its name. */
const BY_FIELD = 5

/** How well an entity fits a text, by its name or by anything else that it is searched by; null: not at all. Pure. */
export function scoreEntity<N extends EntityName>(
  kind: EntityKind<N>,
  entity: EntityOf<N>,
  typed: string,
  nameOf: NameOf,
): number | null {
  const byName = scoreTitle(entity.name, typed)
  if (byName !== null) return byName
  return findText(kind, entity, typed.trim().toLocaleLowerCase(), nameOf) === null ? null : BY_FIELD
}

/** The entities that fit a text best, and the ids of all that fit it. Pure. */
export function findEntities<N extends EntityName>(
  kind: EntityKind<N>,
  entities: EntityMap<EntityOf<N>>,
  typed: string,
  nameOf: NameOf,
  limit: number,
): {
  readonly best: readonly { readonly item: EntityOf<N>; readonly score: number }[]
  readonly ids: readonly string[]
} {
  const ids: string[] = []
  const score = (entity: EntityOf<N>) => {
    const own = scoreEntity(kind, entity, typed, nameOf)
    if (own !== null) ids.push(entity.id)
    return own
  }
  return { best: takeBest(entities.values(), score, limit), ids }
}
