import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLockTable } from '../../../../src/main/engine/lock-table.ts'
import { ManualClock, settle } from './manual-clock.ts'

function createLocks(maxWaiting = 100) {
  const clock = new ManualClock()
  const locks = createLockTable({ clock, maxWaiting })
  const acquire = (keys: readonly string[], holder = 'somebody', timeoutMs = 1_000, signal?: AbortSignal) =>
    locks.acquire({ keys, command: 'vm.start', holder, timeoutMs, ...(signal === undefined ? {} : { signal }) })
  return { clock, locks, acquire }
}

describe('the lock table', () => {
  it('grants a key to one at a time, in the order of asking', async () => {
    const { acquire } = createLocks()
    const order: string[] = []
    const first = await acquire(['vm:1'])
    const second = acquire(['vm:1']).then((release) => {
      order.push('second')
      release()
    })
    const third = acquire(['vm:1']).then((release) => {
      order.push('third')
      release()
    })
    await settle()
    expect(order).toEqual([])
    first()
    await Promise.all([second, third])
    expect(order).toEqual(['second', 'third'])
  })

  it('lets claims without a common key run beside each other', async () => {
    const { acquire, locks } = createLocks()
    const one = await acquire(['vm:1', 'host:1'])
    const two = await acquire(['vm:2', 'host:2'])
    expect(locks.isFree(['vm:1'])).toBe(false)
    one()
    two()
    expect(locks.isFree(['vm:1', 'host:1', 'vm:2', 'host:2'])).toBe(true)
  })

  it('does not let a later claim overtake one that waits for several keys', async () => {
    const { acquire } = createLocks()
    const order: string[] = []
    const holder = await acquire(['a'])
    const both = acquire(['b', 'a']).then((release) => {
      order.push('both')
      release()
    })
    const late = acquire(['b']).then((release) => {
      order.push('late')
      release()
    })
    await settle()
    expect(order).toEqual([])
    holder()
    await Promise.all([both, late])
    expect(order).toEqual(['both', 'late'])
  })

  it('takes a key that is named twice once', async () => {
    const { acquire, locks } = createLocks()
    const release = await acquire(['a', 'a'])
    release()
    expect(locks.isFree(['a'])).toBe(true)
  })

  it('names the holder when waiting took too long, and lets the next one pass', async () => {
    const { clock, acquire } = createLocks()
    const release = await acquire(['vm:1'], 'vm.save (bob, web-01)')
    const waiting = acquire(['host:9', 'vm:1'])
    const other = acquire(['host:9'], 'other', 5_000)
    const refused = expect(waiting).rejects.toMatchObject({
      code: 'command.lock-timeout',
      params: { command: 'vm.start', lock: 'vm:1', holder: 'vm.save (bob, web-01)' },
      retry: 'safe',
    })
    clock.advance(1_000)
    await refused
    ;(await other)()
    release()
    expect(clock.timerCount).toBe(0)
  })

  it('refuses a claim when too many wait already, but not one that need not wait', async () => {
    const { acquire } = createLocks(1)
    const release = await acquire(['a'])
    const waiting = acquire(['a'])
    await expect(acquire(['a'])).rejects.toMatchObject({ code: 'command.queue-full', params: { limit: 1 } })
    const free = await acquire(['b'])
    free()
    release()
    ;(await waiting)()
  })

  it('takes a claim out of the line when its signal is aborted', async () => {
    const { acquire, locks, clock } = createLocks()
    const release = await acquire(['a'])
    const controller = new AbortController()
    const waiting = acquire(['a'], 'x', 1_000, controller.signal)
    const next = acquire(['a'])
    const refused = expect(waiting).rejects.toThrow('never mind')
    controller.abort(new Error('never mind'))
    await refused
    release()
    ;(await next)()
    expect(locks.isFree(['a'])).toBe(true)
    expect(clock.timerCount).toBe(0)
  })

  it('is not confused by a release that is called twice', async () => {
    const { acquire, locks } = createLocks()
    const first = await acquire(['a'])
    first()
    const second = await acquire(['a'])
    first()
    expect(locks.isFree(['a'])).toBe(false)
    second()
  })

  it('never deadlocks, is exclusive, and keeps the order per key, whatever is asked for', async () => {
    const keySets = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }), {
      minLength: 1,
      maxLength: 30,
    })
    await fc.assert(
      fc.asyncProperty(keySets, fc.array(fc.nat(3), { minLength: 30, maxLength: 30 }), async (claims, turns) => {
        const { acquire, locks } = createLocks()
        const held = new Map<string, number>()
        const granted = new Map<string, number[]>()
        await Promise.all(
          claims.map(async (keys, index) => {
            const release = await acquire(keys)
            for (const key of keys) {
              expect(held.has(key)).toBe(false)
              held.set(key, index)
              granted.set(key, [...(granted.get(key) ?? []), index])
            }
            for (let turn = 0; turn < (turns[index] ?? 0); turn++) await Promise.resolve()
            for (const key of keys) held.delete(key)
            release()
          }),
        )
        for (const order of granted.values()) expect(order).toEqual([...order].sort((left, right) => left - right))
        expect(locks.isFree(['a', 'b', 'c', 'd', 'e'])).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
