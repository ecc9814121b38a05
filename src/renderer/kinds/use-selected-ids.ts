import { type EntityName, useEngine, useWorkspace } from '../stores/index.ts'
import { findAncestors } from './find-ancestors.ts'
import { useEntities } from './use-entities.ts'

const NONE: readonly string[] = []

/** What is selected of a kind; else the one that what is selected hangs under, however far above. */
export function useSelectedIds(kind: EntityName): readonly string[] {
  const { collections } = useEngine()
  const selection = useWorkspace((state) => state.selection)
  const [only] = useEntities(
    selection.kind ?? kind,
    selection.kind !== kind && selection.ids.length === 1 ? selection.ids : NONE,
  )
  if (selection.kind === kind) return selection.ids
  if (only === undefined || selection.kind === null) return NONE
  const above = findAncestors(collections, selection.kind, only as never, 'compute').find((ref) => ref.kind === kind)
  return above === undefined ? NONE : [above.id]
}
