import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decideStorageDomainStatus,
  type StorageDomainFacts,
} from '../../../../src/main/storage/decide-storage-domain-status.ts'

const USED: StorageDomainFacts = {
  isAttached: true,
  work: null,
  wishedActive: true,
  connections: ['connected', 'failed'],
  troubleMs: null,
  wasReached: true,
  patienceMs: 300_000,
}
const NONE_REACHES: Partial<StorageDomainFacts> = { connections: ['failed', 'failed'], troubleMs: 1_000 }

describe('the status of a storage domain', () => {
  test.each([
    ['an operation is at work', { work: 'locked', isAttached: false }, 'locked'],
    ['it is being taken out of use', { work: 'preparing-for-maintenance' }, 'preparing-for-maintenance'],
    ['it belongs to no datacenter', { isAttached: false, wishedActive: false }, 'unattached'],
    ['nobody wants it in use', { wishedActive: false, connections: [] }, 'maintenance'],
    ['any host reaches it', {}, 'active'],
    ['no host can be asked', { connections: [] }, 'unknown'],
    ['the first look is under way', { connections: ['connecting'], wasReached: false }, 'unknown'],
    ['it was lost a moment ago', NONE_REACHES, 'active'],
    ['it has been lost for longer than is waited', { ...NONE_REACHES, troubleMs: 300_000 }, 'inactive'],
    ['it was never reached since the engine started', { ...NONE_REACHES, wasReached: false }, 'inactive'],
  ] as const)('when %s', (_what, changes, status) => {
    expect(decideStorageDomainStatus({ ...USED, ...(changes as Partial<StorageDomainFacts>) })).toBe(status)
  })

  test('is active only where it is to be in use, and a host reaches it or did until a moment ago', () => {
    const anyFacts = fc.record({
      isAttached: fc.boolean(),
      work: fc.constantFrom(null, 'locked' as const, 'activating' as const, 'detaching' as const),
      wishedActive: fc.boolean(),
      connections: fc.array(fc.constantFrom('connected', 'connecting', 'failed', 'disconnected'), { maxLength: 4 }),
      troubleMs: fc.option(fc.nat(600_000)),
      wasReached: fc.boolean(),
      patienceMs: fc.integer({ min: 1_000, max: 300_000 }),
    }) as fc.Arbitrary<StorageDomainFacts>
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const status = decideStorageDomainStatus(facts)
        if (facts.work !== null) expect(status).toBe(facts.work)
        if (status !== 'active') return
        expect(facts.isAttached && facts.wishedActive && facts.work === null).toBe(true)
        const isReached = facts.connections.includes('connected')
        expect(isReached || (facts.wasReached && (facts.troubleMs ?? 0) < facts.patienceMs)).toBe(true)
      }),
    )
  })
})
