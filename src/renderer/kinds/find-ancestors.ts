import {
  type Collections,
  ENTITY_TOPICS,
  type EntityName,
  type EntityOf,
  type EntityRef,
  type TreeViewName,
} from '../stores/index.ts'
import { kindOf } from './registry.ts'
import { parentIn } from './tree-views.ts'

/** Longer ways up are those of a circle. */
const DEEPEST = 16

/** What an entity hangs under in a view of the tree (of a kind that is not in it: in its own), the nearest first, as far as it is known now. */
export function findAncestors<N extends EntityName>(
  collections: Collections,
  kind: N,
  entity: EntityOf<N>,
  view: TreeViewName,
): readonly EntityRef[] {
  const ancestors: EntityRef[] = []
  let parent = parentIn(kindOf(kind), entity, view)
  while (parent !== null && ancestors.length < DEEPEST) {
    ancestors.push(parent)
    const above: EntityOf<EntityName> | undefined = collections
      .store(ENTITY_TOPICS[parent.kind])
      .getState()
      .entities.get(parent.id)
    parent = above === undefined ? null : parentIn(kindOf(parent.kind), above as never, view)
  }
  return ancestors
}
