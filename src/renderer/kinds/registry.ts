import type { EntityName } from '../stores/index.ts'
import type { EntityKind } from './entity-kind.ts'

const kinds = new Map<EntityName, EntityKind>()

type SomeKind = { [N in EntityName]: EntityKind<N> }[EntityName]

/** Puts kinds together, before the page is rendered. A window registers those that it shows. */
export function registerKinds(added: readonly SomeKind[]): void {
  // The registry hands a kind only entities of its own topic.
  for (const kind of added) kinds.set(kind.name, kind as unknown as EntityKind)
}

/** A kind by its name. Throws for one that nobody registered: that is a bug. */
export function kindOf<N extends EntityName>(name: N): EntityKind<N> {
  const kind = kinds.get(name)
  if (kind === undefined) throw new Error(`the kind ${name} is not registered`)
  return kind as unknown as EntityKind<N>
}

/** All kinds, by rank. */
export function allKinds(): readonly EntityKind[] {
  return [...kinds.values()].sort((a, b) => a.rank - b.rank)
}
