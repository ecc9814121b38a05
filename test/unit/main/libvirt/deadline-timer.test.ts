import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DeadlineTimer } from '../../../../src/main/libvirt/connection/deadline-timer.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

it('waits for the earliest deadline, then for the next that it is told', () => {
  const calls: number[] = []
  const timer = new DeadlineTimer((nowMs) => {
    calls.push(nowMs)
    return calls.length === 1 ? 500 : Number.POSITIVE_INFINITY
  })
  timer.watch(300)
  timer.watch(100)
  vi.advanceTimersByTime(1_000)
  expect(calls).toEqual([100, 500])
})

it('does not fire for a deadline further away than a timer can wait', () => {
  const expire = vi.fn(() => Number.POSITIVE_INFINITY)
  new DeadlineTimer(expire).watch(2 ** 40)
  vi.advanceTimersByTime(60_000)
  expect(expire).not.toHaveBeenCalled()
})

it('does not fire any more once it is stopped', () => {
  const expire = vi.fn(() => Number.POSITIVE_INFINITY)
  const timer = new DeadlineTimer(expire)
  timer.watch(100)
  timer.stop()
  vi.advanceTimersByTime(1_000)
  expect(expire).not.toHaveBeenCalled()
})
