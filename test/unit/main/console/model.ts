import { EntityTable, type Identity, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import type { Permission } from '../../../../src/shared/contract/index.ts'
import {
  defaultSettings,
  type Host,
  hostIdSchema,
  hostSchema,
  type Vm,
  vmIdSchema,
  vmSchema,
} from '../../../../src/shared/domain/index.ts'

export const vmId = vmIdSchema.parse('4dea22b3-1d52-48f3-9516-782e98ab3fa0')
export const hostId = hostIdSchema.parse('11111111-1111-4111-8111-111111111111')
const clusterId = '22222222-2222-4222-8222-222222222222'

/** A VM that runs with a VNC display and a serial port, with changes. */
export function makeVm(change: Partial<Vm> = {}): Vm {
  const vm = vmSchema.parse({
    id: vmId,
    clusterId,
    name: 'web-01',
    hostId,
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
    domainId: 1,
    title: null,
    description: null,
    operatingSystem: null,
    domainType: 'qemu',
    architecture: 'x86_64',
    machineType: 'q35',
    firmware: 'bios',
    cpuMode: null,
    vcpus: 1,
    maxVcpus: 1,
    memoryKiB: 1,
    maxMemoryKiB: 1,
    disks: [],
    nics: [],
    graphics: [
      {
        type: 'vnc',
        listen: 'address',
        address: '127.0.0.1',
        port: 5900,
        socket: null,
        passwordSet: false,
        keymap: null,
      },
    ],
    serialPorts: [{ alias: 'serial0', type: 'pty', target: 'isa-serial', canOpen: true }],
    hasSerialConsole: true,
    tags: [],
    folder: null,
    guestAgent: 'absent',
    asOf: 0,
    stale: false,
    problems: [],
    pending: [],
  })
  return { ...vm, ...change }
}

function makeHost(): Host {
  return hostSchema.parse({
    id: hostId,
    clusterId,
    revision: 1,
    name: 'kvm-01',
    transport: 'ssh',
    address: '192.0.2.1',
    port: 22,
    user: 'admin',
    authentication: 'agent',
    privateKeyPath: null,
    jumpHost: null,
    storageManagerPriority: 5,
    isStorageManager: false,
    libvirtMode: 'system',
    maintenance: null,
    power: null,
    status: 'up',
    statusSince: 0,
    statusError: null,
    nextAttemptAt: null,
    hostKey: null,
    facts: null,
    asOf: 0,
    stale: false,
    drivers: [],
    problems: [],
    pending: [],
    vmCount: 1,
    runningVmCount: 1,
  })
}

export function makeSnapshot(vm: Vm): ModelSnapshot {
  return {
    now: 0,
    datacenters: new EntityTable(),
    clusters: new EntityTable(),
    hosts: new EntityTable([[hostId, makeHost()]]),
    vms: new EntityTable([[vm.id, vm]]),
    storageDomains: new EntityTable(),
    networks: new EntityTable(),
    vnicProfiles: new EntityTable(),
    templates: new EntityTable(),
    disks: new EntityTable(),
    tasks: new Map(),
    settings: defaultSettings,
  }
}

export function makeIdentity(user: string, permissions: readonly Permission[] = ['vm.console']): Identity {
  return { user, role: 'test', permissions: new Set(permissions) }
}
