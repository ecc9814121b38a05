import { expect, test } from 'vitest'
import { decideJobProgress } from '../../../../src/main/vm/commands/save.ts'

test.each([
  [{}, null],
  [{ data_total: 0n, data_remaining: 0n }, null],
  [{ data_total: 200n, data_remaining: 50n }, 0.75],
  [{ data_total: 0n, memory_total: 100n, memory_remaining: 100n }, 0],
  [{ data_total: 100n, data_remaining: 300n }, 0],
  [{ data_total: 100n }, 1],
])('%o is %s', (statistics, fraction) => {
  expect(decideJobProgress(statistics)).toBe(fraction)
})
