import { expect, test } from 'vitest'
import { decideChangedFields } from '../../../../src/main/host/decide-changed-fields.ts'
import { makeDefinition } from './make-definition.ts'

test('an edit names the fields that it changes, secrets by their kind, never a value', () => {
  const before = makeDefinition()
  const after = { ...before, port: 2222, user: 'ann' }
  expect(decideChangedFields(before, after, { password: 'hunter2' })).toEqual(['port', 'user', 'password'])
  expect(decideChangedFields(before, before, {})).toEqual([])
})
