import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../../src/main/engine/index.ts'

describe('the computer’s clock', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  test('runs nothing before the monotonic clock has reached its time, though the timer comes early', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let nowMs = 1_000.9
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
    const ran: number[] = []
    systemClock.after(5_000.98, () => ran.push(nowMs))
    nowMs = 6_001.2
    vi.advanceTimersByTime(5_001)
    expect(ran).toEqual([])
    nowMs = 6_001.95
    vi.advanceTimersByTime(1)
    expect(ran).toEqual([6_001.95])
    vi.advanceTimersByTime(10_000)
    expect(ran).toHaveLength(1)
  })

  test('what was called off does not run, also after its timer came early', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let nowMs = 0.5
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
    const action = vi.fn()
    const cancel = systemClock.after(10, action)
    nowMs = 10.1
    vi.advanceTimersByTime(10)
    cancel()
    nowMs = 20
    vi.advanceTimersByTime(10)
    expect(action).not.toHaveBeenCalled()
  })
})
