import { describe, expect, test } from 'vitest'
import { changeLabels, type VmLabels, vmFolderSchema, vmTagSchema } from '../../../../src/shared/domain/index.ts'

describe('labels of machines', () => {
  test.each([
    ['prod', 'prod'],
    ['  team:web ', 'team:web'],
    ['고객사-1', '고객사-1'],
    ['e\u0301tage', '\u00e9tage'],
    ['', null],
    ['two words', null],
    ['a,b', null],
    ['"a"', null],
    ['-a', null],
    ['a'.repeat(65), null],
    ['a\u202eb', null],
  ])('the tag %j is %j', (text, tag) => {
    const parsed = vmTagSchema.safeParse(text)
    expect(parsed.success ? parsed.data : null).toBe(tag)
  })

  test.each([
    ['Customers/Acme', 'Customers/Acme'],
    [' / Customers //  Acme Ltd. /', 'Customers/Acme Ltd.'],
    ['', null],
    [' / ', null],
    ['a\nb', null],
    ['1/2/3/4/5/6/7/8', '1/2/3/4/5/6/7/8'],
    ['1/2/3/4/5/6/7/8/9', null],
    ['a'.repeat(256), null],
  ])('the folder %j is %j', (text, folder) => {
    const parsed = vmFolderSchema.safeParse(text)
    expect(parsed.success ? parsed.data : null).toBe(folder)
  })

  const now: VmLabels = { tags: ['Prod', 'web'], folder: 'A' }
  test.each([
    [
      { add: ['db'], remove: [] },
      { tags: ['db', 'Prod', 'web'], folder: 'A' },
    ],
    [{ add: ['PROD'], remove: [] }, now],
    [
      { add: [], remove: ['prod'] },
      { tags: ['web'], folder: 'A' },
    ],
    [
      { add: ['prod'], remove: ['Prod'] },
      { tags: ['prod', 'web'], folder: 'A' },
    ],
    [
      { add: [], remove: ['none'], folder: null },
      { tags: ['Prod', 'web'], folder: null },
    ],
    [
      { add: [], remove: [], folder: 'B/C' },
      { tags: ['Prod', 'web'], folder: 'B/C' },
    ],
  ])('changed by %j they are %j', (change, then) => {
    expect(changeLabels(now, change)).toEqual(then)
  })
})
