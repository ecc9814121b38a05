import { element, LABELS_NAMESPACE, LABELS_PREFIX, serializeXml } from '../../xml/index.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import { readPool } from '../procedures/storage.ts'
import type { SimulationClock } from '../simulation-clock.ts'
import { seedOf } from '../wave.ts'
import { createWorld, type SimulatedWorld } from '../world.ts'
import { DEMO_CLUSTERS, DEMO_NETWORKS, type DemoMachine, listDemoMachines } from './demo-plan.ts'

const LIBOSINFO = 'http://libosinfo.org/xmlns/libvirt/domain/1.0'
const IMAGES = '/var/lib/libvirt/images'

/** The hosts of the demo with their networks, their pools and their machines, most of which run. */
export function buildDemoWorld(clock?: SimulationClock): SimulatedWorld {
  const world = createWorld(clock)
  for (const { hosts } of DEMO_CLUSTERS) for (const spec of hosts) furnish(world.add(spec))
  for (const machine of listDemoMachines()) {
    const host = world.find(machine.host)?.host
    const made = host?.define(describeMachine(machine))
    if (host !== undefined && made !== undefined && machine.isRunning) host.start(made)
  }
  return world
}

function furnish(host: SimulatedHost): void {
  for (const { name, vlanId } of DEMO_NETWORKS) {
    const uuid = uuidOf(`${host.spec.address}/${name}`)
    const xml = `<network><name>${name}</name><uuid>${uuid}</uuid><forward mode='bridge'/><bridge name='br${vlanId}'/></network>\n`
    host.networks.set(uuid, { uuid, name, xml, isActive: true, isPersistent: true, autostart: true })
  }
  const uuid = uuidOf(`${host.spec.address}/images`)
  const pool = readPool(
    `<pool type='dir'><name>images</name><uuid>${uuid}</uuid><target><path>${IMAGES}</path></target></pool>`,
  )
  for (const [name, gib] of [
    ['debian-13-netinst.iso', 1],
    ['almalinux-10-dvd.iso', 8],
    ['ubuntu-24.04-server.iso', 3],
  ] as const) {
    pool.volumes.set(name, { name, path: `${IMAGES}/${name}`, format: 'iso', capacityBytes: gib * 1024 ** 3 })
  }
  host.pools.set(uuid, { ...pool, isActive: true, autostart: true })
}

/** A UUID that the same text always has. */
function uuidOf(text: string): string {
  const hex = [text, `${text}/2`].map((part) => seedOf(part).toString(16).padStart(8, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4000-8000-${hex.slice(12)}${hex.slice(0, 8)}`
}

/** Its disk is an image of a Ceph cluster, which all hosts reach: so it can move. */
function describeMachine({ name, uuid, role }: DemoMachine): string {
  const { operatingSystem, vcpus, memoryMiB, network, tags } = role
  const label = (name: string) => `${LABELS_PREFIX}:${name}`
  return serializeXml(
    element(
      'domain',
      { type: 'kvm' },
      element('name', {}, name),
      element('uuid', {}, uuid),
      element(
        'metadata',
        {},
        element(
          'libosinfo:libosinfo',
          { 'xmlns:libosinfo': LIBOSINFO },
          element('libosinfo:os', { id: operatingSystem }),
        ),
        tags.length > 0 &&
          element(
            label('labels'),
            { [`xmlns:${LABELS_PREFIX}`]: LABELS_NAMESPACE },
            tags.map((tag) => element(label('tag'), {}, tag)),
          ),
      ),
      element('memory', { unit: 'MiB' }, memoryMiB),
      element('vcpu', {}, vcpus),
      element('os', {}, element('type', { arch: 'x86_64', machine: 'q35' }, 'hvm'), element('boot', { dev: 'hd' })),
      element('features', {}, element('acpi'), element('apic')),
      element('cpu', { mode: 'host-model' }),
      element(
        'devices',
        {},
        element('emulator', {}, '/usr/bin/qemu-system-x86_64'),
        element(
          'disk',
          { type: 'network', device: 'disk' },
          element('driver', { name: 'qemu', type: 'raw', cache: 'none' }),
          element('source', { protocol: 'rbd', name: `vms/${name}` }, element('host', { name: 'ceph.demo.example' })),
          element('target', { dev: 'vda', bus: 'virtio' }),
        ),
        element('interface', { type: 'network' }, element('source', { network }), element('model', { type: 'virtio' })),
        element('serial', { type: 'pty' }, element('target', { port: 0 })),
        element('channel', { type: 'unix' }, element('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' })),
        element(
          'graphics',
          { type: 'vnc', port: -1, autoport: 'yes' },
          element('listen', { type: 'address', address: '127.0.0.1' }),
        ),
        element('video', {}, element('model', { type: 'virtio' })),
        element('memballoon', { model: 'virtio' }, element('stats', { period: 5 })),
      ),
    ),
  )
}
