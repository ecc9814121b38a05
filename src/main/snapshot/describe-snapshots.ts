import type { VmSnapshot } from '../../shared/domain/index.ts'
import { isExternal } from './decide-method.ts'
import type { FoundSnapshot } from './fetch-snapshots.ts'

/** Bytes of each, by its name. */
export type SnapshotSizes = ReadonlyMap<string, number>

/** Snapshots as clients see them. `sizes` null: not looked at yet, so those of before stand. Pure. */
export function describeSnapshots(
  found: readonly FoundSnapshot[],
  sizes: SnapshotSizes | null,
  before: ReadonlyMap<string, Pick<VmSnapshot, 'sizeBytes'>>,
): VmSnapshot[] {
  return found.map((each) => ({
    id: each.name,
    name: each.name,
    createdAt: each.createdAt,
    state: each.state,
    description: each.description,
    parent: each.parent,
    isCurrent: each.isCurrent,
    kind: each.isRead ? (isExternal(each) ? 'external' : 'internal') : null,
    hasMemory: each.memory.kind !== 'no',
    disks: each.disks.filter(({ kind }) => kind !== 'no').map(({ target }) => target),
    sizeBytes: (sizes === null ? before.get(each.name)?.sizeBytes : sizes.get(each.name)) ?? null,
  }))
}
