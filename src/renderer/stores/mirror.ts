import type { WireError } from '../../shared/errors/index.ts'
import type { Patch, Snapshot } from './engine-client.ts'
import { EntityMap } from './entity-map.ts'

/** The page's copy of one collection. `loading` until the first snapshot; `closed` when the engine ended the subscription. */
export interface CollectionState<Entity extends { readonly id: string }> {
  readonly status: 'loading' | 'live' | 'closed'
  readonly epoch: string | null
  readonly rev: number
  readonly entities: EntityMap<Entity>
  readonly error: WireError | null
}

export function emptyCollection<Entity extends { readonly id: string }>(): CollectionState<Entity> {
  return { status: 'loading', epoch: null, rev: 0, entities: EntityMap.from<Entity>(), error: null }
}

/** The state after a snapshot: exactly its entities. What was there before is forgotten. */
export function applySnapshot<Entity extends { readonly id: string }>(
  snapshot: Snapshot<Entity>,
): CollectionState<Entity> {
  return {
    status: 'live',
    epoch: snapshot.epoch,
    rev: snapshot.rev,
    entities: EntityMap.from(snapshot.entities),
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
  return { ...state, rev: patch.rev, entities: state.entities.with(patch.upsert, patch.remove) }
}

/** The state after the engine ended the subscription: what was known stays, marked as no longer kept current. */
export function applyClosed<Entity extends { readonly id: string }>(
  state: CollectionState<Entity>,
  error: WireError,
): CollectionState<Entity> {
  return { ...state, status: 'closed', error }
}
