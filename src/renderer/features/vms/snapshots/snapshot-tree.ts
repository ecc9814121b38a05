import type { VmSnapshot } from '../../../../shared/domain/index.ts'

/** A snapshot with how deep it lies below the first of its line. */
export interface TreeLine {
  readonly snapshot: VmSnapshot
  readonly depth: number
}

/** Snapshots as a tree, each before those that go on from it, the oldest first. One whose parent is not known begins a line. Pure. */
export function decideTree(snapshots: Iterable<VmSnapshot>): readonly TreeLine[] {
  const all = [...snapshots].sort(byAge)
  const names = new Set(all.map(({ id }) => id))
  const lines: TreeLine[] = []
  const seen = new Set<string>()
  const add = (parent: string | null, depth: number) => {
    for (const snapshot of all) {
      const above = snapshot.parent !== null && names.has(snapshot.parent) ? snapshot.parent : null
      if (above !== parent || seen.has(snapshot.id)) continue
      seen.add(snapshot.id)
      lines.push({ snapshot, depth })
      add(snapshot.id, depth + 1)
    }
  }
  add(null, 0)
  // Such that each is said to be the other's parent.
  for (const snapshot of all) if (!seen.has(snapshot.id)) lines.push({ snapshot, depth: 0 })
  return lines
}

function byAge(a: VmSnapshot, b: VmSnapshot): number {
  return (a.createdAt ?? 0) - (b.createdAt ?? 0) || (a.id < b.id ? -1 : 1)
}
