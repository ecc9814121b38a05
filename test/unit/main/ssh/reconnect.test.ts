import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAttemptClock } from '../../../../src/main/ssh/attempt-clock.ts'
import { decideBackoffMs, isUnanswered, needsPerson, wouldRepeatPassword } from '../../../../src/main/ssh/backoff.ts'
import { describeNetwork, watchNetwork } from '../../../../src/main/ssh/network-watch.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'

const lost = () => new AppError('ssh.connection-lost', { address: 'web', reason: 'test' })
const wrongPassword = () =>
  new AppError('ssh.authentication-failed', { user: 'root', address: 'web', tried: 'password', hint: 'refused' })

const interrupted = (hint: 'closed' | 'unanswered') =>
  new AppError('ssh.sign-in-interrupted', { user: 'root', address: 'web', reason: 'ECONNRESET', hint })

describe('the pause before a next attempt', () => {
  it('stays below a ceiling that doubles up to 30 s', () => {
    const ceilings = [0, 1, 2, 3, 6, 7, 40, 1e9].map((attempt) => decideBackoffMs(attempt, 0.999_999_9))
    expect(ceilings).toEqual([499, 999, 1999, 3999, 29_999, 29_999, 29_999, 29_999])
  })

  it('is spread over all of the range', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const delayMs = decideBackoffMs(attempt, random)
        expect(delayMs).toBeGreaterThanOrEqual(0)
        expect(delayMs).toBeLessThan(30_000)
      }),
    )
    expect(decideBackoffMs(5, 0)).toBe(0)
  })

  it('does not end in further attempts where only a person can help', () => {
    expect(needsPerson(wrongPassword())).toBe(true)
    expect(needsPerson(lost())).toBe(false)
    expect(needsPerson(new Error('x'))).toBe(false)
    expect(needsPerson(interrupted('unanswered'))).toBe(false)
  })

  it('is not followed by the same password where the host has refused it, or goes on without an answer', () => {
    expect(wouldRepeatPassword(wrongPassword(), 0)).toBe(true)
    expect(isUnanswered(interrupted('unanswered'))).toBe(true)
    expect(isUnanswered(interrupted('closed'))).toBe(false)
    expect(isUnanswered(lost())).toBe(false)
    expect([1, 2, 3, 4].map((times) => wouldRepeatPassword(interrupted('unanswered'), times))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })
})

describe('the network watch', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const address = (text: string, internal = false) => ({ address: text, internal }) as never

  it('does not count loopback and link-local addresses', () => {
    expect(describeNetwork({ lo: [address('127.0.0.1', true)], eth0: [address('fe80::1'), address('10.0.0.2')] })).toBe(
      '10.0.0.2',
    )
  })

  it('calls when an address appears or changes, not when all are gone', async () => {
    let interfaces: Record<string, never[]> = { eth0: [address('10.0.0.2')] }
    const onChange = vi.fn()
    const stop = watchNetwork(onChange, 1_000, () => interfaces)
    await vi.advanceTimersByTimeAsync(2_000)
    interfaces = {}
    await vi.advanceTimersByTimeAsync(2_000)
    expect(onChange).not.toHaveBeenCalled()
    interfaces = { eth0: [address('10.0.0.2')] }
    await vi.advanceTimersByTimeAsync(2_000)
    expect(onChange).toHaveBeenCalledTimes(1)
    stop()
    interfaces = { eth0: [address('10.0.0.3')] }
    await vi.advanceTimersByTimeAsync(2_000)
    expect(onChange).toHaveBeenCalledTimes(1)
  })
})

describe('the clock of an attempt', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('stands still while a person is asked', async () => {
    const clock = createAttemptClock(1_000)
    await vi.advanceTimersByTimeAsync(600)
    clock.pause(true)
    await vi.advanceTimersByTimeAsync(60_000)
    clock.pause(false)
    await vi.advanceTimersByTimeAsync(399)
    expect(clock.timedOut()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(clock.timedOut()).toBe(true)
    expect(clock.signal.aborted).toBe(true)
  })

  it('runs no further when the attempt ended while a person was asked', async () => {
    const clock = createAttemptClock(1_000)
    clock.pause(true)
    clock.stop()
    clock.pause(false)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('follows the caller without calling that a time-out', () => {
    const controller = new AbortController()
    const clock = createAttemptClock(1_000, controller.signal)
    controller.abort()
    expect(clock.signal.aborted).toBe(true)
    expect(clock.timedOut()).toBe(false)
    clock.stop()
  })
})
