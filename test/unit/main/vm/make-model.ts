import { EntityTable, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import { emptyDefinition } from '../../../../src/main/hosts/domain-record.ts'
import type { DomainRecord } from '../../../../src/main/hosts/index.ts'
import {
  type ClusterId,
  defaultSettings,
  type HostId,
  type Vm,
  type VmId,
} from '../../../../src/shared/domain/index.ts'

export const HOST_A = 'aaaaaaaa-0000-4000-8000-000000000001' as HostId
export const HOST_B = 'bbbbbbbb-0000-4000-8000-000000000002' as HostId
export const CLUSTER = 'dddddddd-0000-4000-8000-000000000004' as ClusterId
export const VM_ID = 'cccccccc-0000-4000-8000-000000000003' as VmId

/** A domain of a test, running unless said otherwise. */
export function makeRecord(changes: Partial<DomainRecord> = {}): DomainRecord {
  return {
    uuid: VM_ID,
    name: 'web',
    state: 'running',
    reason: 'booted',
    persistent: true,
    autostart: false,
    hasManagedSave: false,
    hasSnapshots: false,
    definition: emptyDefinition('web', VM_ID),
    definitionError: null,
    pending: null,
    readAt: 1_000,
    ...changes,
  }
}

/** A VM of a test, up unless said otherwise. */
export function makeVm(changes: Partial<Vm> = {}): Vm {
  const { uuid: _uuid, ...definition } = emptyDefinition('web', VM_ID)
  return {
    ...definition,
    id: VM_ID,
    clusterId: CLUSTER,
    hostId: HOST_A,
    alsoDefinedOn: [],
    status: 'up',
    statusReason: null,
    statusSince: 0,
    statusSinceExact: true,
    lastStatus: null,
    persistent: true,
    autostart: false,
    hasManagedSave: false,
    hasSnapshots: false,
    asOf: 0,
    stale: false,
    problems: [],
    pending: [],
    ...changes,
  }
}

/** A model with the given VMs and no host. */
export function makeModel(...vms: readonly Vm[]): ModelSnapshot {
  return {
    now: 0,
    datacenters: new EntityTable(),
    clusters: new EntityTable(),
    hosts: new EntityTable(),
    vms: new EntityTable(vms.map((vm) => [vm.id, vm])),
    storageDomains: new EntityTable(),
    networks: new EntityTable(),
    vnicProfiles: new EntityTable(),
    disks: new EntityTable(),
    templates: new EntityTable(),
    tasks: new Map(),
    settings: defaultSettings,
  }
}
