import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Column, menuRows, sortRows } from '../../../src/renderer/components/table/table-state.ts'
import { selectByClick } from '../../../src/renderer/stores/index.ts'

interface Row {
  readonly name: string
  readonly load: number | null
}
const columns: readonly Column<Row>[] = [
  { id: 'name', title: 'Name', render: () => null, sortBy: ({ name }) => name },
  { id: 'load', title: 'Load', render: () => null, sortBy: ({ load }) => load },
]

describe('sorting a table', () => {
  it('sorts names with numbers by value', () => {
    const rows = ['web-10', 'web-9', 'Web-1'].map((name) => ({ name, load: null }))
    const sorted = sortRows(rows, columns, { column: 'name', descending: false })
    expect(sorted.map(({ name }) => name)).toEqual(['Web-1', 'web-9', 'web-10'])
  })

  it('puts rows without a value last in both directions', () => {
    const rows: Row[] = [
      { name: 'a', load: null },
      { name: 'b', load: 1 },
      { name: 'c', load: 2 },
    ]
    const order = (descending: boolean) =>
      sortRows(rows, columns, { column: 'load', descending }).map(({ name }) => name)
    expect(order(false)).toEqual(['b', 'c', 'a'])
    expect(order(true)).toEqual(['c', 'b', 'a'])
  })

  it('neither loses nor invents rows, and leaves them alone for an unknown column', () => {
    const rows = fc.array(fc.record({ name: fc.string(), load: fc.option(fc.integer()) }))
    fc.assert(
      fc.property(rows, fc.constantFrom('name', 'load', 'other'), fc.boolean(), (list, column, descending) => {
        const sorted = sortRows(list, columns, { column, descending })
        expect(new Set(sorted)).toEqual(new Set(list))
        if (column === 'other') expect(sorted).toBe(list)
      }),
    )
  })
})

describe('choosing rows', () => {
  const order = ['a', 'b', 'c', 'd']

  it('chooses one alone, adds and takes out, and ranges in both directions', () => {
    expect([...selectByClick(new Set(['a']), order, 'a', 'c', 'only')]).toEqual(['c'])
    expect([...selectByClick(new Set(['a']), order, 'a', 'c', 'toggle')]).toEqual(['a', 'c'])
    expect([...selectByClick(new Set(['a', 'c']), order, 'c', 'c', 'toggle')]).toEqual(['a'])
    expect([...selectByClick(new Set(), order, 'd', 'b', 'range')]).toEqual(['b', 'c', 'd'])
  })

  it('chooses one alone when the anchor of a range is gone', () => {
    expect([...selectByClick(new Set(), order, 'x', 'b', 'range')]).toEqual(['b'])
  })
})

describe('the rows that a context menu acts on', () => {
  const chosen = new Set(['d', 'a', 'hidden'])

  it('are the chosen ones that are in view, in their order, when one of them or no row was asked', () => {
    expect(menuRows(chosen, ['a', 'b', 'c', 'd'], 'a')).toEqual(['a', 'd'])
    expect(menuRows(chosen, ['a', 'b', 'c', 'd'], null)).toEqual(['a', 'd'])
  })

  it('is one row alone when that one is not chosen', () => {
    expect(menuRows(chosen, ['a', 'b', 'c', 'd'], 'c')).toEqual(['c'])
  })
})
