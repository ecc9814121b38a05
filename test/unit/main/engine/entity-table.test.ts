import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EntityTable } from '../../../../src/main/engine/entity-table.ts'

interface Vm {
  readonly id: string
  readonly name: string
  readonly hostId: string
}

/** Entities that count how often somebody looks at where they are. */
function createCounting() {
  const looks = { count: 0 }
  const make = (id: string, hostId: string): Vm => ({
    id,
    name: `vm-${id}`,
    get hostId() {
      looks.count += 1
      return hostId
    },
  })
  return { looks, make }
}

it('finds the machines of a host among 10,000 without looking at the others, and a change looks at one', () => {
  const { looks, make } = createCounting()
  const table = new EntityTable<string, Vm>()
  for (let index = 0; index < 10_000; index += 1) table.set(`${index}`, make(`${index}`, `host-${index % 100}`))
  expect(looks.count).toBe(0)
  expect(table.where('hostId', 'host-7')).toHaveLength(100)
  // The first question makes the index.
  expect(looks.count).toBe(10_000)
  looks.count = 0
  for (let index = 0; index < 100; index += 1) table.where('hostId', `host-${index}`)
  expect(looks.count).toBe(0)
  table.set('7', make('7', 'host-8'))
  table.delete('107')
  expect(looks.count).toBeLessThanOrEqual(3)
  expect(table.where('hostId', 'host-7')).toHaveLength(98)
  expect(table.where('hostId', 'host-8').map(({ id }) => id)).toContain('7')
})

it('finds names whatever their case, and nothing for what nobody is called', () => {
  const { make } = createCounting()
  const table = new EntityTable([['1', { ...make('1', 'a'), name: 'Web' }]])
  expect(table.where('name', 'wEB').map(({ id }) => id)).toEqual(['1'])
  expect(table.where('name', 'web ')).toEqual([])
})

it('says at any time what a look at all of them would say', () => {
  const name = fc.constantFrom('web', 'Web', 'db', 'mail')
  const change = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ id: fc.constantFrom('1', '2', '3', '4'), name, hostId: fc.constantFrom('a', 'b') }),
    },
    { weight: 2, arbitrary: fc.constantFrom('1', '2', '3', '4') },
    { weight: 1, arbitrary: fc.constant(null) },
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const table = new EntityTable<string, Vm>()
      for (const each of changes) {
        if (each === null) table.clear()
        else if (typeof each === 'string') table.delete(each)
        else table.set(each.id, each)
        const all = [...table.values()]
        for (const hostId of ['a', 'b'])
          expect(new Set(table.where('hostId', hostId))).toEqual(new Set(all.filter((vm) => vm.hostId === hostId)))
        for (const wanted of ['WEB', 'db'])
          expect(new Set(table.where('name', wanted))).toEqual(
            new Set(all.filter((vm) => vm.name.toLowerCase() === wanted.toLowerCase())),
          )
      }
    }),
  )
})
