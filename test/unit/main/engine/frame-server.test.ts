import { describe, expect, it } from 'vitest'
import { BUSY_FRAMES, OPEN_CALLS_LIMIT, OPEN_SUBSCRIPTIONS_LIMIT } from '../../../../src/main/engine/frame-server.ts'
import { type ServerPort, serveClient, silentLog } from '../../../../src/main/engine/index.ts'
import { BUSY_LIMIT_MS } from '../../../../src/main/engine/live-collection.ts'
import { FRAME_LIMIT_BYTES, type ServerFrame } from '../../../../src/shared/contract/index.ts'
import { settle } from './manual-clock.ts'
import { createGate, createIdentity, createTestEngine, OTHER_VM_ID, VM_ID } from './test-engine.ts'

class TestPort implements ServerPort {
  readonly frames: ServerFrame[] = []
  closedWith: string | null = null
  bufferedAmount?: number = 0
  receive: (frame: unknown) => void = () => undefined
  disconnect: () => void = () => undefined

  send(frame: ServerFrame): void {
    this.frames.push(frame)
  }
  onMessage(listener: (frame: unknown) => void): void {
    this.receive = listener
  }
  onClose(listener: () => void): void {
    this.disconnect = listener
  }
  close(reason: string): void {
    this.closedWith = reason
  }
}

async function createServed(overrides: Parameters<typeof createTestEngine>[0] = {}) {
  const made = await createTestEngine(overrides)
  const port = new TestPort()
  serveClient(made.engine, createIdentity(), port, silentLog)
  return { ...made, port }
}

describe('the frame server', () => {
  it('greets with epoch, version and the time', async () => {
    const { engine, port } = await createServed()
    expect(port.frames).toEqual([{ t: 'hello', epoch: 'epoch-1', version: '1.2.3', now: engine.now() }])
  })

  it('disconnects a client that a frame cannot be sent to, and serves the others', async () => {
    const { engine, settings, port } = await createServed()
    const broken = new TestPort()
    broken.send = (frame) => {
      if (frame.t === 'patch') throw new Error('DataCloneError')
    }
    serveClient(engine, createIdentity(), broken, silentLog)
    broken.receive({ t: 'subscribe', id: 1, topic: 'settings' })
    port.receive({ t: 'subscribe', id: 1, topic: 'settings' })
    await settings.change({ auditDays: 9 })
    port.receive({ t: 'call', id: 2, command: 'vm.pause', input: { vmId: VM_ID } })
    await settle()
    expect(broken.closedWith).toBe('a frame could not be sent')
    expect(port.frames.map(({ t }) => t)).toEqual(['hello', 'snapshot', 'patch', 'reply'])
  })

  it('answers calls, verdicts and pings by their id', async () => {
    const { port } = await createServed()
    port.receive({ t: 'call', id: 1, command: 'vm.pause', input: { vmId: VM_ID } })
    port.receive({ t: 'can-run', id: 2, calls: [{ command: 'vm.pause', input: { vmId: VM_ID } }] })
    port.receive({ t: 'ping', id: 3 })
    const calls = [{ command: 'vm.pause', input: {} }]
    port.receive({ t: 'can-run-each', id: 4, calls, field: 'vmId', ids: [VM_ID, OTHER_VM_ID], list: true })
    await settle()
    expect(port.frames.slice(1)).toMatchObject([
      { t: 'verdicts', id: 2, verdicts: [null] },
      { t: 'pong', id: 3 },
      { t: 'group-verdicts', id: 4, verdicts: [{ allowed: 2, allowedIds: [VM_ID, OTHER_VM_ID], refused: [] }] },
      { t: 'reply', id: 1, result: { ok: true } },
    ])
  })

  it('sends a patch with the effect before the reply', async () => {
    const { port, settings } = await createServed()
    port.receive({ t: 'subscribe', id: 1, topic: 'settings' })
    port.receive({ t: 'call', id: 2, command: 'settings.set', input: { auditDays: 9 } })
    await settle()
    expect(settings.current().auditDays).toBe(9)
    expect(port.frames.map((frame) => frame.t)).toEqual(['hello', 'snapshot', 'patch', 'reply'])
  })

  it('stops sending after unsubscribe, and says why a subscription cannot be', async () => {
    const { port, settings, clock } = await createServed()
    port.receive({ t: 'subscribe', id: 1, topic: 'settings' })
    port.receive({ t: 'unsubscribe', id: 1 })
    port.receive({ t: 'subscribe', id: 2, topic: 'nope' })
    await settings.change({ auditDays: 9 })
    clock.advance(50)
    expect(port.frames.slice(2)).toMatchObject([{ t: 'closed', id: 2, error: { code: 'topic.unknown' } }])
  })

  it.each([
    ['no frame', 'hello'],
    ['an unknown kind', { t: 'drop-tables', id: 1 }],
    ['a negative id', { t: 'ping', id: -1 }],
    ['too many questions', { t: 'can-run', id: 1, calls: Array.from({ length: 65 }, () => ({ command: 'x' })) }],
    [
      'a question about what is no id',
      { t: 'can-run-each', id: 1, calls: [], field: 'vmId', ids: ['web-01'], list: false },
    ],
    ['a long topic name', { t: 'subscribe', id: 1, topic: 'x'.repeat(65) }],
    ['undefined', undefined],
  ])('disconnects a client that sends %s', async (_what, frame) => {
    const { port } = await createServed()
    port.receive(frame)
    expect(port.closedWith).toContain('protocol')
    port.receive({ t: 'ping', id: 1 })
    expect(port.frames).toHaveLength(1)
  })

  it('disconnects a client that uses the id of an open call or subscription again', async () => {
    const gate = createGate<Record<string, never>>()
    const first = await createServed({ 'vm.pause': { execute: () => gate.passed } })
    first.port.receive({ t: 'call', id: 1, command: 'vm.pause', input: { vmId: VM_ID } })
    first.port.receive({ t: 'call', id: 1, command: 'vm.pause', input: { vmId: VM_ID } })
    expect(first.port.closedWith).toContain('id in use')
    const second = await createServed()
    second.port.receive({ t: 'subscribe', id: 1, topic: 'hosts' })
    second.port.receive({ t: 'subscribe', id: 1, topic: 'hosts' })
    expect(second.port.closedWith).toContain('id in use')
  })

  it('bounds what one client may have open', async () => {
    const gate = createGate<Record<string, never>>()
    const { port } = await createServed({ 'console.open': { execute: () => gate.passed as never } })
    for (let id = 0; id <= OPEN_CALLS_LIMIT; id++) {
      port.receive({ t: 'call', id, command: 'console.open', input: { vmId: VM_ID, kind: 'serial' } })
    }
    expect(port.frames.slice(1)).toMatchObject([
      { t: 'reply', id: OPEN_CALLS_LIMIT, result: { ok: false, error: { code: 'command.queue-full' } } },
    ])
    for (let id = 0; id <= OPEN_SUBSCRIPTIONS_LIMIT; id++) port.receive({ t: 'subscribe', id, topic: 'hosts' })
    expect(port.frames.at(-1)).toMatchObject({ t: 'closed', error: { code: 'topic.limit-reached' } })
  })

  it('holds patches back while the client does not read, and disconnects it when that lasts', async () => {
    const { port, settings, clock } = await createServed()
    port.receive({ t: 'subscribe', id: 1, topic: 'settings' })
    port.bufferedAmount = 8 * 1024 * 1024
    await settings.change({ auditDays: 9 })
    clock.advance(1_000)
    expect(port.frames.at(-1)?.t).toBe('snapshot')
    port.bufferedAmount = 0
    clock.advance(50)
    expect(port.frames.at(-1)).toMatchObject({ t: 'patch', upsert: [{ auditDays: 9 }] })
    port.bufferedAmount = 8 * 1024 * 1024
    await settings.change({ auditDays: 10 })
    clock.advance(BUSY_LIMIT_MS + 100)
    expect(port.closedWith).toBe('too slow')
  })

  it('counts what the client has taken where the transport does not know what waits', async () => {
    const { port, settings, clock } = await createServed()
    delete port.bufferedAmount
    port.receive({ t: 'subscribe', id: 1, topic: 'settings' })
    for (let id = 0; id < BUSY_FRAMES; id++) port.receive({ t: 'ping', id })
    await settings.change({ auditDays: 9 })
    clock.advance(1_000)
    expect(port.frames.at(-1)?.t).toBe('pong')
    port.receive({ t: 'ack', id: port.frames.length })
    clock.advance(50)
    expect(port.frames.at(-1)).toMatchObject({ t: 'patch', upsert: [{ auditDays: 9 }] })
    for (let id = 0; id < 5_000; id++) port.receive({ t: 'ping', id })
    expect(port.closedWith).toBe('too slow')
    expect(port.frames.length).toBeLessThan(5_000)
  })

  it('disconnects a client whose buffer runs over', async () => {
    const { port } = await createServed()
    port.bufferedAmount = FRAME_LIMIT_BYTES + 1
    port.receive({ t: 'ping', id: 1 })
    expect(port.closedWith).toBe('too slow')
  })

  it('lets go of subscriptions, but not of commands, when the client is gone', async () => {
    const gate = createGate()
    let finished = false
    const { port, topics } = await createServed({
      'vm.pause': {
        execute: async () => {
          await gate.passed
          finished = true
          return {}
        },
      },
    })
    let stopped = false
    topics.produce('vm.xml', () => () => {
      stopped = true
    })
    port.receive({ t: 'subscribe', id: 1, topic: 'vm.xml', key: VM_ID })
    port.receive({ t: 'call', id: 2, command: 'vm.pause', input: { vmId: VM_ID } })
    await settle()
    const sent = port.frames.length
    port.disconnect()
    expect(stopped).toBe(true)
    gate.open()
    await settle()
    expect(finished).toBe(true)
    expect(port.frames).toHaveLength(sent)
  })
})
