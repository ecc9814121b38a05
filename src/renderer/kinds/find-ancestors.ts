import { type Collections, ENTITY_TOPICS, type EntityName, type EntityOf, type EntityRef } from '../stores/index.ts'
import { kindOf } from './registry.ts'

/** Longer ways up are those of a circle. */
const DEEPEST = 16

/** What an entity hangs under, the nearest first, as far as it is known now. */
export function findAncestors<N extends EntityName>(
  collections: Collections,
  kind: N,
  entity: EntityOf<N>,
): readonly EntityRef[] {
  const ancestors: EntityRef[] = []
  let parent = kindOf(kind).parents.compute?.(entity) ?? null
  while (parent !== null && ancestors.length < DEEPEST) {
    ancestors.push(parent)
    const above: EntityOf<EntityName> | undefined = collections
      .store(ENTITY_TOPICS[parent.kind])
      .getState()
      .entities.get(parent.id)
    parent = above === undefined ? null : (kindOf(parent.kind).parents.compute?.(above as never) ?? null)
  }
  return ancestors
}
