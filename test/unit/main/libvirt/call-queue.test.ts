import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CallQueue, type PendingCall } from '../../../../src/main/libvirt/connection/call-queue.ts'
import { procedures } from '../../../../src/main/libvirt/protocol/procedures.gen.ts'

type Name = keyof typeof procedures

function makeQueue() {
  const sent: string[] = []
  const serials = new Map<string, number>()
  const stuck = vi.fn()
  const queue = new CallQueue((call) => {
    call.serial = sent.push(String(call.args))
    serials.set(String(call.args), call.serial)
  }, stuck)
  const add = (label: string, name: Name, timeoutMs = 60_000, signal?: AbortSignal) => {
    const call: PendingCall = {
      procedure: procedures[name] as PendingCall['procedure'],
      args: label,
      timeoutMs,
      deadlineMs: performance.now() + timeoutMs,
      signal,
      serial: 0,
      abandoned: false,
      onAbort: undefined,
      succeed: () => undefined,
      fail: () => undefined,
    }
    queue.add(call)
  }
  const answer = (label: string, ok = true) => queue.settle(serials.get(label) ?? 0, ok)
  return { sent, stuck, add, answer, queue }
}

describe('the first call to a driver behind the daemon', () => {
  it('is made alone: those after it wait until it has succeeded, and hold nobody else up', () => {
    const { sent, add, answer } = makeQueue()
    add('pools', 'CONNECT_LIST_ALL_STORAGE_POOLS')
    add('pool event', 'CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY')
    add('upload', 'STORAGE_VOL_UPLOAD')
    add('nets', 'CONNECT_LIST_ALL_NETWORKS')
    add('domains', 'CONNECT_LIST_ALL_DOMAINS')
    expect(sent).toEqual(['pools', 'nets', 'domains'])
    answer('pools')
    expect(sent).toEqual(['pools', 'nets', 'domains', 'pool event', 'upload'])
    add('net event', 'CONNECT_NETWORK_EVENT_REGISTER_ANY')
    expect(sent).toHaveLength(5)
    answer('upload')
    answer('nets')
    expect(sent.at(-1)).toBe('net event')
  })

  it('is the first again when it was refused', () => {
    const { sent, add, answer } = makeQueue()
    for (const label of ['a', 'b', 'c']) add(label, 'CONNECT_LIST_ALL_SECRETS')
    answer('a', false)
    expect(sent).toEqual(['a', 'b'])
    answer('b')
    expect(sent).toEqual(['a', 'b', 'c'])
  })

  it('is counted for each driver by itself, and not for domains', () => {
    const { sent, add } = makeQueue()
    const names: readonly Name[] = [
      'NODE_DEVICE_LOOKUP_BY_NAME',
      'NWFILTER_LOOKUP_BY_NAME',
      'INTERFACE_LOOKUP_BY_NAME',
      'SECRET_LOOKUP_BY_UUID',
    ]
    for (const name of names) add(name, name)
    for (const label of ['1', '2', '3', '4']) add(label, 'DOMAIN_INTERFACE_ADDRESSES')
    expect(sent).toEqual(names)
  })
})

describe('a connection whose calls are all given up', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  const fill = (add: (label: string, name: Name, timeoutMs?: number) => void) => {
    for (const label of ['a', 'b', 'c', 'd']) add(label, 'CONNECT_GET_HOSTNAME', 1_000)
  }

  it('is stuck when none of them is answered within five seconds more', () => {
    const { add, stuck } = makeQueue()
    fill(add)
    vi.advanceTimersByTime(5_900)
    expect(stuck).not.toHaveBeenCalled()
    vi.advanceTimersByTime(200)
    expect(stuck).toHaveBeenCalledExactlyOnceWith(4)
  })

  it('is not stuck when a late answer comes, nor while one call still waits', () => {
    const late = makeQueue()
    fill(late.add)
    vi.advanceTimersByTime(3_000)
    late.answer('c')
    const patient = makeQueue()
    for (const label of ['a', 'b', 'c']) patient.add(label, 'CONNECT_GET_HOSTNAME', 1_000)
    patient.add('long', 'DOMAIN_MANAGED_SAVE', 3_600_000)
    vi.advanceTimersByTime(60_000)
    expect(late.stuck).not.toHaveBeenCalled()
    expect(patient.stuck).not.toHaveBeenCalled()
  })

  it('is stuck again when the next calls meet the same', () => {
    const { add, answer, stuck } = makeQueue()
    fill(add)
    vi.advanceTimersByTime(2_000)
    answer('a')
    add('e', 'CONNECT_GET_HOSTNAME', 1_000)
    vi.advanceTimersByTime(7_000)
    expect(stuck).toHaveBeenCalledOnce()
  })

  it('says nothing any more once it has ended', () => {
    const { add, queue, stuck } = makeQueue()
    fill(add)
    vi.advanceTimersByTime(2_000)
    queue.end('closed', undefined)
    vi.advanceTimersByTime(60_000)
    expect(stuck).not.toHaveBeenCalled()
  })
})
