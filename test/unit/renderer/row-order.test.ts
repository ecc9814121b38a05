import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RowOrder, type RowRule } from '../../../src/renderer/components/table/row-order.ts'
import { EntityMap } from '../../../src/renderer/stores/index.ts'

interface Row {
  readonly id: string
  readonly name: string
  readonly load: number | null
  readonly note?: string
}
const byLoad: RowRule<Row> = {
  accepts: () => true,
  valueOf: ({ load }) => load,
  descending: false,
  nameOf: ({ name }) => name,
}
const byName: RowRule<Row> = { ...byLoad, valueOf: null }
const large = Array.from(
  { length: 10_000 },
  (_unused, number): Row => ({ id: `${number}`, name: `vm-${number}`, load: number % 7 }),
)

describe('the order of a table', () => {
  it('is that of sorting everything, after any changes', () => {
    const row = fc.record({
      id: fc.constantFrom(...'abcdefgh'),
      name: fc.constantFrom('web-1', 'web-2', 'web-10'),
      load: fc.option(fc.integer({ min: 0, max: 3 })),
    })
    const step = fc.record({
      upsert: fc.array(row, { maxLength: 8 }),
      remove: fc.array(fc.constantFrom(...'abcdefgh')),
    })
    const rule = fc.constantFrom<RowRule<Row>>(
      byLoad,
      byName,
      { ...byLoad, descending: true },
      { ...byLoad, accepts: ({ load }) => load !== 1 },
    )
    fc.assert(
      fc.property(fc.array(step), rule, (steps, own) => {
        const order = new RowOrder<Row>()
        let rows = EntityMap.from<Row>()
        for (const { upsert, remove } of steps) {
          rows = rows.with(upsert, remove)
          expect(order.read(rows, own)).toEqual(new RowOrder<Row>().read(rows, own))
        }
      }),
    )
  })

  it('sorts ten thousand rows once, and then nothing for a change of what it does not sort by', () => {
    const order = new RowOrder<Row>()
    const rows = EntityMap.from(large)
    const before = order.read(rows, byLoad)
    const changed = rows.with([{ ...large[5], id: '5', name: 'vm-5', load: 5, note: 'paused' }], [])
    expect(order.read(changed, byLoad)).toBe(before)
    expect(order.work).toEqual({ sorts: 1, judged: 10_001, moved: 0 })
  })

  it('moves one row alone when what it sorts by changes', () => {
    const order = new RowOrder<Row>()
    const rows = EntityMap.from(large)
    order.read(rows, byLoad)
    const keys = order.read(rows.with([{ id: '5', name: 'vm-5', load: 99 }], ['6']), byLoad)
    expect(keys.at(-1)).toBe('5')
    expect(keys).toHaveLength(9_999)
    expect(order.work).toEqual({ sorts: 1, judged: 10_001, moved: 1 })
  })

  it('puts rows without a value last, and rows of equal value by their names, in both directions', () => {
    const rows = EntityMap.from<Row>([
      { id: 'a', name: 'vm-10', load: 1 },
      { id: 'b', name: 'vm-9', load: 1 },
      { id: 'c', name: 'vm-1', load: null },
      { id: 'd', name: 'vm-2', load: 2 },
    ])
    expect(new RowOrder<Row>().read(rows, byLoad)).toEqual(['b', 'a', 'd', 'c'])
    expect(new RowOrder<Row>().read(rows, { ...byLoad, descending: true })).toEqual(['d', 'b', 'a', 'c'])
  })

  it('takes a row out that the filter accepts no longer', () => {
    const order = new RowOrder<Row>()
    const rule = { ...byName, accepts: ({ load }: Row) => load !== null }
    const rows = EntityMap.from<Row>([
      { id: 'a', name: 'a', load: 1 },
      { id: 'b', name: 'b', load: 1 },
    ])
    expect(order.read(rows, rule)).toEqual(['a', 'b'])
    expect(order.read(rows.with([{ id: 'a', name: 'a', load: null }], []), rule)).toEqual(['b'])
  })
})
