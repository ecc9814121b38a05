import { expect, test } from 'vitest'
import { decideTree } from '../../../src/renderer/features/vms/snapshots/snapshot-tree.ts'
import type { VmSnapshot } from '../../../src/shared/domain/index.ts'

const snapshot = (id: string, parent: string | null, createdAt: number): VmSnapshot => ({
  id,
  name: id,
  createdAt,
  state: null,
  description: null,
  parent,
  isCurrent: false,
  kind: 'internal',
  hasMemory: false,
  disks: [],
  sizeBytes: null,
})

test('snapshots stand below what they go on from, the oldest first, and none is left out', () => {
  const all = [
    snapshot('two', 'one', 3),
    snapshot('lost', 'gone', 5),
    snapshot('side', 'one', 2),
    snapshot('one', null, 1),
  ]
  expect(decideTree(all).map(({ snapshot: { id }, depth }) => [id, depth])).toEqual([
    ['one', 0],
    ['side', 1],
    ['two', 1],
    ['lost', 0],
  ])
  expect(decideTree([snapshot('a', 'b', 1), snapshot('b', 'a', 2)])).toHaveLength(2)
})
