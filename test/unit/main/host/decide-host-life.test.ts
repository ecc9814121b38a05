import { describe, expect, test } from 'vitest'
import { EntityTable } from '../../../../src/main/engine/index.ts'
import {
  decideActivate,
  decideMaintenance,
  decidePower,
  decideReady,
  decideRemove,
  decideReturners,
  decideTakesVms,
} from '../../../../src/main/host/decide-host-life.ts'
import type {
  Cluster,
  ClusterId,
  Host,
  StorageConnection,
  StorageDomain,
  Vm,
  VmId,
} from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { HOST_A, HOST_B, makeModel, makeVm } from '../vm/make-model.ts'
import { makeHost } from './make-host.ts'

const world = (host: Partial<Host>, ...vms: readonly Vm[]) => {
  const model = makeModel(...vms)
  return { ...model, hosts: new EntityTable([[HOST_A, makeHost({ id: HOST_A, ...host })]]) }
}
const maintenance = { since: 1, user: 'kim', reason: null }
const power = { action: 'reboot', since: 1, user: 'kim' } as const
const running = makeVm({ status: 'paused' })
const lost = (lastStatus: Vm['status']) => makeVm({ status: 'unknown', lastStatus })

describe('what may be done to a host', () => {
  test.each([
    ['nothing runs there', {}, [makeVm({ status: 'down' }), makeVm({ status: 'suspended' })], null],
    ['a VM is paused there that can be moved away', {}, [running], null],
    ['a VM ran there when it was last heard', { stale: true }, [lost('up')], 'host.has-running-vms'],
    ['nothing ran there when it was last heard', { stale: true }, [lost('down')], null],
    ['it is in maintenance', { maintenance, status: 'maintenance' }, [], 'host.wrong-status'],
  ] as const)('maintenance when %s', (_when, host, vms, code) => {
    const evacuees = vms.map((vm) => ({ vm, obstacle: null }))
    const wish = { evacuees, unmovable: 'refuse' } as const
    expect(decideMaintenance(world(host, ...vms), HOST_A, wish)?.code ?? null).toBe(code)
  })

  test('what cannot be moved away is named with what is in its way, unless it is to be left', () => {
    const obstacle = new AppError('migration.no-host', { name: 'web' })
    const evacuees = [
      { vm: running, obstacle },
      { vm: { id: 'other' as VmId, name: 'other' }, obstacle: null },
    ]
    const refusal = decideMaintenance(world({}, running), HOST_A, { evacuees, unmovable: 'refuse' })
    expect(refusal).toMatchObject({
      code: 'host.cannot-be-emptied',
      params: {
        count: 1,
        references: [{ kind: 'vm', name: 'web' }],
        refusals: [{ name: 'web', error: { code: 'migration.no-host' } }],
      },
    })
    expect(decideMaintenance(world({}, running), HOST_A, { evacuees, unmovable: 'leave' })).toBeNull()
  })

  test('those come back that were moved away and run on another host of the cluster', () => {
    const moved = (id: string, changes: Partial<Vm>) => makeVm({ id: id as VmId, name: id, hostId: HOST_B, ...changes })
    const vms = [
      moved('up', {}),
      moved('paused', { status: 'paused' }),
      moved('down', { status: 'down' }),
      moved('here', { hostId: HOST_A }),
      moved('far', { clusterId: 'dddddddd-0000-4000-8000-000000000009' as ClusterId }),
      moved('never', {}),
    ]
    const movedVmIds = ['up', 'paused', 'down', 'here', 'far', 'gone'] as VmId[]
    const model = world({ maintenance: { ...maintenance, movedVmIds } }, ...vms)
    expect(decideReturners(model, HOST_A).map(({ name }) => name)).toEqual(['up', 'paused'])
    expect(decideReturners(world({ maintenance }, ...vms), HOST_A)).toEqual([])
  })

  test.each([
    ['it is up with its storage', 'up', 'connected', true],
    ['it is up, and does not reach its storage', 'up', 'failed', true],
    ['its storage is being connected', 'up', 'connecting', false],
    ['nobody has asked it for its storage yet', 'up', null, false],
    ['it is still being connected', 'connecting', 'connected', false],
  ] as const)('machines are brought back when %s: %s, %s → %s', (_when, status, connected, isReady) => {
    const model = world({ status })
    const clusterId = model.hosts.get(HOST_A)?.clusterId as ClusterId
    const cluster = { id: clusterId, datacenterId: 'seoul' } as unknown as Cluster
    const connections = connected === null ? [] : [{ hostId: HOST_A, status: connected } as Partial<StorageConnection>]
    const domain = (id: string, domainStatus: string, of: readonly unknown[]) =>
      ({ id, datacenterId: 'seoul', status: domainStatus, connections: of }) as unknown as StorageDomain
    const domains = [domain('data', 'active', connections), domain('old', 'maintenance', [])]
    const whole = {
      ...model,
      clusters: new EntityTable([[clusterId, cluster]]),
      storageDomains: new EntityTable(domains.map((each) => [each.id, each])),
    }
    expect(decideReady(whole, HOST_A)).toBe(isReady)
  })

  test('the refusal names who stands in the way, and says whether that is known', () => {
    const refusal = decideMaintenance(world({ stale: true }, lost('up')), HOST_A, {
      evacuees: [],
      unmovable: 'leave',
    })
    expect(refusal?.params).toMatchObject({ hint: 'lost', count: 1, references: [{ kind: 'vm', name: 'web' }] })
  })

  test.each([
    ['it is up', {}, [], false, null],
    ['VMs run', {}, [running], false, 'host.has-running-vms'],
    ['VMs run, and that was said', {}, [running], true, null],
    ['it is this computer', { transport: 'local' }, [], false, 'host.needs-ssh'],
    ['nobody can ask it', { stale: true }, [], true, 'host.not-connected'],
    ['it was asked already', { power }, [], false, 'host.going-down'],
  ] as const)('a reboot when %s', (_when, host, vms, withRunningVms, code) => {
    expect(decidePower(world(host, ...vms), HOST_A, 'host.reboot', withRunningVms)?.code ?? null).toBe(code)
  })

  test.each([
    ['up', 'host.not-removable'],
    ['connecting', 'host.not-removable'],
    ['reboot', 'host.not-removable'],
    ['preparing-for-maintenance', 'host.not-removable'],
    ['maintenance', null],
    ['non-responsive', null],
    ['down', null],
    ['error', null],
  ] as const)('removal of one that is %s: %s', (status, code) => {
    expect(decideRemove(world({ status }), HOST_A)?.code ?? null).toBe(code)
  })

  test('an activation needs something to end', () => {
    expect(decideActivate(world({}), HOST_A)?.code).toBe('host.wrong-status')
    expect(decideActivate(world({ maintenance }), HOST_A)).toBeNull()
    expect(decideActivate(world({ power }), HOST_A)).toBeNull()
  })

  test('a VM is started on hosts in use only', () => {
    expect(decideTakesVms(makeHost({}))).toBeNull()
    expect(decideTakesVms(makeHost({ maintenance }))?.code).toBe('host.in-maintenance')
    expect(decideTakesVms(makeHost({ power }))?.code).toBe('host.going-down')
  })
})
