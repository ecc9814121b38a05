import { describe, expect, it } from 'vitest'
import type { TopicFrame } from '../../../../src/main/engine/index.ts'
import { BATCH_MS, exclusive } from '../../../../src/main/engine/index.ts'
import {
  auditEventSchema,
  defaultSettings,
  EVENTS_PER_PAGE,
  type EventPage,
  type Vm,
} from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { HOST_A, HOST_B, makeVm } from '../vm/make-model.ts'
import { ManualClock, settle } from './manual-clock.ts'
import { createMemoryStores } from './memory-stores.ts'
import { createGate, createIdentity, createTestEngine, OTHER_VM_ID, VM_ID } from './test-engine.ts'

const alice = createIdentity()
const vm = { vmId: VM_ID }
const refusal = () => new AppError('vm.wrong-status', { name: 'web-01', status: 'up', action: 'start' })

describe('dispatch', () => {
  it('refuses a command that does not exist, without a trace in the trail', async () => {
    const { engine, stores } = await createTestEngine()
    for (const command of ['vm.dance', 'toString', '__proto__']) {
      expect(await engine.dispatch(alice, command, {})).toMatchObject({ ok: false, error: { code: 'command.unknown' } })
    }
    expect(stores.events).toEqual([])
  })

  it('says which part of an input does not fit', async () => {
    const { engine, stores } = await createTestEngine()
    const result = await engine.dispatch(alice, 'vm.start', { vmId: 'nonsense', paused: 'yes' })
    expect(result).toMatchObject({
      ok: false,
      error: {
        code: 'command.input-invalid',
        params: { command: 'vm.start', issues: [{ path: 'vmId' }, { path: 'paused' }] },
      },
    })
    expect(stores.events).toEqual([])
  })

  it('refuses what the person may not do, and the trail says so', async () => {
    const { engine, stores } = await createTestEngine()
    const viewer = createIdentity(['vm.console'], 'eve')
    expect(await engine.dispatch(viewer, 'vm.poweroff', vm)).toMatchObject({
      ok: false,
      error: { code: 'command.forbidden', params: { permission: 'vm.run' } },
    })
    expect(stores.events).toMatchObject([{ kind: 'command.failed', user: 'eve', command: 'vm.poweroff' }])
  })

  it('asks the handler first, and lists no task for what it refuses', async () => {
    let executed = false
    const { engine, stores } = await createTestEngine({
      'vm.start': {
        validate: refusal,
        execute: async () => {
          executed = true
          return {}
        },
      },
    })
    expect(await engine.dispatch(alice, 'vm.start', vm)).toMatchObject({
      ok: false,
      error: { code: 'vm.wrong-status' },
    })
    expect(executed).toBe(false)
    expect(stores.history).toEqual([])
    expect(stores.events).toHaveLength(1)
  })

  it('asks the handler again under the lock, because the world has gone on', async () => {
    const gate = createGate()
    const running = new Set<string>()
    const { engine } = await createTestEngine({
      'vm.pause': {
        validate: (_model, input) => (running.has(input.vmId) ? refusal() : null),
        execute: async ({ input }) => {
          await gate.passed
          running.add(input.vmId)
          return {}
        },
      },
    })
    const first = engine.dispatch(alice, 'vm.pause', vm)
    const second = engine.dispatch(alice, 'vm.pause', vm)
    await settle()
    gate.open()
    expect(await first).toMatchObject({ ok: true })
    expect(await second).toMatchObject({ ok: false, error: { code: 'vm.wrong-status' } })
  })

  it('runs commands on one VM one after the other and on two VMs beside each other', async () => {
    const gate = createGate()
    const entered: string[] = []
    const { engine } = await createTestEngine({
      'vm.reset': {
        execute: async ({ input }) => {
          entered.push(input.vmId)
          await gate.passed
          return {}
        },
      },
    })
    const all = [vm, vm, { vmId: OTHER_VM_ID }].map((input) => engine.dispatch(alice, 'vm.reset', input))
    await settle()
    expect(entered).toEqual([VM_ID, OTHER_VM_ID])
    gate.open()
    expect((await Promise.all(all)).every((result) => result.ok)).toBe(true)
    expect(entered).toEqual([VM_ID, OTHER_VM_ID, VM_ID])
  })

  it('tells who holds the VM when the lock takes too long', async () => {
    const gate = createGate()
    const { engine, clock } = await createTestEngine({
      'vm.reset': {
        execute: async () => {
          await gate.passed
          return {}
        },
      },
    })
    const first = engine.dispatch(createIdentity('all', 'bob'), 'vm.reset', vm)
    await settle()
    const second = engine.dispatch(alice, 'vm.pause', vm)
    await settle()
    clock.advance(10 * 60_000)
    expect(await second).toMatchObject({
      ok: false,
      error: {
        code: 'command.lock-timeout',
        params: { lock: `vm:${VM_ID}`, holder: 'vm.reset (bob, web-01)' },
        retry: 'safe',
      },
    })
    gate.open()
    await first
  })

  it('delivers the effect to subscribers before it replies, with a revision that contains it', async () => {
    const { engine, topics } = await createTestEngine({
      'vm.pause': {
        execute: async () => {
          topics.collection('hosts').upsert({ id: VM_ID } as never)
          return {}
        },
      },
    })
    const frames: TopicFrame[] = []
    engine.subscribe(alice, { topic: 'hosts' }, (frame) => frames.push(frame))
    const result = await engine.dispatch(alice, 'vm.pause', vm)
    expect(frames.at(-1)).toMatchObject({ t: 'patch', upsert: [{ id: VM_ID }] })
    const patch = frames.at(-1)
    expect(result.ok && patch?.t === 'patch' && result.rev >= patch.rev).toBe(true)
  })

  it('lets only what the output schema names out of the engine', async () => {
    const { engine } = await createTestEngine({
      'host.add': { execute: async () => ({ hostId: VM_ID as never, checks: [], password: 'hunter2' }) },
    })
    const result = await engine.dispatch(alice, 'host.add', { address: '10.0.0.1' })
    expect(result).toMatchObject({ ok: true, value: { hostId: VM_ID, checks: [] } })
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })

  it('runs a command although its handler cannot say what it is about', async () => {
    const bug = () => {
      throw new Error('bug')
    }
    const { engine, stores } = await createTestEngine({ 'vm.pause': { subject: bug, auditParams: bug } })
    expect(await engine.dispatch(alice, 'vm.pause', vm)).toMatchObject({ ok: true })
    expect(stores.events).toMatchObject([{ subject: { kind: 'system' }, params: {} }])
  })

  it('turns a bug into `internal` with a correlation id, never into a rejection', async () => {
    const { engine } = await createTestEngine({
      'vm.pause': { execute: () => Promise.reject(new TypeError('x is undefined')) },
      'vm.reset': {
        validate: () => {
          throw new Error('boom')
        },
      },
    })
    expect(await engine.dispatch(alice, 'vm.pause', vm)).toMatchObject({
      ok: false,
      error: { code: 'internal', correlationId: expect.any(String), technical: ['TypeError: x is undefined'] },
    })
    expect(await engine.dispatch(alice, 'vm.reset', vm)).toMatchObject({ ok: false, error: { code: 'internal' } })
  })
})

describe('the trail', () => {
  it('has a line for success, failure and refusal, with facts but never the input', async () => {
    const { engine, stores, topics } = await createTestEngine({
      'host.check': {
        execute: () =>
          Promise.reject(
            new AppError('ssh.authentication-failed', {
              user: 'root',
              address: 'a',
              tried: 'password',
              hint: 'refused',
            }),
          ),
      },
      'vm.autostart': { auditParams: (input) => ({ enabled: input.enabled }) },
    })
    await engine.dispatch(alice, 'vm.autostart', { ...vm, enabled: true })
    await engine.dispatch(alice, 'host.check', { address: '10.0.0.1', password: 'hunter2', passphrase: 'hunter3' })
    expect(stores.events).toMatchObject([
      {
        kind: 'command.succeeded',
        severity: 'info',
        user: 'alice',
        command: 'vm.autostart',
        subject: { kind: 'vm', id: VM_ID, name: 'web-01' },
        params: { enabled: true },
        correlationId: expect.any(String),
      },
      { kind: 'command.failed', severity: 'error', error: { code: 'ssh.authentication-failed' } },
    ])
    expect(JSON.stringify(stores.events)).not.toContain('hunter')
    expect([...topics.collection('events').entities.keys()]).toEqual(stores.events.map((event) => event.id))
  })

  it.each([
    [3_650, 2],
    [100, 1],
  ])('is kept for the days that the setting says (%i), read before anything is removed', async (auditDays, kept) => {
    const stores = createMemoryStores()
    await stores.settingsStore.save({ ...defaultSettings, auditDays })
    const now = new ManualClock().now()
    for (const [index, days] of [200, 1].entries()) {
      const subject = { kind: 'vm' as const, id: VM_ID, name: 'web-01' }
      const line = { kind: 'vm.started' as const, severity: 'info' as const, subject, params: {} }
      const none = { hostId: null, user: null, command: null, error: null, correlationId: null }
      stores.events.push({ ...line, ...none, id: String(index + 1), at: now - days * 86_400_000 })
    }
    const { clock } = await createTestEngine({}, stores)
    clock.advance(60_000)
    await settle()
    expect(stores.events).toHaveLength(kept)
  })

  it('shows a bounded number of lines and goes on counting after a restart', async () => {
    const { engine, topics, stores } = await createTestEngine()
    for (let index = 0; index < 510; index++) await engine.dispatch(alice, 'vm.pause', vm)
    expect(topics.collection('events').entities.size).toBe(500)
    const restarted = await createTestEngine({}, stores)
    await restarted.engine.dispatch(alice, 'vm.pause', vm)
    expect(stores.events.at(-1)?.id).toBe('511')
  })

  it('can be read again whatever the name of what it is about', async () => {
    const { engine, stores } = await createTestEngine({
      'vm.pause': { subject: () => ({ kind: 'vm', id: 'x'.repeat(253), name: 'y'.repeat(5_000) }) },
    })
    await engine.dispatch(alice, 'vm.pause', vm)
    expect(stores.events).toHaveLength(1)
    expect(auditEventSchema.safeParse(stores.events[0]).success).toBe(true)
  })

  it('gives no id twice, even after a line that cannot be read any more', async () => {
    const stores = createMemoryStores()
    stores.auditStore.fetchLatest = async () => []
    stores.auditStore.fetchLastId = async () => '7'
    const { engine } = await createTestEngine({}, stores)
    await engine.dispatch(alice, 'vm.pause', vm)
    expect(stores.events.map((event) => event.id)).toEqual(['8'])
  })

  it('gives older lines than it shows page by page, and says where they end', async () => {
    const { clock, engine } = await createTestEngine()
    for (let line = 0; line < EVENTS_PER_PAGE + 3; line++) await engine.dispatch(alice, 'settings.set', {})
    const read = async (key: string) => {
      const reading = engine.fetchTopic(alice, { topic: 'events.page', key })
      await settle()
      clock.advance(BATCH_MS)
      const { entities } = await reading
      const [page] = entities as unknown as EventPage[]
      return [page?.events.at(0)?.id, page?.events.length, page?.next]
    }
    expect(await read('503')).toEqual(['502', EVENTS_PER_PAGE, '3'])
    expect(await read('3')).toEqual(['2', 2, null])
    expect(await read('3/settings')).toEqual(['2', 2, null])
    expect(await read('3/somebody')).toEqual([undefined, 0, null])
    await expect(engine.fetchTopic(alice, { topic: 'events.page', key: '3 or 1=1' })).rejects.toMatchObject({
      code: 'topic.key-invalid',
    })
  })

  it('says of each line on which host its subject was', async () => {
    const { audit, topics } = await createTestEngine()
    topics.collection('vms').upsert({ ...makeVm(), id: VM_ID as Vm['id'] })
    const subjects = [
      { kind: 'vm', id: VM_ID, name: 'web-01' },
      { kind: 'host', id: HOST_B, name: 'b' },
      { kind: 'system', id: 'settings', name: 'settings' },
    ] as const
    for (const subject of subjects) audit.record({ kind: 'command.succeeded', severity: 'info', subject })
    const lines = [...topics.collection('events').entities.values()]
    expect(lines.map(({ hostId }) => hostId)).toEqual([HOST_A, HOST_B, null])
  })

  it('leaves no timer behind when it stops while old lines are removed', async () => {
    const { clock, engine, stores } = await createTestEngine()
    let pruned: () => void = () => undefined
    stores.auditStore.prune = () => new Promise((resolve) => (pruned = resolve))
    clock.advance(60_000)
    await engine.stop({ graceMs: 0 })
    pruned()
    await settle()
    expect(clock.timerCount).toBe(0)
  })

  it('does not keep a reply back when it cannot be written', async () => {
    const { engine, stores } = await createTestEngine()
    stores.state.failure = new AppError('inventory.write-failed', { path: 'x', reason: 'disk full' })
    expect(await engine.dispatch(alice, 'host.reconnect', { hostId: VM_ID })).toMatchObject({ ok: true })
  })
})

describe('time', () => {
  const untilAborted = ({ signal }: { readonly signal: AbortSignal }) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    })

  it('aborts a command that takes longer than it may, and its outcome is unknown', async () => {
    const { engine, clock } = await createTestEngine({ 'vm.pause': { timeoutMs: 5_000, execute: untilAborted } })
    const result = engine.dispatch(alice, 'vm.pause', vm)
    await settle()
    clock.advance(5_000)
    expect(await result).toMatchObject({
      ok: false,
      error: { code: 'command.timed-out', params: { timeoutMs: 5_000 }, retry: 'after-refresh' },
    })
  })

  it('keeps the lock of a command that does not end even then, until it has really ended', async () => {
    const gate = createGate<Record<string, never>>()
    const { engine, clock, topics } = await createTestEngine({
      'vm.pause': { timeoutMs: 5_000, execute: () => gate.passed },
    })
    const stuck = engine.dispatch(alice, 'vm.pause', vm)
    await settle()
    clock.advance(5_000)
    await settle()
    clock.advance(10_000)
    expect(await stuck).toMatchObject({ ok: false, error: { code: 'command.timed-out', retry: 'after-refresh' } })
    expect(await engine.dispatch(alice, 'vm.resume', vm)).toMatchObject({ error: { code: 'operation.in-the-way' } })
    gate.open({})
    await settle()
    expect([...topics.model().tasks.values()][0]?.status).toBe('succeeded')
    expect(await engine.dispatch(alice, 'vm.resume', vm)).toMatchObject({ ok: true })
  })

  it('keeps the lock of an instant command that does not end, too', async () => {
    const gate = createGate<{ hostId: never }>()
    const { engine, clock } = await createTestEngine({
      'host.edit': { timeoutMs: 5_000, locks: () => [exclusive('hosts')], execute: () => gate.passed },
      'host.reconnect': { locks: () => [exclusive('hosts')] },
    })
    const stuck = engine.dispatch(alice, 'host.edit', { hostId: VM_ID })
    await settle()
    clock.advance(5_000)
    await settle()
    clock.advance(10_000)
    expect(await stuck).toMatchObject({ ok: false, error: { code: 'command.timed-out' } })
    let reconnected = false
    const next = engine.dispatch(alice, 'host.reconnect', { hostId: VM_ID }).then((result) => {
      reconnected = true
      return result
    })
    await settle()
    expect(reconnected).toBe(false)
    gate.open({ hostId: VM_ID as never })
    expect(await next).toMatchObject({ ok: true })
  })

  it('does not call a command cancelled that goes on after it was told to stop', async () => {
    const { engine, clock } = await createTestEngine({
      'vm.pause': { execute: () => new Promise<never>(() => undefined) },
    })
    const controller = new AbortController()
    const stuck = engine.dispatch(alice, 'vm.pause', vm, { signal: controller.signal })
    await settle()
    controller.abort()
    await settle()
    clock.advance(10_000)
    expect(await stuck).toMatchObject({ ok: false, error: { code: 'command.timed-out', retry: 'after-refresh' } })
  })

  it('tells a failure of an aborted command from its abort', async () => {
    const { engine } = await createTestEngine({
      'vm.pause': {
        execute: ({ signal }) =>
          new Promise<never>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new TypeError('x is undefined')))
          }),
      },
    })
    const controller = new AbortController()
    const result = engine.dispatch(alice, 'vm.pause', vm, { signal: controller.signal })
    await settle()
    controller.abort()
    expect(await result).toMatchObject({ error: { code: 'internal', technical: ['TypeError: x is undefined'] } })
  })

  it('aborts an instant command whose caller gave up', async () => {
    const { engine } = await createTestEngine({ 'host.reconnect': { execute: untilAborted } })
    const controller = new AbortController()
    const result = engine.dispatch(alice, 'host.reconnect', { hostId: VM_ID }, { signal: controller.signal })
    await settle()
    controller.abort()
    expect(await result).toMatchObject({ ok: false, error: { code: 'task.cancelled' } })
  })
})

describe('canRun', () => {
  it('answers each call in order, and runs and records nothing', async () => {
    const { engine, stores, topics } = await createTestEngine({ 'vm.pause': { validate: refusal } })
    const before = topics.rev()
    const calls = [
      { command: 'vm.resume', input: vm },
      { command: 'vm.pause', input: vm },
      { command: 'vm.start', input: {} },
      { command: 'nonsense', input: {} },
    ]
    const codes = engine.canRun(alice, calls).map((verdict) => verdict?.code ?? null)
    expect(codes).toEqual([null, 'vm.wrong-status', 'command.input-invalid', 'command.unknown'])
    expect(engine.canRun(createIdentity([]), calls.slice(0, 1))[0]?.code).toBe('command.forbidden')
    expect(topics.rev()).toBe(before)
    expect(stores.events).toEqual([])
  })
})

describe('canRunEach', () => {
  const ids = Array.from({ length: 2_500 }, (_unused, number) => `${String(number).padStart(8, '0')}${VM_ID.slice(8)}`)
  const status = (id: string) => (Number(id.slice(0, 8)) % 5 === 0 ? 'down' : 'paused')

  it('answers for any number of machines with how many may, and the others in groups by why not', async () => {
    let validated = 0
    const { engine, stores, topics } = await createTestEngine({
      'vm.shutdown': {
        validate: (_model, { vmId }) => {
          validated += 1
          return Number(vmId.slice(0, 8)) < 2_000
            ? null
            : new AppError('vm.wrong-status', { name: vmId, status: status(vmId), action: 'shutdown' })
        },
      },
    })
    const before = topics.rev()
    const calls = [
      { command: 'vm.shutdown', input: {} },
      { command: 'nonsense', input: {} },
      { command: 'vm.start', input: { paused: 'yes' } },
    ]
    const [shutdown, nonsense, start] = await engine.canRunEach(alice, { calls, field: 'vmId', ids, list: true })
    expect(validated).toBe(2_500)
    expect(shutdown).toMatchObject({
      allowed: 2_000,
      refused: [
        {
          error: { code: 'vm.wrong-status', params: { status: 'paused' } },
          count: 400,
          ids: [2_001, 2_002, 2_003, 2_004, 2_006].map((number) => ids[number]),
        },
        { error: { code: 'vm.wrong-status', params: { status: 'down' } }, count: 100 },
      ],
    })
    expect(shutdown?.allowedIds).toEqual(ids.slice(0, 2_000))
    expect(nonsense).toMatchObject({ allowed: 0, refused: [{ error: { code: 'command.unknown' }, count: 2_500 }] })
    expect(start).toMatchObject({ allowed: 0, refused: [{ error: { code: 'command.input-invalid' }, count: 2_500 }] })
    expect(topics.rev()).toBe(before)
    expect(stores.events).toEqual([])
  })

  it('names the allowed ones only when asked to, and judges by who asks', async () => {
    const { engine } = await createTestEngine()
    const calls = [{ command: 'vm.pause', input: {} }]
    const question = { calls, field: 'vmId', ids: ids.slice(0, 3), list: false } as const
    expect(await engine.canRunEach(alice, question)).toEqual([{ allowed: 3, allowedIds: null, refused: [] }])
    expect(await engine.canRunEach(createIdentity([]), question)).toMatchObject([
      { allowed: 0, refused: [{ error: { code: 'command.forbidden' }, count: 3 }] },
    ])
  })
})

describe('fetchTopic', () => {
  it('gives a topic’s content once', async () => {
    const { engine } = await createTestEngine()
    const { entities, epoch } = await engine.fetchTopic(alice, { topic: 'settings' })
    expect(epoch).toBe('epoch-1')
    expect(entities).toMatchObject([{ id: 'settings', auditDays: 180 }])
  })

  it('waits for the first content of a topic that is made while watched, and stops it afterwards', async () => {
    const { engine, topics, clock } = await createTestEngine()
    let produce: () => void = () => undefined
    let stopped = 0
    topics.produce('vm.xml', (collection) => {
      produce = () => collection.upsert({ id: 'current', xml: '<domain/>' })
      return () => stopped++
    })
    const content = engine.fetchTopic(alice, { topic: 'vm.xml', key: VM_ID })
    await settle()
    produce()
    clock.advance(50)
    expect(await content).toMatchObject({ entities: [{ id: 'current' }] })
    const nothing = engine.fetchTopic(alice, { topic: 'vm.xml', key: VM_ID }, { waitMs: 100 })
    clock.advance(100)
    expect(await nothing).toMatchObject({ entities: [] })
    expect(stopped).toBe(2)
  })

  it('rejects with the reason when there is no such topic', async () => {
    const { engine } = await createTestEngine()
    await expect(engine.fetchTopic(alice, { topic: 'nope' })).rejects.toMatchObject({ code: 'topic.unknown' })
  })
})

describe('settings.set', () => {
  it('changes what is named, stores it and publishes it; the rest stays', async () => {
    const { engine, stores, topics } = await createTestEngine()
    await engine.dispatch(alice, 'settings.set', { connectTimeoutMs: 2_000 })
    const result = await engine.dispatch(alice, 'settings.set', { auditDays: 7 })
    expect(result).toMatchObject({ ok: true, value: { auditDays: 7, connectTimeoutMs: 2_000 } })
    expect(topics.model().settings).toMatchObject({ auditDays: 7, connectTimeoutMs: 2_000 })
    expect(await stores.settingsStore.fetch()).toMatchObject({ auditDays: 7, connectTimeoutMs: 2_000 })
  })
})
