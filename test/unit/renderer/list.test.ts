import { describe, expect, test } from 'vitest'
import type { Column } from '../../../src/renderer/components/table/index.ts'
import { buildCsv } from '../../../src/renderer/kinds/list/build-csv.ts'
import {
  isColumnShown,
  moveColumn,
  NO_COLUMN_WISHES,
  orderColumns,
  readColumnWishes,
  toggleColumn,
} from '../../../src/renderer/kinds/list/list-columns.ts'
import { readSavedViews, withoutView, withView } from '../../../src/renderer/kinds/list/saved-views.ts'

interface Row {
  readonly name: string
  readonly memory: number | null
}
const columns: readonly Column<Row>[] = [
  { id: 'name', title: 'Name', sortBy: ({ name }) => name, render: () => null },
  { id: 'memory', title: 'Memory', unit: 'KiB', sortBy: ({ memory }) => memory, render: () => null },
  { id: 'plot', title: 'Plot', render: () => null },
]

test('a list is a file of the values that its columns sort by; no cell is a formula', () => {
  const rows = ['web', 'a "b", c', '=cmd|x', '-1', '웹\n2'].map((name, index) => ({ name, memory: index || null }))
  expect(buildCsv(columns, rows)).toBe(
    '\uFEFFName,Memory (KiB)\r\nweb,\r\n"a ""b"", c",1\r\n\'=cmd|x,2\r\n\'-1,3\r\n"웹\n2",4\r\n',
  )
})

describe('columns', () => {
  const all = ['name', 'a', 'b', 'c'].map((id) => ({ id }))
  test.each([
    [[], 'name a b c'],
    [['c', 'a', 'b'], 'name c a b'],
    [['c', 'a'], 'name c a b'],
    [['b', 'name', 'gone'], 'name a b c'],
    [['name', 'c', 'b', 'a'], 'name c b a'],
  ])('in the order %j are %j', (order, ids) => {
    expect(
      orderColumns(all, order)
        .map(({ id }) => id)
        .join(' '),
    ).toBe(ids)
  })

  test.each([
    ['c', -1, 'name a c b'],
    ['a', -1, 'name a b c'],
    ['name', 1, 'name a b c'],
    ['a', 1, 'name b a c'],
    ['c', 1, 'name a b c'],
  ])('%j moved by %i are %j', (id, by, ids) => {
    const moved = moveColumn(['name', 'a', 'b', 'c'], id, by)
    expect(moved.join(' ')).toBe(ids)
    expect(
      orderColumns(all, moved)
        .map((column) => column.id)
        .join(' '),
    ).toBe(ids)
  })

  test('are shown and hidden, those that are optional the other way round', () => {
    const [plain, optional] = [{ id: 'a' }, { id: 'b', optional: true }]
    expect([plain, optional].map((column) => isColumnShown(column, []))).toEqual([true, false])
    const changed = toggleColumn(optional, toggleColumn(plain, []))
    expect([plain, optional].map((column) => isColumnShown(column, changed))).toEqual([false, true])
    expect(toggleColumn(optional, toggleColumn(plain, changed))).toEqual([])
  })

  test.each([null, [], 'text', { changed: 'a', order: [1], widths: { a: '1', b: 1e9, c: -1 } }])(
    'remembered as %j are as they were at first',
    (stored) => {
      expect(readColumnWishes(stored)).toEqual(NO_COLUMN_WISHES)
    },
  )
})

describe('saved views', () => {
  const view = (name: string, filter = '') => ({ name, view: { filter }, columns: NO_COLUMN_WISHES })

  test('are kept by name, one of a name, whatever its case', () => {
    const views = withView(withView(withView([], view('Prod')), view('db')), view('prod', 'tag=prod'))
    expect(views).toEqual([view('db'), view('prod', 'tag=prod')])
    expect(readSavedViews(JSON.parse(JSON.stringify(views)))).toEqual(views)
    expect(withoutView(views, 'PROD')).toEqual([view('db')])
  })

  test('that do not fit are none', () => {
    expect(readSavedViews([{ name: '', view: {}, columns: NO_COLUMN_WISHES }])).toEqual([])
    expect(readSavedViews('x')).toEqual([])
  })
})
