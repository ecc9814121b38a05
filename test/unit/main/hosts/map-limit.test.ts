import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mapLimit } from '../../../../src/main/hosts/map-limit.ts'

test('gives every result in order and never runs more at once than allowed', async () => {
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

test('begins nothing more after a failure', async () => {
  const begun: number[] = []
  const work = async (item: number) => {
    begun.push(item)
    await Promise.resolve()
    if (item === 2) throw new Error('two')
  }
  await expect(mapLimit([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('two')
  expect(begun.length).toBeLessThan(6)
})
