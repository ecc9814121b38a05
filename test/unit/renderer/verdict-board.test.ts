import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCollections, createVerdictBoard, type EngineClient } from '../../../src/renderer/stores/index.ts'
import type { ConnectionStatus, GroupVerdict, TopicObserver } from '../../../src/shared/contract/index.ts'
import { inventHost, inventVm } from './invented.ts'

const host = inventHost(1)
const [one, two, other] = [1, 2, 3].map((number) => inventVm(number, host.id))

/** A client whose questions are answered when a test says so. */
function createBoard() {
  const asked: { readonly ids: readonly string[]; answer(allowed: number): Promise<void> }[] = []
  const statusListeners = new Set<(status: ConnectionStatus) => void>()
  let observer: TopicObserver<'vms'> | null = null
  const client: EngineClient & { status: ConnectionStatus } = {
    call: () => Promise.reject(new Error('not used here')),
    canRun: () => Promise.reject(new Error('not used here')),
    plan: () => Promise.reject(new Error('not used here')),
    now: () => 0,
    silentMs: () => 0,
    canRunEach: (_calls, { ids }) => {
      const { promise, resolve } = Promise.withResolvers<readonly GroupVerdict[]>()
      asked.push({
        ids,
        answer: async (allowed) => {
          resolve([{ allowed, allowedIds: null, refused: [] }])
          await vi.advanceTimersByTimeAsync(0)
        },
      })
      return promise
    },
    subscribe: (_address, own) => {
      observer = own as unknown as TopicObserver<'vms'>
      return () => undefined
    },
    status: 'open',
    onStatus: (listener) => {
      statusListeners.add(listener)
      return () => statusListeners.delete(listener)
    },
    retryNow: () => undefined,
  }
  const board = createVerdictBoard(client, createCollections(client))
  return {
    board,
    asked,
    change: (...vms: readonly unknown[]) => observer?.patch(vms as never, [], { rev: 2 }),
    snapshot: () => observer?.snapshot([one, two, other] as never, { epoch: 'e', rev: 1 }),
    setStatus: (status: ConnectionStatus) => {
      client.status = status
      for (const listener of statusListeners) listener(status)
    },
  }
}

const question = {
  calls: [{ command: 'vm.start' as const, input: {} }],
  kind: 'vm' as const,
  ids: [one?.id ?? '', two?.id ?? ''],
  list: false,
}

describe('the board of verdicts', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('asks one question for all who show it, and gives them one answer', async () => {
    const { board, asked } = createBoard()
    const changed = vi.fn()
    board.watch(question, changed)
    board.watch({ ...question, ids: [...question.ids] }, changed)
    expect(asked.map(({ ids }) => ids)).toEqual([question.ids])
    expect(board.read(question)).toBeNull()
    await asked[0]?.answer(2)
    expect(changed).toHaveBeenCalledTimes(2)
    expect(board.read(question)).toMatchObject([{ allowed: 2 }])
  })

  it('asks again when one of the machines changes, and not when another does', async () => {
    const { board, asked, change, snapshot } = createBoard()
    board.watch(question, vi.fn())
    snapshot()
    await asked[0]?.answer(2)
    await vi.runAllTimersAsync()
    await asked[1]?.answer(2)
    await vi.runAllTimersAsync()
    const before = asked.length
    change({ ...other, status: 'paused' })
    await vi.runAllTimersAsync()
    expect(asked).toHaveLength(before)
    change({ ...one, status: 'paused' })
    await vi.runAllTimersAsync()
    expect(asked).toHaveLength(before + 1)
  })

  it('asks one question at a time, whatever changes meanwhile, and keeps the former answer until then', async () => {
    const { board, asked, change } = createBoard()
    board.watch(question, vi.fn())
    for (let time = 0; time < 20; time += 1) change({ ...one, statusSince: time })
    expect(asked).toHaveLength(1)
    await asked[0]?.answer(1)
    await vi.runAllTimersAsync()
    expect(board.read(question)).toMatchObject([{ allowed: 1 }])
    expect(asked.length).toBeLessThanOrEqual(2)
  })

  it('has no answer while the engine is away, and asks when it is back', async () => {
    const { board, asked, setStatus } = createBoard()
    const changed = vi.fn()
    board.watch(question, changed)
    await asked[0]?.answer(2)
    setStatus('lost')
    expect(board.read(question)).toBeNull()
    setStatus('open')
    await vi.runAllTimersAsync()
    expect(asked).toHaveLength(2)
  })

  it('forgets what nobody shows', async () => {
    const { board, asked } = createBoard()
    const stop = board.watch(question, vi.fn())
    await asked[0]?.answer(2)
    stop()
    expect(board.read(question)).toBeNull()
    board.watch(question, vi.fn())
    expect(asked).toHaveLength(2)
  })
})
