import { expect, test } from 'vitest'
import { decideChangedFields, decideEditConflict } from '../../../../src/main/host/decide-edit-conflict.ts'
import { makeDefinition } from './make-definition.ts'

test('an edit names the fields that it changes, secrets by their kind, never a value', () => {
  const before = makeDefinition()
  const after = { ...before, port: 2222, user: 'ann' }
  expect(decideChangedFields(before, after, { password: 'hunter2' })).toEqual(['port', 'user', 'password'])
  expect(decideChangedFields(before, before, {})).toEqual([])
})

test('who edits an older state is told what changed meanwhile, and by whom', () => {
  const since = [
    { entityId: 'h', revision: 2, fields: ['port'], user: 'ann', at: 1 },
    { entityId: 'h', revision: 3, fields: ['port', 'user'], user: 'bob', at: 2 },
  ]
  expect(decideEditConflict('kvm1', { base: 1, current: 3 }, since)).toMatchObject({
    code: 'host.changed-meanwhile',
    params: { name: 'kvm1', fields: 'port, user', users: 'ann, bob' },
  })
  expect(decideEditConflict('kvm1', { base: 3, current: 3 }, [])).toBeNull()
  expect(decideEditConflict('kvm1', { base: undefined, current: 3 }, [])).toBeNull()
})
