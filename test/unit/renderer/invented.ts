import type {
  AuditEvent,
  Capacity,
  Cluster,
  ClusterId,
  Datacenter,
  DatacenterId,
  Host,
  HostId,
  Population,
  Session,
  Task,
  TaskId,
  Vm,
  VmId,
  VmStatus,
} from '../../../src/shared/domain/index.ts'
import type { WireError } from '../../../src/shared/errors/index.ts'

/*
 * Invented entities for tests and for looking at pages without a host.
 */

/** A guid that depends only on its parts. */
export function guid(group: number, number: number): string {
  return `${group.toString(16).padStart(8, '0')}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}

const NOW = Date.now()

/** Where all invented hosts and VMs are, unless said otherwise. */
export const INVENTED_CLUSTER = guid(4, 1) as ClusterId
export const INVENTED_DATACENTER = guid(5, 1) as DatacenterId

const INVENTED_CAPACITY: Capacity = {
  cpus: 96,
  memoryKiB: 384 * 1_048_576,
  cpuUsedPercent: 38,
  memoryUsedKiB: 322 * 1_048_576,
  committedVcpus: 184,
  committedMemoryKiB: 520 * 1_048_576,
  runningVcpus: 120,
  runningMemoryKiB: 340 * 1_048_576,
}
const NOBODY: Population = { hostCount: 0, hostsByStatus: {}, vmCount: 0, vmsByStatus: {} }

export function inventDatacenter(number: number, change: Partial<Datacenter> = {}): Datacenter {
  return {
    id: guid(5, number) as DatacenterId,
    name: number === 1 ? 'Seoul' : `Datacenter ${number}`,
    description: '',
    storageType: 'shared',
    revision: 1,
    status: 'uninitialized',
    activation: {
      steps: [
        { step: 'cluster', done: true },
        { step: 'host', done: true },
        { step: 'data-domain', done: false },
      ],
      next: { action: 'create-data-domain', clusterId: INVENTED_CLUSTER, hostId: guid(1, 1) as HostId },
    },
    clusterCount: 1,
    capacity: INVENTED_CAPACITY,
    storageCapacity: { capacityBytes: 0, allocationBytes: 0, availableBytes: 0, provisionedBytes: 0 },
    storageManagerHostId: null,
    population: NOBODY,
    problems: [],
    problemCount: 0,
    ...change,
  }
}

export function inventCluster(number: number, change: Partial<Cluster> = {}): Cluster {
  return {
    id: guid(4, number) as ClusterId,
    datacenterId: INVENTED_DATACENTER,
    name: number === 1 ? 'production' : `cluster-${number}`,
    revision: 1,
    settings: {
      description: '',
      cpuModel: null,
      memoryOvercommitPercent: 150,
      ksm: 'across-numa-nodes',
      ballooning: true,
      diskAllocation: 'thin',
      migrationPolicy: 'minimal-downtime',
      macRange: { from: '56:6f:12:34:00:00', to: '56:6f:12:34:ff:ff' },
      machineType: 'auto',
      firmware: 'auto',
      consoleType: 'vnc',
    },
    architecture: 'x86_64',
    cpu: {
      source: 'detected',
      model: 'EPYC-Rome',
      vendor: 'AMD',
      extraFeatures: ['x2apic', 'invtsc'],
      lackingFeatures: [],
      knownModels: ['EPYC', 'EPYC-Rome', 'Opteron_G5', 'qemu64'],
      asOf: null,
      shortOf: [],
    },
    compatibility: {
      libvirtVersion: '9.0.0',
      libvirtHostId: guid(1, 1) as HostId,
      hypervisorVersion: '7.2.15',
      hypervisorHostId: guid(1, 1) as HostId,
      features: [
        { feature: 'emulated-tpm', offered: true, libvirt: '4.5.0', hypervisor: '2.11.0' },
        { feature: 'zero-copy-migration', offered: false, libvirt: '8.5.0', hypervisor: '7.1.0' },
      ],
    },
    freeMacAddresses: 65_321,
    capacity: INVENTED_CAPACITY,
    population: NOBODY,
    problems: [],
    problemCount: 0,
    ...change,
  }
}

export function inventHost(number: number, change: Partial<Host> = {}): Host {
  return {
    id: guid(1, number) as HostId,
    clusterId: INVENTED_CLUSTER,
    name: `node${number}.lab`,
    transport: 'ssh',
    address: `10.77.0.${10 + number}`,
    port: 22,
    user: 'root',
    authentication: 'key',
    privateKeyPath: '/home/admin/.ssh/id_ed25519',
    jumpHost: null,
    storageManagerPriority: 5,
    isStorageManager: false,
    libvirtMode: 'system',
    revision: 1,
    status: 'up',
    statusSince: NOW - 3_600_000,
    statusError: null,
    maintenance: null,
    power: null,
    nextAttemptAt: null,
    hostKey: { type: 'ssh-ed25519', fingerprint: 'SHA256:YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY' },
    facts: {
      hostName: `node${number}`,
      uuid: guid(9, number),
      libvirtVersion: '9.0.0',
      hypervisor: 'QEMU',
      hypervisorVersion: '7.2.15',
      architecture: 'x86_64',
      cpuModel: 'EPYC-Rome',
      cpuVendor: 'AMD',
      cpuMhz: 2_250,
      cpus: 32,
      numaNodes: 1,
      sockets: 1,
      coresPerSocket: 16,
      threadsPerCore: 2,
      memoryKiB: 128 * 1_048_576,
      domainTypes: ['kvm', 'qemu'],
      machineTypes: ['pc-q35-7.2', 'pc-i440fx-7.2'],
    },
    asOf: NOW,
    stale: false,
    drivers: [],
    problems: [],
    vmCount: 0,
    runningVmCount: 0,
    ...change,
  }
}

export function inventVm(number: number, hostId: HostId, change: Partial<Vm> = {}): Vm {
  const status: VmStatus = change.status ?? (number % 5 === 0 ? 'down' : 'up')
  const address = `10.77.0.${100 + (number % 100)}`
  return {
    id: guid(2, number) as VmId,
    clusterId: INVENTED_CLUSTER,
    name: `web-${String(number).padStart(2, '0')}`,
    hostId,
    alsoDefinedOn: [],
    statusReason: null,
    statusSince: NOW - 41 * 86_400_000,
    statusSinceExact: true,
    lastStatus: null,
    persistent: true,
    autostart: number % 3 === 0,
    hasManagedSave: false,
    hasSnapshots: false,
    domainId: status === 'up' ? number : null,
    title: null,
    description: null,
    operatingSystem: 'Debian 12',
    domainType: 'kvm',
    architecture: 'x86_64',
    machineType: 'pc-q35-7.2',
    firmware: 'uefi',
    cpuMode: 'host-passthrough',
    vcpus: 4,
    maxVcpus: 8,
    memoryKiB: 8 * 1_048_576,
    maxMemoryKiB: 16 * 1_048_576,
    disks: [
      {
        target: 'vda',
        bus: 'virtio',
        device: 'disk',
        sourceType: 'file',
        source: `/var/lib/libvirt/images/web-${number}.qcow2`,
        format: 'qcow2',
        readOnly: false,
      },
      {
        target: 'sda',
        bus: 'sata',
        device: 'cdrom',
        sourceType: null,
        source: null,
        format: 'raw',
        readOnly: true,
      },
    ],
    nics: [
      {
        macAddress: `52:54:00:61:72:${(number % 256).toString(16).padStart(2, '0')}`,
        model: 'virtio',
        type: 'network',
        source: 'default',
        hostDevice: status === 'up' ? `vnet${number}` : null,
        linkUp: true,
        addresses: status === 'up' ? [address, 'fe80::5054:ff:fe61:72af'] : [],
      },
    ],
    graphics: [
      {
        type: 'vnc',
        listen: 'address',
        address: '127.0.0.1',
        port: 5900 + number,
        socket: null,
        passwordSet: false,
        keymap: null,
      },
    ],
    serialPorts: [{ alias: 'serial0', type: 'pty', target: 'isa-serial', canOpen: true }],
    hasSerialConsole: true,
    tags: [],
    folder: null,
    guestAgent: status === 'up' ? 'connected' : 'absent',
    asOf: NOW,
    stale: false,
    problems: [],
    pending: [],
    ...change,
    status,
  } as Vm
}

export function inventError(code: WireError['code'], params: WireError['params'] = {}): WireError {
  return {
    code,
    params,
    retry: 'safe',
    correlationId: 'c-1234',
    technical: ['Error: connect ECONNREFUSED 10.77.0.13:22'],
  }
}

export function inventTask(number: number, vm: Vm, change: Partial<Task> = {}): Task {
  return {
    id: guid(3, number) as TaskId,
    order: 1_000 - number,
    command: 'vm.start',
    subject: { kind: 'vm', id: vm.id, name: vm.name },
    touches: [{ kind: 'vm', id: vm.id, name: vm.name }],
    status: 'succeeded',
    progress: 1,
    step: null,
    steps: [],
    rows: null,
    cancellable: false,
    cancelRequested: false,
    user: 'admin',
    queuedAt: NOW - number * 60_000,
    startedAt: NOW - number * 60_000,
    finishedAt: NOW - number * 60_000 + 1_400,
    error: null,
    answer: null,
    ...change,
  }
}

export function inventEvent(number: number, vm: Vm, change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: String(number),
    at: NOW - (100 - number) * 45_000,
    kind: 'vm.started',
    severity: 'info',
    subject: { kind: 'vm', id: vm.id, name: vm.name },
    hostId: vm.hostId,
    user: number % 2 === 0 ? 'admin' : null,
    command: null,
    params: {},
    error: null,
    correlationId: null,
    ...change,
  }
}

export const inventedSession: Session = {
  id: 'session',
  user: 'admin',
  role: 'SuperUser',
  shell: 'server',
  version: '0.1.0',
  dataDir: '/home/admin/.local/share/virtdeck',
  localSocket: '/run/libvirt/libvirt-sock',
  canSignOut: true,
  isSimulated: false,
}
