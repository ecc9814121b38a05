import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLockTable, exclusive, shared, slot } from '../../../../src/main/engine/lock-table.ts'
import type { LockClaim } from '../../../../src/shared/domain/index.ts'
import { ManualClock, settle } from './manual-clock.ts'

function createLocks(maxWaiting = 100) {
  const clock = new ManualClock()
  const table = createLockTable({ clock, maxWaiting })
  const hold = (claims: readonly LockClaim[], holder = 'somebody', timeoutMs = 1_000, signal?: AbortSignal) =>
    table.acquire({ claims, command: 'vm.start', holder, timeoutMs, ...(signal === undefined ? {} : { signal }) })
  const acquire = async (
    keys: readonly string[],
    ...rest: [holder?: string, timeoutMs?: number, signal?: AbortSignal]
  ) => (await hold(keys.map(exclusive), ...rest)).release
  const locks = { isFree: (keys: readonly string[]) => table.isFree(keys.map(exclusive)) }
  return { clock, table, locks, hold, acquire }
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

describe('modes', () => {
  it('lets those who share in beside each other, and who wants it alone after them', async () => {
    const { hold, table } = createLocks()
    const readers = await Promise.all([hold([shared('host:1')]), hold([shared('host:1')])])
    let alone = false
    const writer = hold([exclusive('host:1')]).then((held) => {
      alone = true
      return held
    })
    expect(table.isFree([shared('host:1')])).toBe(false)
    readers[0]?.release()
    await settle()
    expect(alone).toBe(false)
    readers[1]?.release()
    ;(await writer).release()
    expect(table.isFree([exclusive('host:1')])).toBe(true)
  })

  it('does not let a late reader overtake a writer that waits', async () => {
    const { hold } = createLocks()
    const order: string[] = []
    const reader = await hold([shared('a')])
    const writer = hold([exclusive('a')]).then((held) => {
      order.push('writer')
      held.release()
    })
    const late = hold([shared('a')]).then((held) => {
      order.push('late')
      held.release()
    })
    reader.release()
    await Promise.all([writer, late])
    expect(order).toEqual(['writer', 'late'])
  })

  it('gives as many places as there are', async () => {
    const { hold } = createLocks()
    const places = [await hold([slot('out', 2)]), await hold([slot('out', 2)])]
    let third = false
    const waiting = hold([slot('out', 2)]).then((held) => {
      third = true
      return held
    })
    await settle()
    expect(third).toBe(false)
    places[0]?.release()
    ;(await waiting).release()
    places[1]?.release()
  })

  it('takes a key alone that is claimed in two modes', async () => {
    const { hold, table } = createLocks()
    const held = await hold([shared('a'), slot('a', 3)])
    expect(table.isFree([shared('a')])).toBe(false)
    held.release()
  })

  it('never has more at a key than its modes allow, whatever is asked for', async () => {
    const claim = fc.record({ key: fc.constantFrom('a', 'b', 'c'), mode: fc.constantFrom('exclusive', 'shared', 2) })
    const asked = fc.array(fc.uniqueArray(claim, { selector: ({ key }) => key, minLength: 1 }), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(asked, async (claims) => {
        const { hold, table } = createLocks()
        const inside = new Map<string, (string | number)[]>()
        await Promise.all(
          claims.map(async (wanted, index) => {
            const held = await hold(
              wanted.map(({ key, mode }) =>
                mode === 'exclusive' ? exclusive(key) : mode === 'shared' ? shared(key) : slot(key, 2),
              ),
            )
            for (const { key, mode } of wanted) {
              const others = inside.get(key) ?? []
              if (mode === 'exclusive') expect(others).toEqual([])
              else if (mode === 'shared') expect(others.every((other) => other === 'shared')).toBe(true)
              else expect(others.every((other) => other === 2) && others.length < 2).toBe(true)
              inside.set(key, [...others, mode])
            }
            for (let turn = 0; turn < index % 3; turn++) await Promise.resolve()
            for (const { key, mode } of wanted) {
              const others = [...(inside.get(key) ?? [])]
              others.splice(others.indexOf(mode), 1)
              inside.set(key, others)
            }
            held.release()
          }),
        )
        expect(table.isFree(['a', 'b', 'c'].map(exclusive))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a holder that waits for a host', () => {
  it('is no reason to wait for others: they are refused, those who wait already too', async () => {
    const { hold } = createLocks()
    const held = await hold([exclusive('vm:1')], 'vm.save (bob, web-01)')
    const refused = expect(hold([exclusive('vm:1')])).rejects.toMatchObject({
      code: 'operation.in-the-way',
      params: { lock: 'vm:1', holder: 'vm.save (bob, web-01)' },
      retry: 'safe',
    })
    await settle()
    held.setWaiting(true)
    await refused
    await expect(hold([exclusive('vm:1')])).rejects.toMatchObject({ code: 'operation.in-the-way' })
    held.setWaiting(false)
    const next = hold([exclusive('vm:1')])
    held.release()
    ;(await next).release()
  })

  it('gets back what it held before the engine started', async () => {
    const { table, hold } = createLocks()
    const held = table.retake([exclusive('vm:1')], 'vm.save (bob, web-01)')
    held.setWaiting(true)
    await expect(hold([exclusive('vm:1')])).rejects.toMatchObject({ code: 'operation.in-the-way' })
    held.release()
    ;(await hold([exclusive('vm:1')])).release()
  })
})
