import { duplexPair } from 'node:stream'
import { type LibvirtConnection, type OpenOptions, openLibvirt } from '../../../../src/main/libvirt/index.ts'
import {
  createWorld,
  type HostSpec,
  openSimulatedRoute,
  type SimulatedWorld,
} from '../../../../src/main/simulation/index.ts'

/** A host like many others. */
export function aSpec(address: string, changes: Partial<HostSpec> = {}): HostSpec {
  return {
    address,
    uuid: `0e3f8a10-0000-4000-8000-${Buffer.from(address.padEnd(6, '-').slice(0, 6)).toString('hex')}`,
    processor: 'AMD EPYC 7313 16-Core Processor',
    cpuModel: 'EPYC-Milan',
    cpuVendor: 'AMD',
    cpuMhz: 3_000,
    sockets: 1,
    coresPerSocket: 16,
    threadsPerCore: 2,
    memoryKiB: 128 * 1024 * 1024,
    libvirtVersion: 11_003_000,
    qemuVersion: 9_002_000,
    ...changes,
  }
}

/** A world with hosts of these addresses. */
export function aWorld(...addresses: readonly string[]): SimulatedWorld {
  const world = createWorld()
  for (const address of addresses) world.add(aSpec(address))
  return world
}

/** A connection to the daemon of one of them. */
export function openDaemon(world: SimulatedWorld, address: string, options?: OpenOptions): Promise<LibvirtConnection> {
  const [ours, theirs] = duplexPair()
  world.find(address)?.serve(theirs)
  return openLibvirt(ours, options)
}

/** A machine with a screen, a serial port, a card and an agent. */
export function aMachineXml(name: string, uuid: string, memoryMiB = 1024): string {
  return `<domain type='kvm'><name>${name}</name><uuid>${uuid}</uuid><memory unit='MiB'>${memoryMiB}</memory><vcpu>2</vcpu>
    <os><type arch='x86_64' machine='q35'>hvm</type></os>
    <devices>
      <disk type='network' device='disk'><source protocol='rbd' name='vms/${name}'/><target dev='vda' bus='virtio'/></disk>
      <interface type='network'><source network='default'/><model type='virtio'/></interface>
      <serial type='pty'><target port='0'/></serial>
      <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
      <graphics type='vnc' port='-1' autoport='yes'/>
      <memballoon model='virtio'/>
    </devices></domain>`
}

export { openSimulatedRoute }
