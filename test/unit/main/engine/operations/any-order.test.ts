import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLockTable, type LockTable } from '../../../../../src/main/engine/lock-table.ts'
import type { OperationRecord } from '../../../../../src/shared/domain/index.ts'
import { isOpenStatus } from '../../../../../src/shared/domain/index.ts'
import { type ManualClock, settle } from '../manual-clock.ts'
import { createMemoryStores } from '../memory-stores.ts'
import { createIdentity, VM_ID } from '../test-engine.ts'
import { type LockLedger, recordLocks } from './lock-ledger.ts'
import { createWorldEngine, type Turn, threeSteps, World } from './world.ts'

const alice = createIdentity()
const never = () => new Promise<never>(() => undefined)

/** The locks of the engine that was made last. */
let locks: LockLedger = { holdings: [] }

function createLocks(clock: ManualClock): LockTable {
  locks = { holdings: [] }
  return recordLocks(createLockTable({ clock, maxWaiting: 100 }), locks)
}

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

const story = fc.record({
  script: fc.record({ run: turns, undo: turns, inspect: turns }),
  afterCrash: fc.constantFrom<'finish' | 'undo'>('finish', 'undo'),
  /** After how many calls to hosts, or writes to the inventory, each engine dies. */
  deaths: fc.array(fc.record({ calls: fc.nat(6), writes: fc.integer({ min: 2, max: 12 }), late: fc.boolean() }), {
    maxLength: 3,
  }),
  cancelAt: fc.option(fc.nat(5)),
  /** The call, counted from the last engine's start, before which a host is lost. It stays away until it is let back. */
  outages: fc.array(fc.record({ hostId: fc.constantFrom('a', 'b'), at: fc.nat(6) }), { maxLength: 2 }),
})

/** What becomes of the one that is still open at the end: its hosts come back, or a person gives it up. */
type Ending = 'hosts-return' | 'given-up'

/** Tells the story of one operation. Returns what there is to look at once all is over. */
async function tell(
  { script, afterCrash, deaths, cancelAt, outages }: typeof story extends fc.Arbitrary<infer T> ? T : never,
  ending: Ending,
) {
  const stores = createMemoryStores()
  const world = new World(structuredClone(script))
  for (const [index, death] of deaths.entries()) {
    const life = { dead: false, writes: death.writes }
    let left = death.calls
    const dieWhenDue = () => {
      if (left-- <= 0) life.dead = true
      return life.dead ? never() : undefined
    }
    world.onCall = death.late ? () => undefined : dieWhenDue
    world.onEffect = death.late ? dieWhenDue : () => undefined
    const { engine, clock } = await createWorldEngine(world, threeSteps, ofEngine(stores, life), afterCrash, {
      createLocks,
    })
    if (index === 0) void engine.dispatch(alice, 'vm.save', { vmId: VM_ID })
    await settle()
    clock.advance(0)
    await settle()
    life.dead = true
  }
  world.onEffect = () => undefined
  const made = await createWorldEngine(world, threeSteps, stores, afterCrash, { createLocks })
  const { engine, clock, topics } = made
  const tasks = () => [...topics.model().tasks.values()].filter(({ command }) => command === 'vm.save')
  let calls = 0
  world.onCall = () => {
    for (const { hostId, at } of outages) if (at === calls) world.lost.add(hostId)
    calls += 1
    if (calls !== cancelAt) return
    for (const { id, cancellable } of tasks())
      if (cancellable) void engine.dispatch(alice, 'task.cancel', { taskId: id })
  }
  if (deaths.length === 0) void engine.dispatch(alice, 'vm.save', { vmId: VM_ID })
  await settle()
  clock.advance(0)
  await settle()
  for (const record of stores.records.values()) expectAllListed(record, world)
  if (tasks().some(isOpen)) await expectLocked(engine, stores)
  if (ending === 'given-up') {
    for (const { id } of tasks().filter(isOpen)) await engine.dispatch(alice, 'operation.abandon', { operationId: id })
  } else {
    outages = []
    world.lost.clear()
    // The hosts come back, one after the other, and what is open is tried again by itself.
    for (let round = 0; round < 24 && tasks().some(isOpen); round++) {
      for (const status of ['connecting', 'up'] as const) {
        for (const id of ['a', 'b']) topics.collection('hosts').upsert({ id, status, round } as never)
        clock.advance(50)
        await settle()
      }
      clock.advance(10 * 60_000)
      await settle()
    }
  }
  return { ...made, world, tasks }
}

/** At rest nothing is there that the record does not list, and nothing is called done that is not there. */
function expectAllListed({ plan, steps, status }: OperationRecord, world: World): void {
  if (status === 'running' || status === 'queued') return
  for (const [index, { phase }] of steps.entries()) {
    const isThere = world.effects.has(plan.steps[index]?.id ?? '')
    if (isThere) expect(['pending', 'failed', 'undone']).not.toContain(phase)
    else expect(phase).not.toBe('done')
  }
}

/** Whoever wants what an open operation works on is refused, and told by whom. */
async function expectLocked(
  engine: Awaited<ReturnType<typeof createWorldEngine>>['engine'],
  stores: Stores,
): Promise<void> {
  const [open] = [...stores.records.values()].filter(({ status }) => status === 'unknown' || status === 'left-behind')
  if (open === undefined) return
  expect(locks.holdings.filter(({ releases }) => releases === 0)).toHaveLength(1)
  expect(await engine.dispatch(alice, 'vm.pause', { vmId: VM_ID })).toMatchObject({
    error: { code: 'operation.in-the-way' },
  })
}

const isOpen = ({ status }: { readonly status: Parameters<typeof isOpenStatus>[0] }) => isOpenStatus(status)

async function expectEveryLockFree({ engine }: Awaited<ReturnType<typeof tell>>): Promise<void> {
  expect(locks.holdings.filter(({ releases }) => releases !== 1)).toEqual([])
  expect(await engine.dispatch(alice, 'vm.pause', { vmId: VM_ID })).toMatchObject({ ok: true })
}

it('whatever fails, is cut, lost, cancelled or crashes, in whatever order: all is there or nothing, and every lock was released once', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const end = await tell(told, 'hosts-return')
      const tasks = end.tasks()
      // One that died with its first write was never accepted.
      expect(tasks.length).toBeLessThanOrEqual(1)
      for (const { status, steps } of tasks) {
        expect(['succeeded', 'failed', 'cancelled']).toContain(status)
        const there = threeSteps.map(({ id }) => end.world.effects.has(id))
        expect(there).toEqual(there.map(() => status === 'succeeded'))
        if (status === 'succeeded') expect(steps.every(({ phase }) => phase === 'done')).toBe(true)
      }
      expect(end.topics.collection('operations').entities.size).toBe(0)
      expect(end.world.orphaned).toEqual([])
      await expectEveryLockFree(end)
    }),
    { numRuns: 300 },
  )
}, 120_000)

it('what a person gives up says step by step what is left of it, and holds no lock', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const end = await tell(told, 'given-up')
      for (const { status, steps } of end.tasks()) {
        expect(['succeeded', 'failed', 'cancelled', 'abandoned']).toContain(status)
        for (const { id, phase } of steps)
          if (end.world.effects.has(id)) expect(['pending', 'failed', 'undone']).not.toContain(phase)
      }
      expect(end.topics.collection('operations').entities.size).toBe(0)
      expect(end.world.orphaned).toEqual([])
      await expectEveryLockFree(end)
    }),
    { numRuns: 150 },
  )
}, 120_000)
