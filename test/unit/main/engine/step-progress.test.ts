import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideProgress, isCancellableFrom } from '../../../../src/main/engine/step-progress.ts'

const steps = [
  { key: 'copy', weight: 3, cancellable: true },
  { key: 'switch', weight: 1, cancellable: false },
]

describe('decideProgress', () => {
  it.each([
    [-1, 0, 0],
    [0, 0, 0],
    [0, 0.5, 0.375],
    [0, 7, 0.75],
    [1, 0, 0.75],
    [1, 1, 1],
    [2, 0, 1],
  ])('weighs step %i at %f as %f of the whole', (index, fraction, expected) => {
    expect(decideProgress(steps, { index, fraction })).toBeCloseTo(expected)
  })

  it('says nothing where there are no steps or no weights', () => {
    expect(decideProgress([], { index: 0, fraction: 1 })).toBeNull()
    expect(decideProgress([{ key: 'a', weight: 0, cancellable: false }], { index: 0, fraction: 1 })).toBeNull()
  })

  it('never goes back and stays within 0 and 1 on the way from start to end', () => {
    const weights = fc.array(fc.double({ min: 0.01, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(weights, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }), (all, fractions) => {
        const weighted = all.map((weight, index) => ({ key: String(index), weight, cancellable: false }))
        const ascending = [0, ...fractions].sort((left, right) => left - right)
        let before = 0
        for (const index of weighted.keys()) {
          for (const fraction of ascending) {
            const progress = decideProgress(weighted, { index, fraction }) ?? -1
            expect(progress).toBeGreaterThanOrEqual(before - 1e-9)
            expect(progress).toBeLessThanOrEqual(1)
            before = progress
          }
        }
        expect(decideProgress(weighted, { index: all.length - 1, fraction: 1 })).toBeCloseTo(1)
      }),
    )
  })
})

describe('isCancellableFrom', () => {
  it.each([
    [0, true],
    [1, false],
  ])('at step %i: %s', (index, expected) => {
    expect(isCancellableFrom(steps, index)).toBe(expected)
  })
})
