import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decidePlacement } from '../../../../src/main/vm/decide-placement.ts'
import { HOST_A, HOST_B } from './make-model.ts'

const at = (hostId: typeof HOST_A, active: boolean, live: boolean) => ({
  hostId,
  active,
  live,
  waits: false,
})
const waiting = (hostId: typeof HOST_A) => ({ ...at(hostId, true, true), waits: true })

describe('a VM that two hosts define', () => {
  test.each([
    ['runs on the second', [at(HOST_A, false, true), at(HOST_B, true, true)], HOST_A, HOST_B],
    ['runs on neither: it stays where it was', [at(HOST_A, false, true), at(HOST_B, false, true)], HOST_B, HOST_B],
    ['ran last on a host that cannot be asked', [at(HOST_A, false, true), at(HOST_B, true, false)], HOST_A, HOST_B],
    [
      'is known to run on one, and ran on a lost one before',
      [at(HOST_A, true, true), at(HOST_B, true, false)],
      HOST_B,
      HOST_A,
    ],
    ['is on its way: the other host waits for its memory', [at(HOST_A, true, true), waiting(HOST_B)], HOST_A, HOST_A],
    ['has just arrived: the first still holds its copy', [waiting(HOST_A), at(HOST_B, true, true)], HOST_A, HOST_B],
    ['stands still on both, between leaving and arriving', [waiting(HOST_A), waiting(HOST_B)], HOST_A, HOST_A],
    ['was seen for the first time, one host lost', [at(HOST_A, false, false), at(HOST_B, false, true)], null, HOST_B],
  ])('%s', (_what, candidates, before, expected) => {
    const placement = decidePlacement(candidates, before)
    expect(placement?.hostId).toBe(expected)
    expect(placement?.alsoDefinedOn).toEqual([expected === HOST_A ? HOST_B : HOST_A])
    expect(placement?.runsOnSeveral).toEqual([])
  })

  test('is ambiguous when both run it', () => {
    expect(decidePlacement([at(HOST_B, true, true), at(HOST_A, true, true)], HOST_B)).toEqual({
      hostId: HOST_B,
      alsoDefinedOn: [HOST_A],
      runsOnSeveral: [HOST_A, HOST_B],
    })
  })
})

test('without a definition there is no place', () => {
  expect(decidePlacement([], HOST_A)).toBeNull()
})

test('a VM that runs somewhere known is never placed where it does not run, and the order of hosts does not matter', () => {
  const candidate = fc.record({
    hostId: fc.constantFrom('h1', 'h2', 'h3', 'h4'),
    active: fc.boolean(),
    live: fc.boolean(),
    waits: fc.boolean(),
  })
  const candidates = fc.uniqueArray(candidate, { selector: (each) => each.hostId, minLength: 1 })
  fc.assert(
    fc.property(candidates, fc.constantFrom('h1', 'h9', null), (list, before) => {
      const typed = list as unknown as Parameters<typeof decidePlacement>[0]
      const placement = decidePlacement(typed, before as typeof HOST_A | null)
      const chosen = typed.find((each) => each.hostId === placement?.hostId)
      if (typed.some((each) => each.active)) expect(chosen?.active).toBe(true)
      if (typed.some((each) => each.active && each.live)) expect(chosen?.live).toBe(true)
      expect(placement?.alsoDefinedOn).toHaveLength(list.length - 1)
      expect(decidePlacement([...typed].reverse(), before as typeof HOST_A | null)).toEqual(placement)
    }),
  )
})
