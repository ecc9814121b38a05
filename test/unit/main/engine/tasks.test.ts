import { describe, expect, it } from 'vitest'
import type { StepSpec } from '../../../../src/main/engine/index.ts'
import { decideAfterRestart, FINISHED_TASKS_KEPT } from '../../../../src/main/engine/task-board.ts'
import { type Task, taskIdSchema } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { settle, YEAR_2036 } from './manual-clock.ts'
import { createMemoryStores } from './memory-stores.ts'
import { createGate, createIdentity, createTestEngine, OTHER_VM_ID, VM_ID } from './test-engine.ts'

const alice = createIdentity()
const vm = { vmId: VM_ID }
const steps: readonly StepSpec[] = [
  { key: 'prepare', weight: 1, cancellable: false },
  { key: 'copy', weight: 3, cancellable: true },
  { key: 'switch', weight: 1, cancellable: false },
]

function createTask(changes: Partial<Task> = {}): Task {
  return {
    id: taskIdSchema.parse('aaaaaaaa-0000-4000-8000-000000000001'),
    command: 'vm.start',
    subject: { kind: 'vm', id: VM_ID, name: 'web-01' },
    status: 'running',
    progress: 0.5,
    step: null,
    cancellable: true,
    cancelRequested: false,
    user: 'alice',
    queuedAt: 1,
    startedAt: 2,
    finishedAt: null,
    error: null,
    ...changes,
  }
}

/** An engine whose vm.save walks through its steps as far as a test lets it. */
async function createSteppedEngine() {
  const gates = { prepare: createGate(), copy: createGate(), switch: createGate() }
  const made = await createTestEngine({
    'vm.save': {
      steps,
      execute: async ({ steps: reporter, signal }) => {
        for (const key of ['prepare', 'copy', 'switch'] as const) {
          reporter.enter(key, { disk: 'vda' })
          const aborted = new Promise<never>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
          })
          await Promise.race([gates[key].passed, aborted])
        }
        return {}
      },
    },
  })
  const task = () => [...made.topics.model().tasks.values()].at(-1)
  return { ...made, gates, task }
}

describe('a task', () => {
  it('took as long as it took, and is the newest, whatever the clock is set to meanwhile', async () => {
    for (const set of ['back', 'ahead'] as const) {
      const { engine, clock, gates, stores, topics } = await createSteppedEngine()
      await engine.dispatch(alice, 'vm.pause', vm)
      const running = engine.dispatch(alice, 'vm.save', vm)
      await settle()
      if (set === 'back') clock.setBack(600_000)
      else clock.setTo(YEAR_2036)
      clock.advance(90_000)
      for (const gate of Object.values(gates)) gate.open()
      await running
      const [task] = [...topics.model().tasks.values()]
      expect((task?.finishedAt ?? 0) - (task?.startedAt ?? 0)).toBe(90_000)
      clock.setBack(600_000)
      await engine.dispatch(alice, 'vm.save', vm)
      const before = [...topics.model().tasks.keys()]
      const again = await createTestEngine({}, stores)
      expect([...again.topics.model().tasks.keys()]).toEqual(before)
    }
  })

  it('is stored before it runs, shows its steps and progress, and ends', async () => {
    const { engine, stores, gates, task } = await createSteppedEngine()
    const result = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    expect(stores.history.map((saved) => saved.status).slice(0, 2)).toEqual(['queued', 'running'])
    expect(task()).toMatchObject({ status: 'running', step: { key: 'prepare', params: { disk: 'vda' } }, progress: 0 })
    gates.prepare.open()
    await settle()
    expect(task()).toMatchObject({ step: { key: 'copy' }, progress: 0.2, cancellable: true })
    gates.copy.open()
    await settle()
    expect(task()).toMatchObject({ step: { key: 'switch' }, progress: 0.8, cancellable: false })
    gates.switch.open()
    expect(await result).toMatchObject({ ok: true, taskId: task()?.id })
    expect(task()).toMatchObject({ status: 'succeeded', progress: 1, error: null, cancellable: false })
    expect(stores.tasks.get(task()?.id ?? '')).toEqual(task())
  })

  it('does not run when it cannot be stored', async () => {
    let executed = false
    const { engine, stores } = await createTestEngine({
      'vm.save': {
        execute: async () => {
          executed = true
          return {}
        },
      },
    })
    stores.state.failure = new AppError('inventory.write-failed', { path: 'x', reason: 'disk full' })
    expect(await engine.dispatch(alice, 'vm.save', vm)).toMatchObject({
      ok: false,
      error: { code: 'inventory.write-failed' },
    })
    expect(executed).toBe(false)
  })

  it('replies with its id at once to a caller who does not wait', async () => {
    const { engine, gates, task } = await createSteppedEngine()
    const result = await engine.dispatch(alice, 'vm.save', vm, { wait: false })
    expect(result).toMatchObject({ ok: true, value: null, taskId: task()?.id })
    expect(task()?.finishedAt).toBeNull()
    for (const gate of Object.values(gates)) gate.open()
    await settle()
    expect(task()?.status).toBe('succeeded')
  })

  it('is unknown, not failed, when its error says that nobody knows', async () => {
    const { engine, topics, tasks, stores } = await createTestEngine({
      'vm.save': {
        execute: () =>
          Promise.reject(
            new AppError('vm.outcome-unknown', { name: 'web-01', action: 'save' }, { retry: 'after-refresh' }),
          ),
      },
    })
    await engine.dispatch(alice, 'vm.save', vm)
    expect([...topics.model().tasks.values()]).toMatchObject([
      { status: 'unknown', error: { code: 'vm.outcome-unknown' } },
    ])
    expect(tasks.unknownCount).toBe(1)
    expect(stores.events).toMatchObject([{ kind: 'command.left-unknown', severity: 'warning' }])
  })
})

describe('task.cancel', () => {
  it('aborts a cancellable step', async () => {
    const { engine, gates, task, stores } = await createSteppedEngine()
    const result = engine.dispatch(alice, 'vm.save', vm)
    gates.prepare.open()
    await settle()
    expect(await engine.dispatch(alice, 'task.cancel', { taskId: task()?.id })).toMatchObject({ ok: true })
    expect(await result).toMatchObject({ ok: false, error: { code: 'task.cancelled' } })
    expect(task()).toMatchObject({ status: 'cancelled', cancelRequested: true })
    expect(stores.events.map((event) => event.kind)).toContain('command.cancelled')
  })

  it('waits for the next cancellable step when the current one cannot be left', async () => {
    const { engine, gates, task } = await createSteppedEngine()
    const result = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    await engine.dispatch(alice, 'task.cancel', { taskId: task()?.id })
    expect(task()).toMatchObject({ status: 'running', cancelRequested: true, step: { key: 'prepare' } })
    gates.prepare.open()
    expect(await result).toMatchObject({ ok: false, error: { code: 'task.cancelled' } })
    expect(task()?.step?.key).toBe('prepare')
  })

  it('is refused once no cancellable step is left', async () => {
    const { engine, gates, task } = await createSteppedEngine()
    const result = engine.dispatch(alice, 'vm.save', vm)
    gates.prepare.open()
    gates.copy.open()
    await settle()
    expect(await engine.dispatch(alice, 'task.cancel', { taskId: task()?.id })).toMatchObject({
      ok: false,
      error: { code: 'task.not-cancellable', params: { step: 'switch' } },
    })
    gates.switch.open()
    expect(await result).toMatchObject({ ok: true })
    expect(await engine.dispatch(alice, 'task.cancel', { taskId: task()?.id })).toMatchObject({
      error: { code: 'task.finished', params: { status: 'succeeded' } },
    })
  })

  it('takes a task out of the line', async () => {
    const { engine, gates, topics } = await createSteppedEngine()
    const first = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const second = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const queued = [...topics.model().tasks.values()].find((task) => task.status === 'queued')
    await engine.dispatch(alice, 'task.cancel', { taskId: queued?.id })
    expect(await second).toMatchObject({ ok: false, error: { code: 'task.cancelled' } })
    for (const gate of Object.values(gates)) gate.open()
    expect(await first).toMatchObject({ ok: true })
  })

  it('says so when there is no such task', async () => {
    const { engine } = await createTestEngine()
    expect(await engine.dispatch(alice, 'task.cancel', { taskId: createTask().id })).toMatchObject({
      error: { code: 'task.not-found' },
    })
  })
})

describe('after a restart', () => {
  it.each([
    ['queued', 'cancelled'],
    ['running', 'unknown'],
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
    ['unknown', 'unknown'],
  ] as const)('a task that was %s is %s', (before, after) => {
    expect(decideAfterRestart(createTask({ status: before }), 99).status).toBe(after)
  })

  it('a running task is unknown, the trail says so once, and the hosts settle it when they are back', async () => {
    const stores = createMemoryStores()
    await stores.taskStore.save(createTask())
    const asked: string[] = []
    let verdict: 'succeeded' | null = null
    const overrides = {
      'vm.start': {
        reconcile: (task: Task) => {
          asked.push(task.id)
          return verdict
        },
      },
    }
    const { topics, clock, tasks } = await createTestEngine(overrides, stores)
    const task = () => topics.model().tasks.get(createTask().id)
    expect(task()).toMatchObject({ status: 'unknown', cancellable: false })
    expect(stores.tasks.get(createTask().id)?.status).toBe('unknown')
    topics.collection('vms').upsert({ id: VM_ID, name: 'web-01' } as never)
    clock.advance(50)
    await settle()
    expect(asked.length).toBeGreaterThan(0)
    expect(task()?.status).toBe('unknown')
    verdict = 'succeeded'
    topics.collection('vms').upsert({ id: VM_ID, name: 'web-02' } as never)
    clock.advance(50)
    await settle()
    expect(task()).toMatchObject({ status: 'succeeded', progress: 1 })
    expect(stores.tasks.get(createTask().id)?.status).toBe('succeeded')
    expect(tasks.unknownCount).toBe(0)
    expect(stores.events.map((event) => event.kind)).toEqual(['task.left-unknown'])
    await createTestEngine(overrides, stores)
    expect(stores.events).toHaveLength(1)
  })
})

describe('the list of tasks', () => {
  it('keeps a bounded number of finished ones', async () => {
    const { engine, topics, stores } = await createTestEngine()
    for (let index = 0; index < FINISHED_TASKS_KEPT + 20; index++) await engine.dispatch(alice, 'vm.save', vm)
    expect(topics.model().tasks.size).toBe(FINISHED_TASKS_KEPT)
    expect(stores.tasks.size).toBe(FINISHED_TASKS_KEPT)
  })
})

describe('stop', () => {
  it('refuses new commands, cancels what lets itself be cancelled, and closes the topics', async () => {
    const { engine, gates, task } = await createSteppedEngine()
    const result = engine.dispatch(alice, 'vm.save', vm)
    gates.prepare.open()
    await settle()
    const closed: string[] = []
    engine.subscribe(alice, { topic: 'tasks' }, (frame) => {
      if (frame.t === 'closed') closed.push(frame.error.code)
    })
    const stopped = engine.stop({ graceMs: 1_000 })
    expect(await engine.dispatch(alice, 'vm.pause', vm)).toMatchObject({ error: { code: 'engine.stopping' } })
    await stopped
    expect(await result).toMatchObject({ error: { code: 'task.cancelled' } })
    expect(task()?.status).toBe('cancelled')
    expect(closed).toEqual(['engine.stopping'])
  })

  it('waits for a task that cannot be cancelled, then aborts it: its outcome is unknown', async () => {
    const { engine, gates, task, clock } = await createSteppedEngine()
    const result = engine.dispatch(alice, 'vm.save', vm)
    gates.prepare.open()
    gates.copy.open()
    await settle()
    const stopped = engine.stop({ graceMs: 1_000 })
    await settle()
    expect(task()?.status).toBe('running')
    clock.advance(1_000)
    await stopped
    expect(await result).toMatchObject({ error: { code: 'engine.stopping', retry: 'after-refresh' } })
    expect(task()?.status).toBe('unknown')
  })

  it('runs nothing that was still being stored when it began', async () => {
    let executed = false
    const stores = createMemoryStores()
    const { engine } = await createTestEngine(
      {
        'vm.save': {
          steps,
          execute: async () => {
            executed = true
            return {}
          },
        },
      },
      stores,
    )
    const stored = createGate()
    const { save } = stores.taskStore
    stores.taskStore.save = async (task) => {
      await stored.passed
      await save(task)
    }
    const result = engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const stopped = engine.stop({ graceMs: 1_000 })
    stored.open()
    expect(await result).toMatchObject({ ok: false, error: { code: 'task.cancelled' } })
    await stopped
    expect(executed).toBe(false)
    expect([...stores.tasks.values()]).toMatchObject([{ status: 'cancelled' }])
  })

  it('leaves the end of a task as it was, though it came at the last moment', async () => {
    const gate = createGate<Record<string, never>>()
    const never = new Promise<never>(() => undefined)
    const { engine, stores, clock } = await createTestEngine({
      'vm.save': { execute: ({ input }) => (input.vmId === VM_ID ? never : gate.passed) },
    })
    void engine.dispatch(alice, 'vm.save', vm)
    await settle()
    const late = engine.dispatch(alice, 'vm.save', { vmId: OTHER_VM_ID })
    await settle()
    const stored = createGate()
    const { save } = stores.taskStore
    stores.taskStore.save = async (task) => {
      if (task.status === 'unknown') await stored.passed
      await save(task)
    }
    const stopped = engine.stop({ graceMs: 1_000 })
    await settle()
    clock.advance(1_000)
    await settle()
    clock.advance(2_000)
    await settle()
    gate.open({})
    expect(await late).toMatchObject({ ok: true })
    stored.open()
    await stopped
    expect([...stores.tasks.values()].map((task) => task.status)).toEqual(['unknown', 'succeeded'])
  })

  it('does not wait forever for one that never ends', async () => {
    const { engine, topics, stores, clock } = await createTestEngine({
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
    expect([...topics.model().tasks.values()]).toMatchObject([{ status: 'unknown' }])
    expect([...stores.tasks.values()]).toMatchObject([{ status: 'unknown' }])
    expect(stores.events.map((event) => event.kind)).toEqual(['task.left-unknown'])
  })
})
