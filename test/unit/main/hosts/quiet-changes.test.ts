import { describe, expect, test } from 'vitest'
import type { DomainLists } from '../../../../src/main/hosts/domain-reader.ts'
import { decideChangedFlags, decideSlice } from '../../../../src/main/hosts/quiet-changes.ts'
import { makeRecord, VM_ID } from '../vm/make-model.ts'

const lists = (changes: Partial<DomainLists> = {}): DomainLists => ({
  all: new Map([[VM_ID, { name: 'web', uuid: VM_ID, id: -1 }]]),
  persistent: new Set([VM_ID]),
  autostart: new Set(),
  managedSave: new Set(),
  snapshots: new Set(),
  ...changes,
})
const has = new Set([VM_ID])

describe('what a list tells of a domain', () => {
  test.each([
    ['the same', {}, {}, false],
    ['autostart set next door', {}, { autostart: has }, true],
    ['autostart taken back', { autostart: true }, {}, true],
    ['a saved state removed', { state: 'shut-off', hasManagedSave: true }, {}, true],
    ['a snapshot taken next door', {}, { snapshots: has }, true],
    ['its last snapshot removed', { hasSnapshots: true }, {}, true],
    ['a saved state made', { state: 'shut-off' }, { managedSave: has }, true],
    ['a saved state that is just used up', { state: 'running' }, { managedSave: has }, false],
    ['a definition that is gone from disk', {}, { persistent: new Set<string>() }, true],
    ['nothing, as it is gone: its event comes', { autostart: true }, { all: new Map() }, false],
  ] as const)('%s', (_what, known, listed, changed) => {
    const records = new Map([[VM_ID, makeRecord(known)]])
    expect(decideChangedFlags(records, lists(listed))).toEqual(changed ? [VM_ID] : [])
  })
})

test('definitions have their turn one after the other, round and round', () => {
  const all = ['a', 'b', 'c', 'd', 'e']
  expect(decideSlice(all, 0, 2)).toEqual(['a', 'b'])
  expect(decideSlice(all, 4, 2)).toEqual(['e', 'a'])
  expect(decideSlice(all, 0, 9)).toEqual(all)
  expect(decideSlice(all, 9, 2)).toEqual(['a', 'b'])
  expect(decideSlice([], 3, 2)).toEqual([])
})
