import type { HostSpec } from '../host/host-spec.ts'

/** A cluster of the demo, and the hosts in it. */
export interface DemoCluster {
  readonly name: string
  readonly hosts: readonly HostSpec[]
}

/** What a machine of the demo is for, and how many there are of its kind. */
export interface DemoRole {
  readonly name: string
  readonly count: number
  readonly vcpus: number
  readonly memoryMiB: number
  /** libosinfo's id of its guest. */
  readonly operatingSystem: string
  readonly network: string
  readonly tags: readonly string[]
}

export const DEMO_DATACENTER = 'Demo'

/** Logical networks of the datacenter, and libvirt networks of the same names on each host. */
export const DEMO_NETWORKS = [
  { name: 'servers', vlanId: 110 },
  { name: 'dmz', vlanId: 120 },
  { name: 'lab', vlanId: 130 },
] as const

const EPYC: Omit<HostSpec, 'address' | 'uuid'> = {
  processor: 'AMD EPYC 7313 16-Core Processor',
  cpuModel: 'EPYC-Milan',
  cpuVendor: 'AMD',
  cpuMhz: 3_000,
  sockets: 2,
  coresPerSocket: 16,
  threadsPerCore: 2,
  memoryKiB: 256 * 1024 * 1024,
  libvirtVersion: 11_003_000,
  qemuVersion: 10_000_003,
}

const XEON: Omit<HostSpec, 'address' | 'uuid'> = {
  ...EPYC,
  processor: 'Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz',
  cpuModel: 'Cascadelake-Server-noTSX',
  cpuVendor: 'Intel',
  cpuMhz: 2_900,
  memoryKiB: 192 * 1024 * 1024,
}

/** Two clusters with six hosts. `.example` is no domain of anybody (RFC 2606). */
export const DEMO_CLUSTERS: readonly DemoCluster[] = [
  {
    name: 'Production',
    hosts: [1, 2, 3, 4].map((number) => ({
      ...EPYC,
      address: `kvm${number}.demo.example`,
      uuid: `d0d0d0d0-0001-4000-8000-00000000000${number}`,
    })),
  },
  {
    name: 'Staging',
    hosts: [5, 6].map((number) => ({
      ...XEON,
      address: `kvm${number}.demo.example`,
      uuid: `d0d0d0d0-0002-4000-8000-00000000000${number}`,
    })),
  },
]

const DEBIAN = 'http://debian.org/debian/13'
const UBUNTU = 'http://ubuntu.com/ubuntu/24.04'
const ALMA = 'http://almalinux.org/almalinux/10'
const WINDOWS = 'http://microsoft.com/win/2k25'

/** Of each cluster: together sixty. */
export const DEMO_ROLES: Readonly<Record<string, readonly DemoRole[]>> = {
  Production: [
    { name: 'web', count: 10, vcpus: 2, memoryMiB: 4_096, operatingSystem: DEBIAN, network: 'dmz', tags: ['shop'] },
    { name: 'app', count: 10, vcpus: 4, memoryMiB: 8_192, operatingSystem: ALMA, network: 'servers', tags: ['shop'] },
    { name: 'db', count: 6, vcpus: 8, memoryMiB: 16_384, operatingSystem: ALMA, network: 'servers', tags: ['data'] },
    { name: 'mail', count: 4, vcpus: 2, memoryMiB: 4_096, operatingSystem: DEBIAN, network: 'dmz', tags: [] },
    {
      name: 'files',
      count: 4,
      vcpus: 4,
      memoryMiB: 8_192,
      operatingSystem: WINDOWS,
      network: 'servers',
      tags: ['office'],
    },
    { name: 'monitor', count: 6, vcpus: 2, memoryMiB: 2_048, operatingSystem: UBUNTU, network: 'servers', tags: [] },
  ],
  Staging: [
    { name: 'build', count: 8, vcpus: 4, memoryMiB: 8_192, operatingSystem: UBUNTU, network: 'lab', tags: ['ci'] },
    { name: 'test', count: 8, vcpus: 2, memoryMiB: 4_096, operatingSystem: DEBIAN, network: 'lab', tags: ['ci'] },
    { name: 'stage', count: 4, vcpus: 2, memoryMiB: 4_096, operatingSystem: ALMA, network: 'servers', tags: ['shop'] },
  ],
}

/** One machine in so many is off, so that there is something to start. */
const OFF_ONE_IN = 6

export interface DemoMachine {
  readonly name: string
  readonly uuid: string
  /** The address of its host. */
  readonly host: string
  readonly isRunning: boolean
  readonly role: DemoRole
}

/** All machines, spread over the hosts of their cluster. Pure. */
export function listDemoMachines(): DemoMachine[] {
  const machines: DemoMachine[] = []
  for (const { name: cluster, hosts } of DEMO_CLUSTERS) {
    let place = 0
    for (const role of DEMO_ROLES[cluster] ?? []) {
      for (let number = 1; number <= role.count; number += 1) {
        const host = hosts[place % hosts.length]
        place += 1
        if (host === undefined) continue
        machines.push({
          name: `${role.name}-${String(number).padStart(2, '0')}`,
          uuid: `d0d0d0d0-1000-4000-8000-${machines.length.toString(16).padStart(12, '0')}`,
          host: host.address,
          isRunning: place % OFF_ONE_IN !== 0,
          role,
        })
      }
    }
  }
  return machines
}
