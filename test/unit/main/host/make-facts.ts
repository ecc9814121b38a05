import type { HostFacts } from '../../../../src/shared/domain/index.ts'

/** Facts of a host with everything, unless said otherwise. */
export function makeFacts(changes: Partial<HostFacts> = {}): HostFacts {
  return {
    hostName: 'node1',
    uuid: '00000001-0000-4000-8000-000000000001',
    libvirtVersion: '9.0.0',
    hypervisor: 'QEMU',
    hypervisorVersion: '7.2.0',
    architecture: 'x86_64',
    cpuModel: 'EPYC',
    cpuVendor: 'AMD',
    cpuMhz: 2_000,
    cpus: 4,
    numaNodes: 1,
    sockets: 1,
    coresPerSocket: 4,
    threadsPerCore: 1,
    memoryKiB: 8_388_608,
    domainTypes: ['kvm', 'qemu'],
    machineTypes: ['pc-q35-7.2'],
    ...changes,
  }
}
