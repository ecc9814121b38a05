import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decideStorageManager,
  type ManagerCandidate,
} from '../../../../../src/main/storage/manager/decide-storage-manager.ts'
import type { HostId, HostStatus } from '../../../../../src/shared/domain/index.ts'

const host = (name: string, changes: Partial<Omit<ManagerCandidate, 'id'>> = {}): ManagerCandidate => ({
  id: name as HostId,
  status: 'up',
  priority: 5,
  isCutOff: false,
  ...changes,
})
const decide = (hosts: readonly ManagerCandidate[], current: string | null = null, random = 0) =>
  decideStorageManager(hosts, current as HostId | null, () => random)

describe('decideStorageManager', () => {
  it.each<[string, readonly ManagerCandidate[], string | null, ReturnType<typeof decide>['status'], string | null]>([
    ['nobody is there', [], null, 'none', null],
    ['the only one', [host('a')], null, 'chosen', 'a'],
    ['the highest priority', [host('a'), host('b', { priority: 7 }), host('c', { priority: 6 })], null, 'chosen', 'b'],
    ['-1 is never', [host('a', { priority: -1 }), host('b', { priority: 0 })], null, 'chosen', 'b'],
    ['-1 for all', [host('a', { priority: -1 })], null, 'none', null],
    [
      'who does it stays, though another has a higher priority',
      [host('a'), host('b', { priority: 9 })],
      'a',
      'chosen',
      'a',
    ],
    ['-1 ends it', [host('a', { priority: -1 }), host('b')], 'a', 'chosen', 'b'],
    ['silent for a while: waited for', [host('a', { status: 'connecting' }), host('b')], 'a', 'contending', 'a'],
    ['silent for long: another', [host('a', { status: 'non-responsive' }), host('b')], 'a', 'chosen', 'b'],
    [
      'going into maintenance: another',
      [host('a', { status: 'preparing-for-maintenance' }), host('b')],
      'a',
      'chosen',
      'b',
    ],
    ['removed: another', [host('b')], 'a', 'chosen', 'b'],
    ['not up: not chosen', [host('a', { status: 'connecting' })], null, 'none', null],
    ['cut off from the master: another', [host('a', { isCutOff: true }), host('b')], 'a', 'chosen', 'b'],
    ['all are cut off', [host('a', { isCutOff: true }), host('b', { isCutOff: true })], 'a', 'contending', null],
  ])('%s', (_, hosts, current, status, hostId) => {
    expect(decide(hosts, current)).toEqual({ status, hostId })
  })

  it('chooses at random among equals, each of them', () => {
    const hosts = [host('a'), host('b'), host('c'), host('d', { priority: 4 })]
    const chosen = [0, 0.34, 0.67, 0.999_999, 1].map((random) => decide(hosts, null, random).hostId)
    expect(chosen).toEqual(['a', 'b', 'c', 'c', 'c'])
  })

  it('never chooses one that is not up, that may not, or that is cut off; and leaves who does it', () => {
    const statuses: HostStatus[] = ['up', 'connecting', 'non-responsive', 'maintenance', 'error', 'initializing']
    const candidates = fc.array(
      fc.record({
        status: fc.constantFrom(...statuses),
        priority: fc.integer({ min: -1, max: 10 }),
        isCutOff: fc.boolean(),
      }),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(candidates, fc.nat(9), fc.double({ min: 0, max: 1, noNaN: true }), (all, at, random) => {
        const hosts = all.map((each, index) => host(`h${index}`, each))
        const current = `h${at}`
        const found = decide(hosts, current, random)
        const chosen = hosts.find(({ id }) => id === found.hostId)
        if (found.status === 'chosen') expect(chosen).toMatchObject({ status: 'up', isCutOff: false })
        if (chosen !== undefined) expect(chosen.priority).toBeGreaterThanOrEqual(0)
        const before = hosts.find(({ id }) => id === current)
        const stays = before?.status === 'up' && before.priority >= 0 && !before.isCutOff
        if (stays) expect(found.hostId).toBe(current)
        if (found.status === 'none')
          expect(hosts.some(({ status, priority }) => status === 'up' && priority >= 0)).toBe(false)
        expect(decide(hosts, found.hostId, random)).toEqual(found)
      }),
    )
  })
})
