import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isOpenStatus } from '../../../../../src/shared/domain/index.ts'
import { settle } from '../manual-clock.ts'
import { createMemoryStores } from '../memory-stores.ts'
import { createIdentity, VM_ID } from '../test-engine.ts'
import { createWorldEngine, type Turn, threeSteps, World } from './world.ts'

const alice = createIdentity()
const never = () => new Promise<never>(() => undefined)

type Stores = ReturnType<typeof createMemoryStores>

/** The stores as one engine sees them: once it is dead, nothing that it writes arrives. */
function ofEngine(stores: Stores, life: { dead: boolean; writes: number }): Stores {
  const { operationStore } = stores
  return {
    ...stores,
    operationStore: {
      ...operationStore,
      save: (records) => {
        life.writes -= 1
        if (life.writes < 0) life.dead = true
        return life.dead ? never() : operationStore.save(records)
      },
    },
  }
}

const turn = fc.constantFrom<Turn>('works', 'works', 'works', 'refuses', 'cut-after', 'cut-before', 'away')
const turns = fc.array(turn, { maxLength: 8 })

it('whatever fails, is cut, cancelled or crashes, in whatever order: all is there or nothing, and every lock is free', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        script: fc.record({ run: turns, undo: turns, inspect: turns }),
        afterCrash: fc.constantFrom<'finish' | 'undo'>('finish', 'undo'),
        /** After how many calls to hosts, or writes to the inventory, each engine dies. */
        deaths: fc.array(fc.record({ calls: fc.nat(6), writes: fc.integer({ min: 2, max: 12 }), late: fc.boolean() }), {
          maxLength: 3,
        }),
        cancelAt: fc.option(fc.nat(5)),
      }),
      async ({ script, afterCrash, deaths, cancelAt }) => {
        const stores = createMemoryStores()
        const world = new World(structuredClone(script))
        let calls = 0
        for (const [index, death] of deaths.entries()) {
          const life = { dead: false, writes: death.writes }
          let left = death.calls
          const dieWhenDue = () => {
            if (left-- <= 0) life.dead = true
            return life.dead ? never() : undefined
          }
          world.onCall = death.late ? () => undefined : dieWhenDue
          world.onEffect = death.late ? dieWhenDue : () => undefined
          const { engine, clock } = await createWorldEngine(world, threeSteps, ofEngine(stores, life), afterCrash)
          if (index === 0) void engine.dispatch(alice, 'vm.save', { vmId: VM_ID })
          await settle()
          clock.advance(0)
          await settle()
          life.dead = true
        }
        world.onEffect = () => undefined
        const { engine, clock, topics } = await createWorldEngine(world, threeSteps, stores, afterCrash)
        world.onCall = () => {
          calls += 1
          if (calls !== cancelAt) return
          for (const { id, cancellable } of topics.model().tasks.values())
            if (cancellable) void engine.dispatch(alice, 'task.cancel', { taskId: id })
        }
        if (deaths.length === 0) void engine.dispatch(alice, 'vm.save', { vmId: VM_ID })
        await settle()
        clock.advance(0)
        // The hosts come back, one after the other, and what is open is tried again by itself.
        for (let round = 0; round < 24 && [...topics.model().tasks.values()].some(isOpen); round++) {
          for (const status of ['connecting', 'up'] as const) {
            for (const id of ['a', 'b']) topics.collection('hosts').upsert({ id, status, round } as never)
            clock.advance(50)
            await settle()
          }
          clock.advance(10 * 60_000)
          await settle()
        }
        const tasks = [...topics.model().tasks.values()]
        // One that died with its first write was never accepted.
        expect(tasks.length).toBeLessThanOrEqual(1)
        for (const { status, steps } of tasks) {
          expect(['succeeded', 'failed', 'cancelled']).toContain(status)
          const there = threeSteps.map(({ id }) => world.effects.has(id))
          expect(there).toEqual(there.map(() => status === 'succeeded'))
          if (status === 'succeeded') expect(steps.every(({ phase }) => phase === 'done')).toBe(true)
        }
        expect(topics.collection('operations').entities.size).toBe(0)
        expect(await engine.dispatch(alice, 'vm.pause', { vmId: VM_ID })).toMatchObject({ ok: true })
      },
    ),
    { numRuns: 300 },
  )
}, 120_000)

function isOpen({ status }: { readonly status: Parameters<typeof isOpenStatus>[0] }): boolean {
  return isOpenStatus(status)
}
