import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideActivation } from '../../../../src/main/datacenter/decide-activation.ts'
import {
  type AttachedDomain,
  decideDatacenterStatus,
} from '../../../../src/main/datacenter/decide-datacenter-status.ts'
import { type ClusterId, type HostId, type HostStatus, hostStatusSchema } from '../../../../src/shared/domain/index.ts'

const master = (status: AttachedDomain['status']): AttachedDomain => ({ type: 'data', isMaster: true, status })
const data: AttachedDomain = { type: 'data', isMaster: false, status: 'active' }
const iso: AttachedDomain = { type: 'iso', isMaster: false, status: 'active' }

describe('the status of a datacenter', () => {
  test.each([
    ['nothing is attached', [], 1, 'none', 'uninitialized'],
    ['only an ISO domain is', [iso], 1, 'chosen', 'uninitialized'],
    ['no data domain is the master', [data], 1, 'chosen', 'uninitialized'],
    ['its master was detached', [master('unattached')], 1, 'chosen', 'uninitialized'],
    ['its master is active', [master('active'), data], 2, 'chosen', 'up'],
    ['its master is in maintenance', [master('maintenance'), data], 2, 'none', 'maintenance'],
    ['its master is on the way there', [master('preparing-for-maintenance')], 2, 'chosen', 'maintenance'],
    ['its master is in maintenance and no host is up', [master('maintenance')], 0, 'none', 'maintenance'],
    ['its master is inactive', [master('inactive'), data], 2, 'chosen', 'non-responsive'],
    ['nobody knows of its master', [master('unknown')], 2, 'chosen', 'non-responsive'],
    ['its master is locked', [master('locked')], 2, 'chosen', 'non-responsive'],
    ['no host is up', [master('active')], 0, 'chosen', 'non-responsive'],
    ['its storage manager is being chosen', [master('active')], 2, 'contending', 'contend'],
    ['no host may be its storage manager', [master('active')], 2, 'none', 'not-operational'],
  ] as const)('when %s', (_what, domains, upHostCount, storageManager, status) => {
    expect(decideDatacenterStatus({ domains, upHostCount, storageManager })).toBe(status)
  })
})

describe('what activates a datacenter', () => {
  const A = 'a' as ClusterId
  const B = 'b' as ClusterId
  const host = (id: string, clusterId: ClusterId, status: HostStatus) => ({ id: id as HostId, clusterId, status })

  test.each([
    ['a cluster first', [], [], false, [false, false, false], ['create-cluster', null, null]],
    ['then a host', [A, B], [], false, [true, false, false], ['add-host', A, null]],
    ['that is up', [A], [host('h', A, 'connecting')], false, [true, false, false], ['waiting-host', A, 'h']],
    [
      'then a data domain, through that host',
      [A, B],
      [host('h', A, 'connecting'), host('i', B, 'up')],
      false,
      [true, true, false],
      ['create-data-domain', B, 'i'],
    ],
    ['and then nothing', [A], [host('h', A, 'up')], true, [true, true, true], null],
    [
      'a host again when the last is lost',
      [A],
      [host('h', A, 'error')],
      true,
      [true, false, true],
      ['waiting-host', A, 'h'],
    ],
  ] as const)('%s', (_what, clusterIds, hosts, hasDataDomain, done, next) => {
    const activation = decideActivation({ clusterIds, hosts, hasDataDomain })
    expect(activation.steps.map((step) => step.done)).toEqual(done)
    const { next: found } = activation
    expect(found === null ? null : [found.action, found.clusterId, found.hostId]).toEqual(next)
  })
})

describe('whatever happens to hosts and storage', () => {
  const anyDomain = fc.record({
    type: fc.constantFrom('data', 'iso', 'export'),
    isMaster: fc.boolean(),
    status: fc.constantFrom(
      'unattached',
      'locked',
      'maintenance',
      'preparing-for-maintenance',
      'activating',
      'active',
      'inactive',
      'detaching',
      'unknown',
    ),
  }) as fc.Arbitrary<AttachedDomain>

  test('a datacenter is up only with an active master, a host to ask, and a storage manager', () => {
    fc.assert(
      fc.property(
        fc.array(anyDomain, { maxLength: 4 }),
        fc.nat(3),
        fc.constantFrom('chosen', 'contending', 'none'),
        (domains, upHostCount, storageManager) => {
          const status = decideDatacenterStatus({ domains, upHostCount, storageManager })
          const masters = domains.filter(({ type, isMaster }) => type === 'data' && isMaster)
          if (masters.length === 0) expect(status).toBe('uninitialized')
          if (status === 'up' || status === 'contend' || status === 'not-operational') {
            expect(upHostCount).toBeGreaterThan(0)
            expect(masters.some((master) => master.status === 'active')).toBe(true)
            expect(status).toBe({ chosen: 'up', contending: 'contend', none: 'not-operational' }[storageManager])
          }
          // What no master says, nothing else makes up for: another domain changes nothing.
          const more: readonly AttachedDomain[] = [...domains, { type: 'export', isMaster: false, status: 'active' }]
          expect(decideDatacenterStatus({ domains: more, upHostCount, storageManager })).toBe(status)
        },
      ),
    )
  })

  test('there is a next step as long as something lacks, and never one that cannot be done', () => {
    const anyHost = fc.record({
      id: fc.constantFrom('h', 'i', 'j').map((id) => id as HostId),
      clusterId: fc.constantFrom('a', 'b').map((id) => id as ClusterId),
      status: fc.constantFrom(...hostStatusSchema.options),
    })
    fc.assert(
      fc.property(
        fc.subarray(['a', 'b'] as ClusterId[]),
        fc.array(anyHost),
        fc.boolean(),
        (ids, all, hasDataDomain) => {
          const hosts = all.filter(({ clusterId }) => ids.includes(clusterId))
          const { steps, next } = decideActivation({ clusterIds: ids, hosts, hasDataDomain })
          expect(next === null).toBe(steps.every(({ done }) => done))
          if (next === null) return
          if (next.clusterId !== null) expect(ids).toContain(next.clusterId)
          if (next.action === 'add-host') expect(hosts).toEqual([])
          if (next.action === 'waiting-host') expect(hosts.some(({ status }) => status === 'up')).toBe(false)
          if (next.hostId !== null) {
            expect(hosts.some(({ id, clusterId }) => id === next.hostId && clusterId === next.clusterId)).toBe(true)
          }
        },
      ),
    )
  })
})
