import { describe, expect, it } from 'vitest'
import type { Task } from '../../../../../src/shared/domain/index.ts'
import { settle } from '../manual-clock.ts'
import { createMemoryStores } from '../memory-stores.ts'
import { createIdentity, VM_ID } from '../test-engine.ts'
import { createWorldEngine, World, type WorldStep } from './world.ts'

const alice = createIdentity()
const vm = { vmId: VM_ID }
/** Between the second and the third there is no way back. */
const steps: readonly WorldStep[] = [
  { id: 'begin', hostId: 'a', cancellable: true },
  { id: 'hand-over', hostId: 'b', cancellable: false },
  { id: 'let-go', hostId: 'a', cancellable: false, noReturn: true },
]

describe('a step behind the point of no return', () => {
  for (const turn of ['refuses', 'cut-before', 'away'] as const) {
    it(`is not undone when it fails (${turn}), but run again until it is done`, async () => {
      const world = new World({ run: ['works', 'works', turn, turn] })
      const { engine, clock, topics } = await createWorldEngine(world, steps)
      const task = () => [...topics.model().tasks.values()][0] as Task
      void engine.dispatch(alice, 'vm.save', vm)
      await settle()
      expect(task()).toMatchObject({ status: 'unknown', finishedAt: null })
      expect(world.calls.filter((call) => call.startsWith('undo'))).toEqual([])
      // Not at once: what failed just now would fail again.
      expect(world.calls.filter((call) => call === 'run let-go')).toHaveLength(1)
      for (let round = 0; round < 4; round += 1) {
        clock.advance(600_000)
        await settle()
      }
      expect(task()).toMatchObject({ status: 'succeeded', error: null })
      expect([...world.effects]).toEqual(['begin', 'hand-over', 'let-go'])
    })
  }

  it('is finished by the next engine, whose command would be undone anywhere before', async () => {
    const stores = createMemoryStores()
    const world = new World()
    const dead = Promise.withResolvers<never>()
    world.onCall = (what) => (what === 'run let-go' ? dead.promise : undefined)
    const first = await createWorldEngine(world, steps, stores, 'undo')
    void first.engine.dispatch(alice, 'vm.save', vm)
    await settle()
    world.onCall = () => undefined
    const second = await createWorldEngine(world, steps, stores, 'undo')
    second.clock.advance(0)
    await settle()
    expect([...second.topics.model().tasks.values()][0]).toMatchObject({ status: 'succeeded' })
    expect([...world.effects]).toEqual(['begin', 'hand-over', 'let-go'])
  })

  it('is finished also when the engine died between the steps', async () => {
    const stores = createMemoryStores()
    const world = new World()
    let dead = false
    const { operationStore } = stores
    const dying = {
      ...stores,
      operationStore: {
        ...operationStore,
        save: (records: Parameters<typeof operationStore.save>[0]) => {
          const before = records.some(
            ({ steps: [, second, third] }) => second?.phase === 'done' && third?.phase === 'running',
          )
          dead ||= before
          return dead ? new Promise<void>(() => undefined) : operationStore.save(records)
        },
      },
    }
    const first = await createWorldEngine(world, steps, dying, 'undo')
    void first.engine.dispatch(alice, 'vm.save', vm)
    await settle()
    expect([...world.effects]).toEqual(['begin', 'hand-over'])
    const second = await createWorldEngine(world, steps, stores, 'undo')
    second.clock.advance(0)
    second.clock.advance(0)
    await settle()
    expect([...second.topics.model().tasks.values()][0]).toMatchObject({ status: 'succeeded' })
    expect(world.calls.filter((call) => call.startsWith('undo'))).toEqual([])
  })

  it('before it everything is undone as ever', async () => {
    const world = new World({ run: ['works', 'refuses'] })
    const { engine } = await createWorldEngine(world, steps)
    expect(await engine.dispatch(alice, 'vm.save', vm)).toMatchObject({ ok: false })
    expect(world.effects.size).toBe(0)
  })
})
