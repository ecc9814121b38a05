import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCollections, type EngineClient, waitForFirstAnswers } from '../../../src/renderer/stores/index.ts'
import type { ConnectionStatus, TopicAddress, TopicObserver } from '../../../src/shared/contract/index.ts'
import { inventError, inventHost } from './invented.ts'

/** A client that only records subscriptions. */
function recordingClient() {
  const statusListeners = new Set<(status: ConnectionStatus) => void>()
  const open: { readonly address: TopicAddress; readonly observer: TopicObserver<'hosts'> }[] = []
  const client: EngineClient = {
    call: () => Promise.reject(new Error('not used here')),
    plan: () => Promise.reject(new Error('unused')),
    canRun: () => Promise.reject(new Error('not used here')),
    canRunEach: () => Promise.reject(new Error('not used here')),
    subscribe(address, observer) {
      const entry = { address, observer: observer as unknown as TopicObserver<'hosts'> }
      open.push(entry)
      return () => open.splice(open.indexOf(entry), 1)
    },
    status: 'open',
    onStatus: (listener) => {
      statusListeners.add(listener)
      return () => statusListeners.delete(listener)
    },
    now: () => Date.now(),
    retryNow: () => undefined,
    silentMs: () => 0,
  }
  return {
    client,
    open,
    /** The engine ends a subscription, which the client then forgets. */
    endByEngine: () => open.pop()?.observer.closed(inventError('topic.limit-reached')),
    reconnect: () => {
      for (const listener of statusListeners) listener('open')
    },
  }
}

describe('collections', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('subscribes once however many read, and lets go a little after the last', () => {
    const { client, open } = recordingClient()
    const collections = createCollections(client)
    const releases = [collections.hold('hosts'), collections.hold('hosts')]
    expect(open).toHaveLength(1)
    for (const release of releases) release()
    expect(open).toHaveLength(1)
    vi.runAllTimers()
    expect(open).toHaveLength(0)
    expect(collections.store('hosts').getState().status).toBe('loading')
  })

  it('keeps the subscription when a reader comes back in time', () => {
    const { client, open } = recordingClient()
    const collections = createCollections(client)
    collections.hold('hosts')()
    collections.hold('hosts')
    vi.runAllTimers()
    expect(open).toHaveLength(1)
  })

  it('counts a release only once', () => {
    const { client, open } = recordingClient()
    const collections = createCollections(client)
    const release = collections.hold('hosts')
    collections.hold('hosts')
    release()
    release()
    vi.runAllTimers()
    expect(open).toHaveLength(1)
  })

  it('has one collection for each key', () => {
    const { client, open } = recordingClient()
    const collections = createCollections(client)
    collections.hold('vm.stats', 'one')
    collections.hold('vm.stats', 'two')
    expect(open.map(({ address }) => address.key)).toEqual(['one', 'two'])
    expect(collections.store('vm.stats', 'one')).not.toBe(collections.store('vm.stats', 'two'))
  })

  it('shows the highest revision seen, and starts over with another run of the engine', () => {
    const { client, open } = recordingClient()
    const collections = createCollections(client)
    collections.hold('hosts')
    const observer = open[0]?.observer
    observer?.snapshot([inventHost(1)], { epoch: 'one', rev: 40 })
    observer?.patch([], [], { rev: 41 })
    expect(collections.revision.getState()).toBe(41)
    observer?.snapshot([], { epoch: 'two', rev: 3 })
    expect(collections.revision.getState()).toBe(3)
  })

  it('asks again for what the engine ended when the connection is back and somebody still reads it', () => {
    const { client, open, endByEngine, reconnect } = recordingClient()
    const collections = createCollections(client)
    collections.hold('hosts')
    endByEngine()
    expect(collections.store('hosts').getState().status).toBe('closed')
    reconnect()
    expect(open).toHaveLength(1)
    reconnect()
    expect(open).toHaveLength(1)
  })

  it('asks again for what the engine ended when somebody else begins to read it', () => {
    const { client, open, endByEngine } = recordingClient()
    const collections = createCollections(client)
    collections.hold('hosts')
    endByEngine()
    collections.hold('hosts')
    expect(open).toHaveLength(1)
  })

  it('asks for nothing that nobody reads any more', () => {
    const { client, open, endByEngine, reconnect } = recordingClient()
    const collections = createCollections(client)
    const release = collections.hold('hosts')
    endByEngine()
    release()
    vi.runAllTimers()
    reconnect()
    expect(open).toHaveLength(0)
  })
})

describe('waiting for the first answers', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function hold() {
    const { client, open } = recordingClient()
    const collections = createCollections(client)
    for (const topic of ['hosts', 'vms'] as const) collections.hold(topic)
    const done = vi.fn()
    void waitForFirstAnswers(collections, ['hosts', 'vms'], 300).then(done)
    return { open, done }
  }

  it('ends when each collection has its own', async () => {
    const { open, done } = hold()
    open[0]?.observer.snapshot([inventHost(1)], { epoch: 'one', rev: 1 })
    await vi.advanceTimersByTimeAsync(0)
    expect(done).not.toHaveBeenCalled()
    open[1]?.observer.snapshot([], { epoch: 'one', rev: 1 })
    await vi.advanceTimersByTimeAsync(0)
    expect(done).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends for a collection that the engine refused', async () => {
    const { open, done } = hold()
    for (const { observer } of open) observer.closed(inventError('topic.limit-reached'))
    await vi.advanceTimersByTimeAsync(0)
    expect(done).toHaveBeenCalledOnce()
  })

  it('ends at its limit without any', async () => {
    const { done } = hold()
    await vi.advanceTimersByTimeAsync(299)
    expect(done).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(done).toHaveBeenCalledOnce()
  })
})
