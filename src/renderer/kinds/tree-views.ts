import type { EntityName, EntityOf, EntityRef, TreeViewName } from '../stores/index.ts'
import type { EntityKind } from './entity-kind.ts'
import { allKinds } from './registry.ts'

/** The ways to look at the inventory as a tree, in the order of their buttons. The word of each is `frame:tree.view.<name>`. */
const TREE_VIEWS: readonly TreeViewName[] = ['compute', 'storage', 'networks', 'folders']

/** The views that some kind is in. */
export function shownTreeViews(): readonly TreeViewName[] {
  const kinds = allKinds()
  return TREE_VIEWS.filter((name) => kinds.some((kind) => kind.parents[name] !== undefined))
}

/** The view in which a kind is looked for: the one that is asked for when the kind is in it, else its first. */
export function viewOfKind<N extends EntityName>(kind: EntityKind<N>, asked: TreeViewName): TreeViewName {
  if (kind.parents[asked] !== undefined) return asked
  return TREE_VIEWS.find((name) => kind.parents[name] !== undefined) ?? asked
}

/** What an entity hangs under in a view, or in the first view of its kind; null: at the top. */
export function parentIn<N extends EntityName>(
  kind: EntityKind<N>,
  entity: EntityOf<N>,
  asked: TreeViewName,
): EntityRef | null {
  return kind.parents[viewOfKind(kind, asked)]?.(entity) ?? null
}

/** The kinds of a view that a person can make one of, by rank; the main one has the plus at the head of that view. */
export function creatableKinds(view: TreeViewName): {
  readonly main: EntityKind | null
  readonly all: readonly EntityKind[]
} {
  const all = allKinds().filter(({ parents, create }) => parents[view] !== undefined && create !== undefined)
  return { main: all.find(({ create }) => create?.isMain === true) ?? null, all }
}
