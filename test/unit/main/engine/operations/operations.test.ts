import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../../../src/main/engine/index.ts'
import { ENDED_TASKS_KEPT } from '../../../../../src/main/engine/operations/operations.ts'
import type { Task, TaskRow } from '../../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { type ManualClock, settle, YEAR_2036 } from '../manual-clock.ts'
import { createMemoryStores } from '../memory-stores.ts'
import { createGate, createIdentity, createTestEngine, OTHER_VM_ID, VM_ID } from '../test-engine.ts'
import { createWorldEngine, threeSteps, World } from './world.ts'

const alice = createIdentity()
const vm = { vmId: VM_ID }

async function createStepped(script: Partial<World['script']> = {}, stores = createMemoryStores()) {
  const world = new World(script)
  const gates = new Map<string, ReturnType<typeof createGate<void>>>()
  world.onCall = (what) => gates.get(what)?.passed
  const made = await createWorldEngine(world, threeSteps, stores)
  const hold = (what: string) => {
    const gate = createGate()
    gates.set(what, gate)
    return gate
  }
  const task = () => [...made.topics.model().tasks.values()].at(-1) as Task
  const phases = () => task().steps.map(({ phase }) => phase)
  return { ...made, world, hold, task, phases }
}

describe('an operation', () => {
  it('is on record before it runs, shows its steps and progress, and ends', async () => {
    const { engine, stores, hold, task, phases, world } = await createStepped()
    const [first, second] = [hold('run store'), hold('run mount-a')]
    const result = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    expect(stores.history.map(({ status, steps }) => [status, steps[0]?.phase])).toEqual([
      ['queued', 'pending'],
      ['running', 'running'],
    ])
    expect(world.effects.size).toBe(0)
    expect(task()).toMatchObject({ status: 'running', step: { key: 'store' }, progress: 0, cancellable: true })
    first.open()
    await settle()
    expect(task()).toMatchObject({ step: { key: 'mount-a' }, progress: 1 / 3 })
    expect(phases()).toEqual(['done', 'running', 'pending'])
    second.open()
    expect(await result).toMatchObject({ ok: true, taskId: task().id })
    expect(task()).toMatchObject({ status: 'succeeded', progress: 1, error: null, cancellable: false })
    expect(stores.records.get(task().id)?.status).toBe('succeeded')
  })

  it('took as long as it took, and is the newest, whatever the clock is set to meanwhile', async () => {
    for (const set of ['back', 'ahead'] as const) {
      const { engine, clock, hold, stores, topics } = await createStepped()
      await engine.dispatch(alice, 'vm.pause', vm)
      const gate = hold('run store')
      const running = engine.dispatch(alice, 'vm.save', vm)
      await settle()
      if (set === 'back') clock.setBack(600_000)
      else clock.setTo(YEAR_2036)
      clock.advance(50_000)
      gate.open()
      await running
      const task = [...topics.model().tasks.values()][1]
      expect((task?.finishedAt ?? 0) - (task?.startedAt ?? 0)).toBe(50_000)
      clock.setBack(600_000)
      await engine.dispatch(alice, 'vm.save', vm)
      const before = [...topics.model().tasks.keys()]
      const again = await createTestEngine({}, stores)
      expect([...again.topics.model().tasks.keys()]).toEqual(before)
    }
  })

  it('does not run when it cannot be stored', async () => {
    const { engine, stores, world } = await createStepped()
    stores.state.failure = new AppError('inventory.write-failed', { path: 'x', reason: 'disk full' })
    expect(await engine.dispatch(alice, 'vm.save', vm)).toMatchObject({ error: { code: 'inventory.write-failed' } })
    expect(world.calls).toEqual([])
  })

  it('begins no step whose beginning cannot be stored, and undoes those before it', async () => {
    const { engine, stores, world, hold } = await createStepped()
    const gate = hold('run store')
    const result = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    stores.state.failure = new AppError('inventory.write-failed', { path: 'x', reason: 'disk full' })
    gate.open()
    expect(await result).toMatchObject({ ok: false, error: { code: 'inventory.write-failed' } })
    expect(world.calls).toEqual(['run store', 'undo store'])
    expect(world.effects.size).toBe(0)
  })

  it('undoes what it did in reverse when a step fails, and says why', async () => {
    const { engine, world, task, phases } = await createStepped({ run: ['works', 'works', 'refuses'] })
    expect(await engine.dispatch(alice, 'vm.save', vm)).toMatchObject({ error: { code: 'vm.operation-refused' } })
    expect(world.calls.slice(3)).toEqual(['undo mount-a', 'undo store'])
    expect(phases()).toEqual(['undone', 'undone', 'failed'])
    expect(task().status).toBe('failed')
  })

  it('looks at a step that was cut, and goes on when it took effect', async () => {
    const { engine, world } = await createStepped({ run: ['works', 'cut-after'] })
    expect(await engine.dispatch(alice, 'vm.save', vm)).toMatchObject({ ok: true })
    expect(world.calls).toContain('inspect mount-a')
    expect(world.effects.size).toBe(3)
  })

  it('stays open while its host cannot be asked, keeps its lock, and goes on when the host is back', async () => {
    const { engine, task, topics, clock, stores, phases } = await createStepped({
      run: ['works', 'cut-after'],
      inspect: ['away'],
    })
    const result = await engine.dispatch(alice, 'vm.save', vm)
    expect(result).toMatchObject({ ok: false, error: { code: 'libvirt.outcome-unknown', retry: 'after-refresh' } })
    expect(task()).toMatchObject({ status: 'unknown', finishedAt: null })
    expect(topics.collection('operations').entities.size).toBe(1)
    expect(stores.events.map(({ kind }) => kind)).toEqual(['command.left-unknown'])
    expect(await engine.dispatch(alice, 'vm.pause', vm)).toMatchObject({
      error: { code: 'operation.in-the-way', params: { holder: 'vm.save (alice, web-01)' } },
    })
    topics.collection('hosts').upsert({ id: 'a', status: 'up' } as never)
    clock.advance(50)
    await settle()
    const saved = [...topics.model().tasks.values()].find(({ command }) => command === 'vm.save')
    expect(saved?.steps.map(({ phase }) => phase)).toEqual(['done', 'done', 'done'])
    expect(phases()).toBeDefined()
    expect(stores.events.map(({ kind }) => kind)).toContain('command.succeeded')
    expect(await engine.dispatch(alice, 'vm.pause', vm)).toMatchObject({ ok: true })
  })

  it('lists what it could not undo, undoes the rest, and the inventory last', async () => {
    const { engine, world, task, phases, stores } = await createStepped({
      run: ['works', 'works', 'refuses'],
      undo: ['away'],
    })
    await engine.dispatch(alice, 'vm.save', vm)
    expect(task().status).toBe('left-behind')
    expect(phases()).toEqual(['done', 'left', 'failed'])
    expect(stores.events.at(-1)).toMatchObject({ kind: 'operation.left-behind', params: { left: 'mount-a' } })
    expect(await engine.dispatch(alice, 'operation.retry', { operationId: task().id })).toMatchObject({
      ok: true,
      value: { status: 'failed' },
    })
    expect(world.effects.size).toBe(0)
  })

  it('is tried again by itself, ever more rarely', async () => {
    const { engine, world, clock } = await createStepped({
      run: ['works', 'works', 'refuses'],
      undo: ['away', 'away', 'away'],
    })
    await engine.dispatch(alice, 'vm.save', vm)
    const tries = () => world.calls.filter((call) => call === 'undo mount-a').length
    expect(tries()).toBe(1)
    for (const pauseMs of [5_000, 10_000, 20_000]) {
      clock.advance(pauseMs - 1)
      await settle()
      const before = tries()
      clock.advance(1)
      await settle()
      expect(tries()).toBe(before + 1)
    }
    expect(world.effects.size).toBe(0)
  })

  it('ends as it stands by a person’s word, which lets its lock go', async () => {
    const { engine, task, topics, world, stores } = await createStepped({ run: ['cut-after'], inspect: ['away'] })
    await engine.dispatch(alice, 'vm.save', vm)
    const { id } = task()
    expect(await engine.dispatch(alice, 'operation.abandon', { operationId: id })).toMatchObject({ ok: true })
    expect(task()).toMatchObject({ status: 'abandoned' })
    expect(world.effects.has('store')).toBe(true)
    expect(topics.collection('operations').entities.size).toBe(0)
    expect(stores.events.map(({ kind }) => kind)).toContain('operation.abandoned')
    expect(await engine.dispatch(alice, 'vm.pause', vm)).toMatchObject({ ok: true })
    expect(await engine.dispatch(alice, 'operation.retry', { operationId: id })).toMatchObject({
      error: { code: 'operation.not-open', params: { status: 'abandoned' } },
    })
  })

  it('ends when the effect of a cut step can never be seen, and says that nobody knows', async () => {
    const outcome = new AppError('vm.outcome-unknown', { name: 'web-01', action: 'reset' }, { retry: 'after-refresh' })
    const { engine, stores, topics } = await createTestEngine({
      'vm.reset': { execute: () => Promise.reject(outcome), inspect: async () => 'unknowable' },
    })
    expect(await engine.dispatch(alice, 'vm.reset', vm)).toMatchObject({ error: { code: 'vm.outcome-unknown' } })
    expect(stores.events).toMatchObject([{ kind: 'command.left-unknown', severity: 'warning' }])
    expect(topics.collection('operations').entities.size).toBe(0)
  })

  it('plans again once it has its locks, and takes the locks of the newer plan', async () => {
    const gate = createGate<Record<string, never>>()
    const hosts: string[] = []
    let host = 'old'
    const { engine } = await createTestEngine({
      'vm.pause': { execute: () => gate.passed },
      'vm.save': {
        plan: (_model, { vmId }) => {
          hosts.push(host)
          return {
            locks: [`vm:${vmId}`, `host:${host}`].map((key) => ({ key, mode: 'exclusive' as const })),
            touches: [],
            steps: [{ action: 'work', text: { key: host, params: {} } }],
          }
        },
      },
    })
    const first = engine.dispatch(alice, 'vm.pause', vm)
    await settle()
    const second = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    host = 'new'
    gate.open({})
    await first
    expect(await second).toMatchObject({ ok: true })
    expect(hosts).toEqual(['old', 'new', 'new'])
  })
})

describe('cancelling', () => {
  it('aborts a cancellable step and undoes what was done', async () => {
    const { engine, topics, stores } = await createTestEngine({
      'vm.save': {
        execute: ({ signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
    })
    const result = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const [task] = topics.model().tasks.values()
    expect(await engine.dispatch(alice, 'task.cancel', { taskId: task?.id })).toMatchObject({ ok: true })
    expect(await result).toMatchObject({ ok: false, error: { code: 'task.cancelled' } })
    expect([...topics.model().tasks.values()][0]).toMatchObject({ status: 'cancelled', cancelRequested: true })
    expect(stores.events.map(({ kind }) => kind)).toContain('command.cancelled')
  })

  it('takes effect at the next cancellable step, and undoes', async () => {
    const { engine, hold, task, world } = await createStepped()
    const gate = hold('run store')
    const result = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    await engine.dispatch(alice, 'task.cancel', { taskId: task().id })
    gate.open()
    expect(await result).toMatchObject({ ok: false, error: { code: 'task.cancelled' } })
    expect(world.calls).toEqual(['run store', 'undo store'])
    expect(task().status).toBe('cancelled')
  })

  it('is refused once no cancellable step is left', async () => {
    const { engine, hold, task, world } = await createStepped()
    const gate = hold('run mount-b')
    const result = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    expect(await engine.dispatch(alice, 'task.cancel', { taskId: task().id })).toMatchObject({
      error: { code: 'task.not-cancellable', params: { step: 'mount-b' } },
    })
    gate.open()
    expect(await result).toMatchObject({ ok: true })
    expect(world.effects.size).toBe(3)
    expect(await engine.dispatch(alice, 'task.cancel', { taskId: task().id })).toMatchObject({
      error: { code: 'task.finished', params: { status: 'succeeded' } },
    })
  })

  it('takes one out of the line', async () => {
    const { engine, hold, topics } = await createStepped()
    const gate = hold('run store')
    const first = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const second = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const queued = [...topics.model().tasks.values()].find(({ status }) => status === 'queued')
    await engine.dispatch(alice, 'task.cancel', { taskId: queued?.id })
    expect(await second).toMatchObject({ ok: false, error: { code: 'task.cancelled' } })
    gate.open()
    expect(await first).toMatchObject({ ok: true })
  })
})

async function fetchRows(engine: Engine, clock: ManualClock, taskId: string | undefined) {
  const rows = engine.fetchTopic(alice, { topic: 'task.rows', key: taskId })
  await settle()
  clock.advance(50)
  return rows
}

describe('a batch', () => {
  const ids = Array.from({ length: 300 }, (_one, index) => `${`${index}`.padStart(8, '0')}-2222-4333-8444-555555555555`)
  const wrongStatus = () => new AppError('vm.wrong-status', { name: 'x', status: 'up', action: 'start' })

  it('is one task with a row each, so many at once, one line in the trail, one answer', async () => {
    let atOnce = 0
    let most = 0
    const { engine, topics, stores, clock } = await createTestEngine({
      'vm.start': {
        execute: async () => {
          atOnce += 1
          most = Math.max(most, atOnce)
          await settle()
          atOnce -= 1
          return {}
        },
      },
    })
    const result = await engine.dispatch(alice, 'vm.start', { vmIds: ids })
    expect(result.ok && (result.value as { rows: unknown[] }).rows).toHaveLength(300)
    expect(most).toBe(4)
    const tasks = [...topics.model().tasks.values()]
    expect(tasks).toMatchObject([{ status: 'succeeded', rows: { total: 300, succeeded: 300, failed: 0 }, progress: 1 }])
    expect(stores.events).toMatchObject([{ kind: 'command.succeeded', params: { total: 300, succeeded: 300 } }])
    const rows = await fetchRows(engine, clock, tasks[0]?.id)
    expect(rows.entities).toHaveLength(300)
  })

  it('goes on past rows that cannot be done, and says how many', async () => {
    const refused = new AppError('vm.operation-refused', { name: 'x', action: 'start', message: 'no' })
    const { engine, topics, clock } = await createTestEngine({
      'vm.start': {
        validate: (_model, { vmId }) => (vmId === ids[1] ? wrongStatus() : null),
        execute: ({ input }) => (input.vmId === ids[2] ? Promise.reject(refused) : Promise.resolve({})),
      },
    })
    const result = await engine.dispatch(alice, 'vm.start', { vmIds: ids.slice(0, 5) })
    expect(result).toMatchObject({ ok: false, error: { code: 'batch.partly-failed', params: { failed: 2, total: 5 } } })
    const [task] = topics.model().tasks.values()
    expect(task).toMatchObject({ status: 'failed', rows: { total: 5, succeeded: 3, failed: 2 } })
    const rows = await fetchRows(engine, clock, task?.id)
    const codes = (rows.entities as readonly TaskRow[]).map((row) => row.error?.code ?? null)
    expect(codes).toEqual([null, 'vm.wrong-status', 'vm.operation-refused', null, null])
  })

  it('is cancelled by not beginning what has not begun', async () => {
    const gate = createGate<Record<string, never>>()
    let begun = 0
    const { engine, topics } = await createTestEngine({
      'vm.start': {
        cancellable: false,
        execute: () => {
          begun += 1
          return gate.passed
        },
      },
    })
    const result = engine.dispatch(alice, 'vm.start', { vmIds: ids.slice(0, 20) })
    await settle()
    const [task] = topics.model().tasks.values()
    expect(await engine.dispatch(alice, 'task.cancel', { taskId: task?.id })).toMatchObject({ ok: true })
    gate.open({})
    await result
    expect(begun).toBe(4)
    expect([...topics.model().tasks.values()][0]?.rows).toMatchObject({ succeeded: 4, cancelled: 16 })
  })

  it('names an object once, and is refused when it can be done to none', async () => {
    const { engine, topics } = await createTestEngine({ 'vm.start': { validate: wrongStatus } })
    expect(await engine.dispatch(alice, 'vm.start', { vmIds: [VM_ID, VM_ID] })).toMatchObject({
      error: { code: 'vm.wrong-status' },
    })
    expect(topics.model().tasks.size).toBe(0)
    expect(await engine.dispatch(alice, 'vm.start', { vmIds: [] })).toMatchObject({
      error: { code: 'command.input-invalid', params: { issues: [{ path: 'vmIds' }] } },
    })
  })

  it('is found again by the next engine: what ran is looked at, what had not begun is cancelled', async () => {
    const stores = createMemoryStores()
    const dead = await createTestEngine({ 'vm.start': { execute: () => new Promise<never>(() => undefined) } }, stores)
    void dead.engine.dispatch(alice, 'vm.start', { vmIds: ids.slice(0, 6) })
    await settle()
    const { topics, clock } = await createTestEngine({ 'vm.start': { inspect: async () => 'done' } }, stores)
    clock.advance(0)
    await settle()
    const [task] = topics.model().tasks.values()
    expect(task).toMatchObject({ status: 'cancelled', rows: { total: 6, succeeded: 4, cancelled: 2 } })
    expect(stores.records.get(task?.id ?? '')?.status).toBe('cancelled')
  })
})

describe('planning', () => {
  it('shows the plan that would run, and does nothing', async () => {
    const { engine, stores, topics } = await createStepped()
    const before = topics.rev()
    expect(engine.plan(alice, 'vm.save', vm)).toMatchObject({
      ok: true,
      value: {
        command: 'vm.save',
        subject: { name: 'web-01' },
        steps: [{ id: 'store', hostId: null }, { id: 'mount-a', hostId: 'a' }, { id: 'mount-b' }],
        locks: [{ key: `vm:${VM_ID}` }, { key: 'host:a' }, { key: 'outgoing:b' }],
      },
    })
    expect(engine.plan(createIdentity([]), 'vm.save', vm)).toMatchObject({ error: { code: 'command.forbidden' } })
    expect(engine.plan(alice, 'vm.save', { vmIds: [VM_ID, OTHER_VM_ID] })).toMatchObject({
      value: { rows: [{ steps: { length: 3 } }, { steps: { length: 3 } }] },
    })
    expect(topics.rev()).toBe(before)
    expect(stores.history).toEqual([])
  })
})

const CLUSTER_ID = '11111111-1111-4111-8111-111111111112'

describe('secrets', () => {
  it('are not stored with the input, come back after a crash, and go when it has ended', async () => {
    const stores = createMemoryStores()
    const seen: (string | undefined)[] = []
    const input = { address: '10.0.0.1', password: 'hunter2' }
    const dead = await createTestEngine({ 'host.add': { execute: () => new Promise<never>(() => undefined) } }, stores)
    void dead.engine.dispatch(alice, 'host.add', input)
    await settle()
    expect(JSON.stringify([...stores.records.values()])).not.toContain('hunter2')
    expect([...stores.secrets.values()]).toEqual(['hunter2'])
    const { clock } = await createTestEngine(
      {
        'host.add': {
          afterCrash: 'finish',
          inspect: async () => 'absent',
          execute: async ({ input: given }) => {
            seen.push(given.password)
            return { hostId: VM_ID as never, checks: [] }
          },
        },
      },
      stores,
    )
    clock.advance(0)
    await settle()
    expect(seen).toEqual(['hunter2'])
    expect(stores.secrets.size).toBe(0)
  })

  it('may be more than a text', async () => {
    const stores = createMemoryStores()
    const seen: unknown[] = []
    const cloudInit = { userData: 'password: hunter2' }
    const input = { name: 'web', clusterId: CLUSTER_ID, memoryMiB: 64, vcpus: 1, cloudInit }
    const dead = await createTestEngine({ 'vm.create': { execute: () => new Promise<never>(() => undefined) } }, stores)
    void dead.engine.dispatch(alice, 'vm.create', input)
    await settle()
    expect(JSON.stringify([...stores.records.values()])).not.toContain('hunter2')
    const { clock } = await createTestEngine(
      {
        'vm.create': {
          afterCrash: 'finish',
          inspect: async () => 'absent',
          execute: async ({ input: given }) => {
            seen.push(given.cloudInit)
            return { vmId: VM_ID as never }
          },
        },
      },
      stores,
    )
    clock.advance(0)
    await settle()
    expect(seen).toEqual([cloudInit])
  })
})

describe('the engine’s end', () => {
  it('cancels nothing: what is at work is on record, and found again', async () => {
    const { engine, hold, task, world, stores } = await createStepped()
    hold('run mount-a')
    void engine.dispatch(alice, 'vm.save', vm)
    await settle()
    void engine.stop({ graceMs: 1_000 })
    expect(await engine.dispatch(alice, 'vm.pause', vm)).toMatchObject({ error: { code: 'engine.stopping' } })
    expect(stores.records.get(task().id)).toMatchObject({ status: 'running', direction: 'forward' })
    const again = await createWorldEngine(new World(), threeSteps, stores)
    expect([...again.topics.collection('operations').entities.values()]).toMatchObject([{ status: 'unknown' }])
    expect(world.calls).toEqual(['run store'])
  })

  it('waits for a step at work, and begins no further one', async () => {
    const { engine, hold, world, phases } = await createStepped()
    const gate = hold('run store')
    const result = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const stopped = engine.stop({ graceMs: 1_000 })
    await settle()
    gate.open()
    await stopped
    expect(await result).toMatchObject({ error: { code: 'engine.stopping', retry: 'after-refresh' } })
    expect(world.calls).toEqual(['run store'])
    expect(phases()).toEqual(['done', 'pending', 'pending'])
  })

  // What is told to stop says so in its own words, with the reason behind them.
  it.each([
    ['the engine’s end itself', (reason: unknown) => reason],
    [
      'its own word for that',
      (cause: unknown) => new AppError('ssh.aborted', { operation: 'x' }, { retry: 'safe', cause }),
    ],
  ])(
    'leaves a step that its host goes on with to the host when it ends by %s, until that has ended',
    async (_by, toError) => {
      const stores = createMemoryStores()
      const handler = (inspection: { now: 'running' | 'done' }) => ({
        plan: () => ({
          locks: [],
          touches: [],
          steps: [{ action: 'work', text: { key: 'work', params: {} }, hostId: 'a', goesOn: true }],
        }),
        steps: {
          work: {
            run: ({ signal }: { readonly signal: AbortSignal }) =>
              new Promise<never>((_resolve, reject) =>
                signal.addEventListener('abort', () => reject(toError(signal.reason))),
              ),
            inspect: async () => inspection.now,
          },
        },
      })
      const first = await createTestEngine({ 'vm.save': handler({ now: 'running' }) }, stores)
      void first.engine.dispatch(alice, 'vm.save', vm)
      await settle()
      expect(first.engine.underWay()).toMatchObject([{ goesOn: true, task: { command: 'vm.save' } }])
      await first.engine.stop({ graceMs: 60_000 })
      const inspection = { now: 'running' as 'running' | 'done' }
      const { topics, clock } = await createTestEngine({ 'vm.save': handler(inspection) }, stores)
      const status = () => [...topics.model().tasks.values()][0]?.status
      clock.advance(0)
      await settle()
      expect(status()).toBe('running')
      inspection.now = 'done'
      clock.advance(2_000)
      await settle()
      expect(status()).toBe('succeeded')
    },
  )

  it('does not wait forever for one that never ends', async () => {
    const { engine, topics, clock } = await createTestEngine({
      'vm.save': { execute: () => new Promise<never>(() => undefined) },
    })
    void engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const stopped = engine.stop({ graceMs: 1_000 })
    await settle()
    clock.advance(1_000)
    await settle()
    clock.advance(2_000)
    await stopped
    expect([...topics.model().tasks.values()]).toMatchObject([{ status: 'running' }])
  })

  it('leaves one that had not begun undone, and the next engine says so', async () => {
    const { engine, hold, stores } = await createStepped()
    const gate = hold('run store')
    const first = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const second = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const stopped = engine.stop({ graceMs: 1_000 })
    gate.open()
    await stopped
    await Promise.all([first, second])
    const again = await createWorldEngine(new World(), threeSteps, stores)
    const ended = [...again.topics.model().tasks.values()].find(({ status }) => status === 'cancelled')
    expect(ended?.error?.code).toBe('operation.not-begun')
  })
})

describe('the list', () => {
  it('keeps a bounded number of ended ones, and every open one', async () => {
    const cut = new AppError('command.timed-out', { command: 'x', timeoutMs: 1 }, { retry: 'after-refresh' })
    const { engine, topics, stores } = await createTestEngine({ 'vm.save': { execute: () => Promise.reject(cut) } })
    await engine.dispatch(alice, 'vm.save', { vmId: OTHER_VM_ID })
    for (let index = 0; index < ENDED_TASKS_KEPT + 20; index++) await engine.dispatch(alice, 'vm.pause', vm)
    expect(topics.model().tasks.size).toBe(ENDED_TASKS_KEPT + 1)
    expect(stores.records.size).toBe(ENDED_TASKS_KEPT + 1)
    expect(topics.collection('operations').entities.size).toBe(1)
  })

  it('shows one that cannot be read as such, until a person gives it up', async () => {
    const stores = createMemoryStores()
    const row = { id: VM_ID as Task['id'], command: 'vm.dance', queuedAt: 5 }
    const { fetchOpen } = stores.operationStore
    stores.operationStore.fetchOpen = async () => ({ ...(await fetchOpen()), unreadable: [row] })
    const { engine, topics } = await createTestEngine({}, stores)
    expect([...topics.collection('operations').entities.values()]).toMatchObject([
      { id: VM_ID, command: 'vm.dance', status: 'unreadable', error: { code: 'operation.unreadable' } },
    ])
    await engine.dispatch(alice, 'operation.abandon', { operationId: VM_ID })
    expect(topics.collection('operations').entities.size).toBe(0)
  })

  it('shows one of another version as such', async () => {
    const stores = createMemoryStores()
    const dead = await createTestEngine({ 'vm.save': { execute: () => new Promise<never>(() => undefined) } }, stores)
    void dead.engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const [record] = stores.records.values()
    if (record !== undefined) stores.records.set(record.id, { ...record, inputVersion: 99 })
    const { topics } = await createTestEngine({}, stores)
    expect([...topics.model().tasks.values()]).toMatchObject([
      { status: 'unreadable', error: { code: 'operation.other-version' } },
    ])
  })
})
