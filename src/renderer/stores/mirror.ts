import type { WireError } from '../../shared/errors/index.ts'
import type { Patch, Snapshot } from './engine-client.ts'

/** The page's copy of one collection. `loading` until the first snapshot; `closed` when the engine ended the subscription. */
export interface CollectionState<Entity extends { readonly id: string }> {
  readonly status: 'loading' | 'live' | 'closed'
  readonly epoch: string | null
  readonly rev: number
  readonly entities: ReadonlyMap<string, Entity>
  readonly error: WireError | null
}

export function emptyCollection<Entity extends { readonly id: string }>(): CollectionState<Entity> {
  return { status: 'loading', epoch: null, rev: 0, entities: new Map(), error: null }
}

/** The state after a snapshot: exactly its entities, in its order. What was there before is forgotten. */
export function applySnapshot<Entity extends { readonly id: string }>(
  snapshot: Snapshot<Entity>,
): CollectionState<Entity> {
  return {
    status: 'live',
    epoch: snapshot.epoch,
    rev: snapshot.rev,
    entities: new Map(snapshot.entities.map((entity) => [entity.id, entity])),
    error: null,
  }
}

/**
 * The state after a patch. A patch older than the state, or one that comes before any snapshot, changes nothing: the
 * snapshot that follows a reconnect contains it. Entities that the patch does not name keep their identity, so that
 * whoever shows them need not repaint.
 */
export function applyPatch<Entity extends { readonly id: string }>(
  state: CollectionState<Entity>,
  patch: Patch<Entity>,
): CollectionState<Entity> {
  if (state.status !== 'live' || patch.rev < state.rev) return state
  if (patch.upsert.length === 0 && patch.remove.length === 0) return { ...state, rev: patch.rev }
  const entities = new Map(state.entities)
  for (const id of patch.remove) entities.delete(id)
  for (const entity of patch.upsert) entities.set(entity.id, entity)
  return { ...state, rev: patch.rev, entities }
}

/** The state after the engine ended the subscription: what was known stays, marked as no longer kept current. */
export function applyClosed<Entity extends { readonly id: string }>(
  state: CollectionState<Entity>,
  error: WireError,
): CollectionState<Entity> {
  return { ...state, status: 'closed', error }
}
