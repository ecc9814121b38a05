import { beforeEach, describe, expect, it } from 'vitest'
import { runBatch } from '../../../src/renderer/kinds/run-batch.ts'
import { addNotice, clearNotices, foldNotices, markNoticesSeen, notices } from '../../../src/renderer/stores/notices.ts'
import type { WireError } from '../../../src/shared/errors/index.ts'
import { inventError } from './invented.ts'

const wrong = (name: string, status = 'up'): WireError =>
  inventError('vm.wrong-status', { name, status, action: 'start' })
const fail = (name: string, error = wrong(name)) => addNotice({ command: 'vm.start', subject: name, error })

beforeEach(() => {
  notices.setState([], true)
})

describe('what failed', () => {
  it('is told once for equal failures, with what they are about and how many they are', () => {
    for (const name of ['a', 'b', 'b']) fail(name)
    fail('c', wrong('c', 'paused'))
    addNotice({ command: 'vm.pause', subject: 'a', error: wrong('a') })
    expect(
      notices.getState().map(({ failures }) => failures.map(({ count, subjects }) => ({ count, subjects }))),
    ).toEqual([[{ count: 3, subjects: ['a', 'b'] }], [{ count: 1, subjects: ['c'] }], [{ count: 1, subjects: ['a'] }]])
  })

  it('comes forward again when it happens again', () => {
    fail('a')
    const [first] = notices.getState()
    foldNotices([first?.id ?? 0], true)
    expect(notices.getState()).toMatchObject([{ isToast: false, isSeen: true }])
    fail('b')
    expect(notices.getState()).toMatchObject([{ id: first?.id, isToast: true, isSeen: false }])
    markNoticesSeen()
    expect(notices.getState()).toMatchObject([{ isToast: false, isSeen: true }])
  })

  it('is bounded, however much fails', () => {
    for (let number = 0; number < 500; number += 1) fail('a', inventError('vm.busy', { name: 'a', job: `${number}` }))
    expect(notices.getState().length).toBeLessThanOrEqual(100)
    for (let number = 0; number < 500; number += 1) fail(`vm-${number}`)
    expect(notices.getState().at(-1)?.failures[0]).toMatchObject({ count: 500 })
    expect(notices.getState().at(-1)?.failures[0]?.subjects.length).toBeLessThanOrEqual(20)
  })
})

describe('a command on many things', () => {
  const calls = Array.from({ length: 30 }, (_unused, number) => ({
    command: 'host.reconnect' as const,
    input: { hostId: `${number}` as never },
    subjects: [`node-${number}`],
  }))

  it('runs a few calls at once and tells of all in one notice', async () => {
    let open = 0
    let most = 0
    await runBatch(
      {
        call: async (_command, input) => {
          open += 1
          most = Math.max(most, open)
          // It is not forgotten while it runs.
          clearNotices()
          await Promise.resolve()
          open -= 1
          const number = Number((input as { hostId: string }).hostId)
          return number % 10 === 0
            ? { ok: false, error: wrong(`node-${number}`) }
            : ({ ok: true, value: {}, rev: 1 } as never)
        },
      },
      calls,
    )
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(8)
    expect(notices.getState()).toMatchObject([
      {
        command: 'host.reconnect',
        batch: { total: 30, done: 27, failed: 3, isEnded: true },
        failures: [{ count: 3, subjects: ['node-0', 'node-10', 'node-20'] }],
        isToast: true,
      },
    ])
    clearNotices()
    expect(notices.getState()).toEqual([])
  })

  it('counts what one call with a list did in part', async () => {
    const error = inventError('batch.partly-failed', { command: 'vm.start', failed: 2, total: 5 })
    const call = { command: 'vm.start' as const, input: { vmIds: [] } as never, subjects: ['a', 'b', 'c', 'd', 'e'] }
    await runBatch({ call: async () => ({ ok: false, error }) }, [call])
    expect(notices.getState()).toMatchObject([
      { batch: { total: 5, done: 3, failed: 2 }, failures: [{ count: 2, subjects: [] }] },
    ])
  })
})
