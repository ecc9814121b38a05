import { expect, test } from 'vitest'
import { decideEditConflict } from '../../../../src/main/engine/index.ts'

test('who edits an older state is told what changed meanwhile, and by whom', () => {
  const since = [
    { fields: ['port'], user: 'ann' },
    { fields: ['port', 'user'], user: 'bob' },
  ]
  expect(decideEditConflict('host.changed-meanwhile', 'kvm1', { base: 1, current: 3 }, since)).toMatchObject({
    code: 'host.changed-meanwhile',
    params: { name: 'kvm1', fields: 'port, user', users: 'ann, bob' },
  })
  expect(decideEditConflict('host.changed-meanwhile', 'kvm1', { base: 3, current: 3 }, [])).toBeNull()
  expect(decideEditConflict('host.changed-meanwhile', 'kvm1', { base: undefined, current: 3 }, [])).toBeNull()
})
