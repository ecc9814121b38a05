import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAttemptClock } from '../../../../src/main/ssh/attempt-clock.ts'
import { decideBackoffMs, needsPerson } from '../../../../src/main/ssh/backoff.ts'
import { keepConnected, type LinkState } from '../../../../src/main/ssh/keep-connected.ts'
import { describeNetwork, watchNetwork } from '../../../../src/main/ssh/network-watch.ts'
import type { SshSession } from '../../../../src/main/ssh/types.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'

const lost = () => new AppError('ssh.connection-lost', { address: 'web', reason: 'test' })
const wrongPassword = () =>
  new AppError('ssh.authentication-failed', { user: 'root', address: 'web', tried: 'password' })

function fakeSession() {
  let end: (error: AppError | null) => void = () => undefined
  const closed = new Promise<AppError | null>((resolve) => {
    end = resolve
  })
  const session = { closed, close: async () => end(null) } as unknown as SshSession
  return { session, end: (error: AppError | null) => end(error) }
}

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
  })
})

describe('a kept connection', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function keep(results: (SshSession | AppError)[]) {
    const states: LinkState[] = []
    let networkBack: () => void = () => undefined
    let attempts = 0
    const kept = keepConnected({
      connect: async () => {
        attempts++
        const result = results.shift() ?? lost()
        if (result instanceof AppError) throw result
        return result
      },
      onState: (state) => states.push(state),
      random: () => 0.5,
      watch: (onChange) => {
        networkBack = onChange
        return () => undefined
      },
    })
    return {
      kept,
      states,
      statuses: () => states.map(({ status }) => status),
      networkBack: () => networkBack(),
      attempts: () => attempts,
    }
  }

  it('comes back after a loss, with growing pauses while that fails', async () => {
    const first = fakeSession()
    const second = fakeSession()
    const link = keep([first.session, lost(), second.session])
    await vi.advanceTimersByTimeAsync(0)
    expect(link.kept.state.status).toBe('connected')
    first.end(lost())
    await vi.advanceTimersByTimeAsync(249)
    expect(link.kept.state.status).toBe('lost')
    await vi.advanceTimersByTimeAsync(1)
    expect(link.statuses().slice(-2)).toEqual(['connecting', 'lost'])
    await vi.advanceTimersByTimeAsync(500)
    expect(link.kept.state.status).toBe('connected')
    await link.kept.stop()
    expect(link.kept.state.status).toBe('stopped')
    expect(await second.session.closed).toBeNull()
  })

  it('tries at once when the network comes back', async () => {
    const back = fakeSession()
    const link = keep([lost(), lost(), lost(), lost(), lost(), back.session])
    await vi.advanceTimersByTimeAsync(0)
    for (let round = 0; round < 5; round++) {
      expect(link.kept.state.status).toBe('lost')
      link.networkBack()
      await vi.advanceTimersByTimeAsync(0)
    }
    expect(link.kept.state.status).toBe('connected')
    await link.kept.stop()
  })

  it('stops at a refused password until it is nudged, whatever the network does', async () => {
    const back = fakeSession()
    const link = keep([wrongPassword(), back.session])
    await vi.advanceTimersByTimeAsync(600_000)
    link.networkBack()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(link.kept.state).toMatchObject({ status: 'refused', error: { code: 'ssh.authentication-failed' } })
    expect(link.attempts()).toBe(1)
    link.kept.nudge()
    await vi.advanceTimersByTimeAsync(0)
    expect(link.kept.state.status).toBe('connected')
    await link.kept.stop()
  })

  it('starts its pauses anew after a connection that had lasted', async () => {
    const lasting = fakeSession()
    const link = keep([lost(), lost(), lost(), lasting.session])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(link.kept.state.status).toBe('connected')
    await vi.advanceTimersByTimeAsync(30_000)
    lasting.end(lost())
    await vi.advanceTimersByTimeAsync(0)
    const { state } = link.kept
    expect(state.status === 'lost' && state.nextAttemptAt - Date.now()).toBe(250)
    await link.kept.stop()
  })

  it('closes a session that arrives after it was stopped', async () => {
    const late = fakeSession()
    let arrive: (session: SshSession) => void = () => undefined
    const kept = keepConnected({
      connect: () => new Promise((resolve) => (arrive = resolve)),
      onState: () => undefined,
      watch: () => () => undefined,
    })
    const stopped = kept.stop()
    arrive(late.session)
    await stopped
    expect(await late.session.closed).toBeNull()
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
