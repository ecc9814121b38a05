import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyClosed,
  applyPatch,
  applySnapshot,
  EntityMap,
  emptyCollection,
} from '../../../src/renderer/stores/index.ts'
import { inventError } from './invented.ts'

interface Thing {
  readonly id: string
  readonly value: number
}
const things = fc.uniqueArray(fc.record({ id: fc.constantFrom(...'abcdefgh'), value: fc.integer() }), {
  selector: ({ id }) => id,
})
const patches = fc.array(
  fc.record({ upsert: things, remove: fc.uniqueArray(fc.constantFrom(...'abcdefgh')) }).map(({ upsert, remove }) => ({
    upsert,
    remove: remove.filter((id) => !upsert.some((thing) => thing.id === id)),
  })),
)

describe('the mirror of a collection', () => {
  it('holds what a plain map holds after the same snapshot and patches', () => {
    fc.assert(
      fc.property(things, patches, (entities, changes) => {
        const model = new Map(entities.map((thing) => [thing.id, thing]))
        let state = applySnapshot<Thing>({ epoch: 'e', rev: 1, entities })
        changes.forEach((change, index) => {
          for (const id of change.remove) model.delete(id)
          for (const thing of change.upsert) model.set(thing.id, thing)
          state = applyPatch(state, { rev: index + 2, ...change })
        })
        expect(new Map(state.entities)).toEqual(model)
        expect(state.rev).toBe(changes.length + 1)
      }),
    )
  })

  it('shares with the state before all but what a patch changes, and tells what that is', () => {
    const entities = Array.from({ length: 10_000 }, (_unused, value) => ({ id: `vm-${value}`, value }))
    const before = applySnapshot<Thing>({ epoch: 'e', rev: 1, entities })
    const read: string[] = []
    const watch = (thing: Thing) => ({
      get id() {
        read.push(thing.id)
        return thing.id
      },
      value: -1,
    })
    const upsert = [watch({ id: 'vm-7', value: 0 }), watch({ id: 'new', value: 0 })]
    const after = applyPatch(before, { rev: 2, upsert, remove: ['vm-9', 'never there'] })
    expect(read.length).toBeLessThan(12)
    const { before: gone, after: come } = after.entities.changesSince(before.entities)
    expect(gone.map(({ id }) => id).sort()).toEqual(['vm-7', 'vm-9'])
    expect(new Set(come)).toEqual(new Set(upsert))
    expect(after.entities.size).toBe(10_000)
    expect(applyPatch(after, { rev: 3, upsert: [], remove: ['vm-9'] }).entities).toBe(after.entities)
  })

  it('tells of any two states how one becomes the other', () => {
    fc.assert(
      fc.property(things, things, (one, other) => {
        const [from, to] = [EntityMap.from(one), EntityMap.from(other)]
        const { before, after } = to.changesSince(from)
        const removed = before.map(({ id }) => id).filter((id) => !to.has(id))
        expect(new Map(from.with(after, removed))).toEqual(new Map(to))
      }),
    )
  })

  it('keeps the identity of every entity that a patch does not name', () => {
    fc.assert(
      fc.property(things, things, (entities, upsert) => {
        const before = applySnapshot<Thing>({ epoch: 'e', rev: 1, entities })
        const after = applyPatch(before, { rev: 2, upsert, remove: [] })
        for (const [id, thing] of before.entities) {
          if (!upsert.some((other) => other.id === id)) expect(after.entities.get(id)).toBe(thing)
        }
      }),
    )
  })

  it('never changes a state that somebody already has', () => {
    fc.assert(
      fc.property(things, things, (entities, upsert) => {
        const before = applySnapshot<Thing>({ epoch: 'e', rev: 1, entities })
        const copy = new Map(before.entities)
        applyPatch(before, { rev: 2, upsert, remove: entities.map(({ id }) => id) })
        expect(new Map(before.entities)).toEqual(copy)
      }),
    )
  })

  it('ignores a patch that comes before any snapshot or is older than the state', () => {
    const empty = emptyCollection<Thing>()
    expect(applyPatch(empty, { rev: 5, upsert: [{ id: 'a', value: 1 }], remove: [] })).toBe(empty)
    const state = applySnapshot<Thing>({ epoch: 'e', rev: 9, entities: [] })
    expect(applyPatch(state, { rev: 8, upsert: [{ id: 'a', value: 1 }], remove: [] })).toBe(state)
  })

  it('forgets everything from before with a new snapshot', () => {
    const first = applySnapshot<Thing>({ epoch: 'one', rev: 900, entities: [{ id: 'a', value: 1 }] })
    expect(first.entities.size).toBe(1)
    const second = applySnapshot<Thing>({ epoch: 'two', rev: 1, entities: [] })
    expect(second).toMatchObject({ epoch: 'two', rev: 1, status: 'live' })
    expect(second.entities.size).toBe(0)
  })

  it('keeps what was known when the engine ends the subscription, and takes no more patches', () => {
    const error = inventError('topic.unknown', { topic: 'x' })
    const closed = applyClosed(applySnapshot<Thing>({ epoch: 'e', rev: 1, entities: [{ id: 'a', value: 1 }] }), error)
    expect(closed).toMatchObject({ status: 'closed', error })
    expect(applyPatch(closed, { rev: 2, upsert: [], remove: ['a'] }).entities.size).toBe(1)
  })
})
