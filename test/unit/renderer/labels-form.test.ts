import { expect, test } from 'vitest'
import {
  type LabelsForm,
  labelsFormOf,
  labelsFormSchema,
  toLabel,
} from '../../../src/renderer/features/vms/labels/labels-form.ts'

const web = { tags: ['prod', 'web'], folder: 'A' }
const db = { tags: ['db'], folder: null }
const form = (change: Partial<LabelsForm>): LabelsForm => ({
  add: '',
  remove: '',
  changesFolder: false,
  folder: '',
  ...change,
})

test('the form of one machine has what it has, that of several nothing', () => {
  expect(labelsFormOf([web])).toEqual({ add: 'prod, web', remove: '', changesFolder: true, folder: 'A' })
  expect(labelsFormOf([web, db])).toEqual(form({}))
})

test.each([
  [
    'of one machine, what is not in its field any more',
    [web],
    form({ add: 'web,new' }),
    { add: ['web', 'new'], remove: ['prod'] },
  ],
  [
    'out of its folder',
    [web],
    form({ add: 'prod web', changesFolder: true }),
    { add: ['prod', 'web'], remove: [], folder: null },
  ],
  [
    'of several, only what was said',
    [web, db],
    form({ add: 'a', remove: 'web a2' }),
    { add: ['a'], remove: ['web', 'a2'] },
  ],
  [
    'several into a folder',
    [web, db],
    form({ changesFolder: true, folder: 'B/C' }),
    { add: [], remove: [], folder: 'B/C' },
  ],
])('%s', (_what, machines, given, input) => {
  expect(toLabel(given, machines)).toEqual(input)
})

test.each([
  [form({ add: 'a, b  c' }), []],
  [form({ add: '"a"' }), ['add']],
  [form({ remove: Array.from({ length: 33 }, (_tag, index) => `t${index}`).join(' ') }), ['remove']],
  [form({ folder: '1/2/3/4/5/6/7/8/9' }), ['folder']],
])('%j is wrong at %j', (given, fields) => {
  const parsed = labelsFormSchema.safeParse(given)
  expect((parsed.error?.issues ?? []).map(({ path }) => path[0])).toEqual(fields)
})
