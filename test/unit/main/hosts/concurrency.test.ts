import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mapLimit, onePlusOne } from '../../../../src/main/hosts/concurrency.ts'

test('mapLimit gives every result in order and never runs more at once than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), async (turns, limit) => {
      let running = 0
      let most = 0
      const results = await mapLimit(turns, limit, async (count) => {
        running += 1
        most = Math.max(most, running)
        for (let turn = 0; turn < count; turn += 1) await Promise.resolve()
        running -= 1
        return count * 2
      })
      expect(results).toEqual(turns.map((count) => count * 2))
      expect(most).toBeLessThanOrEqual(limit)
    }),
  )
})

test('mapLimit begins nothing more after a failure', async () => {
  const begun: number[] = []
  const work = async (item: number) => {
    begun.push(item)
    await Promise.resolve()
    if (item === 2) throw new Error('two')
  }
  await expect(mapLimit([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('two')
  expect(begun.length).toBeLessThan(6)
})

function makeWork() {
  const runs: PromiseWithResolvers<void>[] = []
  const ask = onePlusOne(() => {
    const run = Promise.withResolvers<void>()
    runs.push(run)
    return run.promise
  })
  return { ask, runs }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('onePlusOne: many requests during a run cause one more run, which the first one waits for', async () => {
  const { ask, runs } = makeWork()
  let ended = false
  const first = ask().then(() => {
    ended = true
  })
  await Promise.all([ask(), ask(), ask()])
  expect(runs).toHaveLength(1)
  runs[0]?.resolve()
  await turn()
  expect(runs).toHaveLength(2)
  expect(ended).toBe(false)
  runs[1]?.resolve()
  await first
  expect(runs).toHaveLength(2)
})

test('onePlusOne: after a failure it can be asked for again', async () => {
  const { ask, runs } = makeWork()
  const failed = ask()
  runs[0]?.reject(new Error('away'))
  await expect(failed).rejects.toThrow('away')
  const second = ask()
  runs[1]?.resolve()
  await second
})
