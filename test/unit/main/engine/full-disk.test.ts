import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { createMemoryStores } from './memory-stores.ts'
import { createIdentity, createTestEngine, VM_ID } from './test-engine.ts'

const alice = createIdentity()
const full = () => new AppError('inventory.disk-full', { path: '/srv/virtdeck', freeBytes: 0 })
const RETRY_MS = 30_000

it('what stores something is refused with the full disk as the reason, before anything of it is done', async () => {
  const done: string[] = []
  const did = (name: string) => async () => {
    done.push(name)
    return {}
  }
  let refusal: AppError | null = full()
  const { engine } = await createTestEngine(
    { 'vm.pause': { execute: did('pause') }, 'host.reconnect': { execute: did('reconnect') } },
    createMemoryStores(),
    { decideWriteRefusal: () => refusal },
  )
  const refused = { ok: false, error: { code: 'inventory.disk-full' } }
  const calls = [
    { command: 'vm.pause', input: { vmId: VM_ID } },
    { command: 'vm.start', input: { vmIds: [VM_ID] } },
    { command: 'host.reconnect', input: { hostId: VM_ID } },
  ] as const
  const [pause, start, reconnect] = calls
  expect(await engine.dispatch(alice, pause.command, pause.input)).toMatchObject(refused)
  expect(await engine.dispatch(alice, start.command, start.input)).toMatchObject(refused)
  expect(await engine.dispatch(alice, reconnect.command, reconnect.input)).toMatchObject({ ok: true })
  const code = { code: 'inventory.disk-full' }
  expect(engine.canRun(alice, calls)).toMatchObject([code, code, null])
  const each = { calls: [{ command: 'vm.pause', input: {} }], field: 'vmId', ids: [VM_ID], list: false } as const
  expect(await engine.canRunEach(alice, each)).toMatchObject([{ allowed: 0 }])
  expect(done).toEqual(['reconnect'])

  refusal = null
  expect(await engine.dispatch(alice, pause.command, pause.input)).toMatchObject({ ok: true })
})

it('an engine starts where nothing can be written', async () => {
  const stores = createMemoryStores()
  stores.operationStore.prune = () => Promise.reject(full())
  const { engine } = await createTestEngine({}, stores)
  expect(await engine.fetchTopic(alice, { topic: 'settings' })).toMatchObject({ entities: [{ id: 'settings' }] })
})

it('lines of the trail wait for room, and are then written in their order', async () => {
  const { audit, stores, clock } = await createTestEngine()
  const record = (name: string) =>
    audit.record({ kind: 'command.succeeded', severity: 'info', subject: { kind: 'system', id: name, name } })
  stores.state.failure = full()
  record('one')
  await audit.flush()
  record('two')
  await audit.flush()
  expect(stores.events).toEqual([])
  clock.advance(RETRY_MS)
  await nextTurn()
  stores.state.failure = null
  record('three')
  clock.advance(RETRY_MS)
  await audit.flush()
  await nextTurn()
  expect(stores.events.map(({ subject }) => subject.name)).toEqual(['one', 'two', 'three'])
  expect(stores.events.map(({ id }) => id)).toEqual(['1', '2', '3'])
})

it('lines that wait when the engine stops are tried once more', async () => {
  const { audit, stores, clock } = await createTestEngine()
  stores.state.failure = full()
  audit.record({ kind: 'command.succeeded', severity: 'info', subject: { kind: 'system', id: 'x', name: 'x' } })
  await audit.flush()
  stores.state.failure = null
  await audit.stop()
  expect(stores.events).toHaveLength(1)
  expect(clock.timerCount).toBe(0)
})
