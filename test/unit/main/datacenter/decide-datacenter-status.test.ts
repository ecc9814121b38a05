import { describe, expect, test } from 'vitest'
import { decideActivation } from '../../../../src/main/datacenter/decide-activation.ts'
import {
  type AttachedDomain,
  decideDatacenterStatus,
} from '../../../../src/main/datacenter/decide-datacenter-status.ts'
import type { ClusterId, HostId, HostStatus } from '../../../../src/shared/domain/index.ts'

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
