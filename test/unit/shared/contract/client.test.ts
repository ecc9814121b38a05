import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ACK_EVERY_FRAMES,
  type ClientFrame,
  type ClientPort,
  createContractClient,
  EACH_IDS_LIMIT,
  type ServerFrame,
} from '../../../../src/shared/contract/index.ts'

const VM_ID = '11111111-2222-4333-8444-555555555555'
const ENGINE_NOW = 1_800_000_000_000

class TestPort implements ClientPort {
  readonly sent: ClientFrame[] = []
  isClosed = false
  #onMessage: (frame: unknown) => void = () => undefined
  #onClose: (reason: string) => void = () => undefined

  send(frame: ClientFrame): void {
    this.sent.push(frame)
  }
  onMessage(listener: (frame: unknown) => void): void {
    this.#onMessage = listener
  }
  onClose(listener: (reason: string) => void): void {
    this.#onClose = listener
  }
  close(): void {
    this.isClosed = true
  }
  receive(frame: ServerFrame): void {
    this.#onMessage(frame)
  }
  lose(reason = 'socket closed'): void {
    this.#onClose(reason)
  }
  hello(epoch = 'epoch-1'): void {
    this.receive({ t: 'hello', epoch, version: '1', now: ENGINE_NOW })
  }
}

function createLink() {
  const ports: TestPort[] = []
  let reachable = true
  let attempts = 0
  const client = createContractClient({
    connect: async () => {
      attempts++
      if (!reachable) throw new Error('refused')
      const port = new TestPort()
      ports.push(port)
      return port
    },
    retryDelayMs: { first: 100, longest: 1_000 },
    heartbeatMs: { idle: 15_000, answer: 10_000 },
    random: () => 1,
  })
  return {
    client,
    port: (index = ports.length - 1) => {
      const port = ports[index]
      if (port === undefined) throw new Error('no connection yet')
      return port
    },
    attempts: () => attempts,
    setReachable: (value: boolean) => {
      reachable = value
    },
    open: async () => {
      await tick()
      ports.at(-1)?.hello()
    },
  }
}

const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

function createObserver() {
  const seen: unknown[] = []
  return {
    seen,
    observer: {
      snapshot: (entities: readonly unknown[], at: { epoch: string }) =>
        seen.push(['snapshot', at.epoch, entities.length]),
      patch: (upsert: readonly unknown[], remove: readonly string[]) =>
        seen.push(['patch', upsert.length, remove.length]),
      closed: (error: { code: string }) => seen.push(['closed', error.code]),
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the contract client', () => {
  it('gives each caller the reply to its own call', async () => {
    const { client, port, open } = createLink()
    await open()
    const first = client.call('vm.pause', { vmId: VM_ID })
    const second = client.call('vm.resume', { vmId: VM_ID })
    const [one, two] = port().sent
    expect([one, two]).toMatchObject([
      { t: 'call', command: 'vm.pause', input: { vmId: VM_ID } },
      { t: 'call', command: 'vm.resume' },
    ])
    port().receive({ t: 'reply', id: two?.id ?? -1, result: { ok: true, value: {}, rev: 7 } })
    port().receive({ t: 'reply', id: one?.id ?? -1, result: { ok: true, value: {}, rev: 8 } })
    expect(await first).toMatchObject({ ok: true, rev: 8 })
    expect(await second).toMatchObject({ ok: true, rev: 7 })
  })

  it('keeps calls made before the first connection, and sends them then', async () => {
    const { client, port, open } = createLink()
    const result = client.call('vm.pause', { vmId: VM_ID })
    await open()
    const [frame] = port().sent
    port().receive({ t: 'reply', id: frame?.id ?? -1, result: { ok: true, value: {}, rev: 1 } })
    expect(await result).toMatchObject({ ok: true })
  })

  it('says that the outcome is unknown when the connection goes during a call', async () => {
    const { client, port, open } = createLink()
    await open()
    const call = client.call('vm.pause', { vmId: VM_ID })
    const verdicts = client.canRun([{ command: 'vm.pause', input: {} }])
    port().lose('the network went away')
    expect(await call).toMatchObject({
      ok: false,
      error: { code: 'transport.lost', params: { reason: 'the network went away' }, retry: 'after-refresh' },
    })
    expect(await verdicts).toMatchObject([{ code: 'transport.lost' }])
    expect(client.status).toBe('lost')
  })

  it('asks about any number of things in frames that the engine takes, and answers once', async () => {
    const { client, port, open } = createLink()
    await open()
    const ids = Array.from({ length: EACH_IDS_LIMIT + 2 }, (_unused, number) => `id-${number}`)
    const verdicts = client.canRunEach([{ command: 'vm.pause', input: {} }], { field: 'vmId', ids, list: true })
    const answer = async (position: number, allowedIds: readonly string[], ids: readonly string[]) => {
      await vi.waitFor(() => expect(port().sent).toHaveLength(position + 1))
      const error = {
        code: 'vm.wrong-status' as const,
        params: { name: ids[0], status: 'down' },
        retry: 'never' as const,
      }
      const refused = [{ error: { ...error, technical: [] }, count: ids.length, ids }]
      const id = port().sent[position]?.id ?? -1
      port().receive({ t: 'group-verdicts', id, verdicts: [{ allowed: allowedIds.length, allowedIds, refused }] })
    }
    await answer(0, ids.slice(1, EACH_IDS_LIMIT), ids.slice(0, 1))
    await answer(1, [], ids.slice(EACH_IDS_LIMIT))
    expect(await verdicts).toMatchObject([
      {
        allowed: EACH_IDS_LIMIT - 1,
        allowedIds: ids.slice(1, EACH_IDS_LIMIT),
        refused: [{ error: { params: { name: 'id-0' } }, count: 3, ids: ['id-0', 'id-5000', 'id-5001'] }],
      },
    ])
    port().lose('gone')
    expect(await client.canRunEach([{ command: 'vm.pause', input: {} }], { field: 'vmId', ids })).toMatchObject([
      { allowed: 0, allowedIds: null, refused: [{ error: { code: 'transport.lost' }, count: ids.length }] },
    ])
  })

  it('says that a call is safe to repeat when it was never sent', async () => {
    const { client, port, open } = createLink()
    await open()
    port().lose()
    expect(await client.call('vm.pause', { vmId: VM_ID })).toMatchObject({
      ok: false,
      error: { code: 'transport.lost', retry: 'safe' },
    })
  })

  it('does not send an input that is larger than the engine takes', async () => {
    const { client, port, open } = createLink()
    await open()
    for (const address of ['x'.repeat(2 * 1024 * 1024), '가'.repeat(500_000)]) {
      const result = await client.call('host.check', { address })
      expect(result).toMatchObject({ ok: false, error: { code: 'transport.lost', retry: 'safe' } })
    }
    expect(port().sent).toEqual([])
  })

  it('stops waiting for a call whose caller gave up', async () => {
    const { client, open } = createLink()
    await open()
    const controller = new AbortController()
    const result = client.call('vm.pause', { vmId: VM_ID }, { signal: controller.signal })
    controller.abort()
    expect(await result).toMatchObject({ ok: false, error: { code: 'transport.lost', retry: 'after-refresh' } })
  })

  it('tells the engine’s time, whatever the page’s own clock shows or is set to', async () => {
    vi.setSystemTime(Date.UTC(2036, 0, 1))
    const { client, port, open } = createLink()
    expect(client.now()).toBe(Date.now())
    await open()
    expect(client.now()).toBe(ENGINE_NOW)
    await vi.advanceTimersByTimeAsync(5_000)
    vi.setSystemTime(0)
    expect(client.now()).toBe(ENGINE_NOW + 5_000)
    // The engine's own clock was set back.
    port().receive({ t: 'pong', id: 0, now: ENGINE_NOW - 600_000 })
    expect(client.now()).toBe(ENGINE_NOW - 600_000)
  })

  it('hands a topic’s frames to its observer until it is told to stop', async () => {
    const { client, port, open } = createLink()
    await open()
    const { seen, observer } = createObserver()
    const stop = client.subscribe({ topic: 'vm.stats', key: VM_ID }, observer)
    const [frame] = port().sent
    expect(frame).toEqual({ t: 'subscribe', id: frame?.id, topic: 'vm.stats', key: VM_ID })
    const id = frame?.id ?? -1
    port().receive({ t: 'snapshot', id, epoch: 'epoch-1', rev: 1, entities: [{ id: 'a' }] })
    port().receive({ t: 'patch', id, rev: 2, upsert: [{ id: 'b' }], remove: ['a'], now: ENGINE_NOW })
    stop()
    port().receive({ t: 'patch', id, rev: 3, upsert: [{ id: 'c' }], remove: [], now: ENGINE_NOW })
    expect(seen).toEqual([
      ['snapshot', 'epoch-1', 1],
      ['patch', 1, 1],
    ])
    expect(port().sent.at(-1)).toEqual({ t: 'unsubscribe', id })
  })

  it('subscribes again after a reconnect, and a restarted engine gives a snapshot of its own epoch', async () => {
    const { client, port, open, attempts } = createLink()
    const { seen, observer } = createObserver()
    client.subscribe({ topic: 'vms' }, observer)
    await open()
    const id = port().sent[0]?.id ?? -1
    port().receive({ t: 'snapshot', id, epoch: 'epoch-1', rev: 9, entities: [{ id: 'a' }, { id: 'b' }] })
    port().lose()
    await tick(100)
    expect(attempts()).toBe(2)
    port().hello('epoch-2')
    expect(port().sent).toEqual([{ t: 'subscribe', id, topic: 'vms' }])
    port().receive({ t: 'snapshot', id, epoch: 'epoch-2', rev: 1, entities: [{ id: 'a' }] })
    expect(client.epoch).toBe('epoch-2')
    expect(client.status).toBe('open')
    expect(seen).toEqual([
      ['snapshot', 'epoch-1', 2],
      ['snapshot', 'epoch-2', 1],
    ])
  })

  it('forgets a subscription that the engine closed, but not one that it dropped with the connection', async () => {
    const { client, port, open } = createLink()
    await open()
    const gone = createObserver()
    const slow = createObserver()
    client.subscribe({ topic: 'vm.xml', key: 'x' }, gone.observer)
    client.subscribe({ topic: 'vms' }, slow.observer)
    const [first, second] = port().sent
    const error = { params: {}, retry: 'never' as const, technical: [] }
    port().receive({ t: 'closed', id: first?.id ?? -1, error: { ...error, code: 'vm.not-found' } })
    port().receive({ t: 'closed', id: second?.id ?? -1, error: { ...error, code: 'topic.subscriber-too-slow' } })
    port().lose()
    await tick(100)
    port().hello()
    expect(gone.seen).toEqual([['closed', 'vm.not-found']])
    expect(slow.seen).toEqual([])
    expect(port().sent).toEqual([{ t: 'subscribe', id: second?.id, topic: 'vms' }])
  })

  it('tries again at growing distances, and at once when told to', async () => {
    const { client, port, open, attempts, setReachable } = createLink()
    await open()
    setReachable(false)
    port().lose()
    await tick(99)
    expect(attempts()).toBe(1)
    await tick(1)
    expect(attempts()).toBe(2)
    await tick(200)
    expect(attempts()).toBe(3)
    await tick(399)
    expect(attempts()).toBe(3)
    client.retryNow()
    expect(attempts()).toBe(4)
    await tick(100)
    expect(attempts()).toBe(5)
    setReachable(true)
    await tick(200)
    await open()
    expect(client.status).toBe('open')
  })

  it('says how many frames it has taken, anew on each connection', async () => {
    const { port, open } = createLink()
    await open()
    for (let id = 2; id <= 2 * ACK_EVERY_FRAMES; id++) port().receive({ t: 'pong', id, now: ENGINE_NOW })
    expect(port().sent).toEqual([
      { t: 'ack', id: ACK_EVERY_FRAMES },
      { t: 'ack', id: 2 * ACK_EVERY_FRAMES },
    ])
    port().lose()
    await tick(100)
    port().hello()
    for (let id = 2; id <= ACK_EVERY_FRAMES; id++) port().receive({ t: 'pong', id, now: ENGINE_NOW })
    expect(port().sent).toEqual([{ t: 'ack', id: ACK_EVERY_FRAMES }])
  })

  it('asks for a sign of life after silence, and takes the connection for lost without one', async () => {
    const { client, port, open } = createLink()
    await open()
    await tick(15_000)
    expect(port().sent).toMatchObject([{ t: 'ping' }])
    port().receive({ t: 'pong', id: 0, now: ENGINE_NOW })
    await tick(15_000)
    expect(port().sent).toHaveLength(2)
    expect(client.status).toBe('open')
    const quiet = port()
    await tick(10_000)
    expect(quiet.isClosed).toBe(true)
    expect(client.status).toBe('lost')
  })

  it('reports its status, and is ready when open', async () => {
    const { client, port, open } = createLink()
    const seen: string[] = []
    client.onStatus((status) => seen.push(status))
    const ready = client.ready()
    await open()
    await ready
    port().lose()
    await tick(100)
    port().hello()
    client.close()
    expect(seen).toEqual(['open', 'lost', 'open', 'closed'])
    expect(port().isClosed).toBe(true)
    await expect(client.ready()).rejects.toMatchObject({ code: 'transport.lost' })
    expect(await client.call('vm.pause', { vmId: VM_ID })).toMatchObject({ ok: false })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('settles what waits when it is closed before it ever connected', async () => {
    const { client, setReachable } = createLink()
    setReachable(false)
    const call = client.call('vm.pause', { vmId: VM_ID })
    client.close()
    expect(await call).toMatchObject({ ok: false, error: { code: 'transport.lost', retry: 'safe' } })
  })
})
