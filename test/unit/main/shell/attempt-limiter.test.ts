import { describe, expect, it } from 'vitest'
import { attemptKeyOf } from '../../../../src/main/shell/server/attempt-key.ts'
import { createAttemptLimiter } from '../../../../src/main/shell/server/attempt-limiter.ts'

describe('guessing at the password', () => {
  it('is free a few times, then waits twice as long each time, up to a limit', () => {
    let now = 0
    const limiter = createAttemptLimiter({ freeAttempts: 3, maxWaitMs: 5_000, monotonicMs: () => now })
    const waits: number[] = []
    for (let attempt = 0; attempt < 8; attempt++) {
      limiter.failed('192.0.2.1')
      waits.push(limiter.waitMs('192.0.2.1'))
      now += waits.at(-1) ?? 0
    }
    expect(waits).toEqual([0, 0, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
  })

  it('is counted apart for each address and forgotten after a success', () => {
    const limiter = createAttemptLimiter({ freeAttempts: 1, maxWaitMs: 5_000, monotonicMs: () => 0 })
    limiter.failed('192.0.2.1')
    expect(limiter.waitMs('192.0.2.2')).toBe(0)
    expect(limiter.waitMs('192.0.2.1')).toBe(1_000)
    limiter.succeeded('192.0.2.1')
    expect(limiter.waitMs('192.0.2.1')).toBe(0)
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:ffff::2', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0001:0:0:0:1', '2001:db8:0:1::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('is counted for a whole network of IPv6, which one computer may have: %s', (address, key) => {
    expect(attemptKeyOf(address)).toBe(key)
  })

  it('keeps a bounded number of addresses', () => {
    const limiter = createAttemptLimiter({ freeAttempts: 1, maxWaitMs: 5_000, monotonicMs: () => 0 })
    for (let address = 0; address <= 1_000; address++) limiter.failed(String(address))
    expect(limiter.waitMs('0')).toBe(0)
    expect(limiter.waitMs('1000')).toBe(1_000)
  })
})
