import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CommandName } from '../../src/shared/contract/index.ts'
import type { HostId, HostPool, LibvirtNetwork } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { uploadVolume } from './disk-client.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { KIM, startVmBench, type VmBench } from './vm-bench.ts'

/** What an admin wrote who knows more of libvirt than this program. */
const BY_HAND = `<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
  <name>byhand</name>
  <metadata><note xmlns='urn:lab:note'>ours</note></metadata>
  <bridge name='virbr-hand' stp='on' delay='0'/>
  <dns><txt name='example' value='kept'/></dns>
  <ip address='10.98.1.1' netmask='255.255.255.0'>
    <dhcp><range start='10.98.1.100' end='10.98.1.120'/></dhcp>
  </ip>
  <dnsmasq:options><dnsmasq:option value='dhcp-option=42,10.98.1.1'/></dnsmasq:options>
</network>`

describe('the networks of a real host’s libvirt', () => {
  let lab: Lab
  let bench: VmBench
  let hostId: HostId

  const networks = async () =>
    (await bench.composed.engine.fetchTopic(KIM, { topic: 'host.libvirt-networks', key: hostId }, { waitMs: 30_000 }))
      .entities as readonly LibvirtNetwork[]
  const network = async (name: string) => (await networks()).find((each) => each.name === name)
  const seen = (what: string, name: string, check: (network: LibvirtNetwork | undefined) => boolean) =>
    waitFor(what, async () => {
      const found = await network(name)
      return check(found) ? { found } : undefined
    }).then(({ found }) => found)
  const xml = async (name: string, ...flags: string[]) => (await lab.host.virsh(['net-dumpxml', name, ...flags])).stdout

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    bench = await startVmBench()
    hostId = await bench.addHost(lab.host)
  })
  afterEach(async () => {
    await bench.stop()
    await lab.host.exec(
      'for n in $(virsh net-list --all --name | grep -v default); do virsh net-destroy $n; virsh net-undefine $n; done; true',
    )
  })

  test('are made, started, changed while they run, stopped and removed', async () => {
    const dhcp = { ranges: [{ start: '10.98.0.100', end: '10.98.0.120' }], hosts: [] }
    const { libvirtNetworkId } = await bench.call<{ libvirtNetworkId: string }>('libvirt-network.create', {
      hostId,
      name: 'lab',
      mode: 'nat',
      ipv4: { address: '10.98.0.1', prefix: 24, dhcp },
      ipv6: { address: 'fd98::1', prefix: 64 },
      domainName: 'lab.test',
    })
    const made = await network('lab')
    expect(made).toMatchObject({ id: libvirtNetworkId, isActive: true, autostart: true, mode: 'nat', pending: [] })
    expect(made?.bridgeName).toMatch(/^virbr\d+$/)
    expect((await lab.host.exec(`ip -o addr show ${made?.bridgeName}`)).stdout).toContain('10.98.0.1/24')

    const hosts = [{ macAddress: '52:54:00:98:00:01', name: 'web', address: '10.98.0.11' }]
    const range = { start: '10.98.0.150', end: '10.98.0.160' }
    const dns = { forwarders: [], hosts: [{ address: '10.98.0.11', names: ['www', 'web.lab.test'] }] }
    const one = { hostId, libvirtNetworkId }
    const live = await bench.call('libvirt-network.edit', {
      ...one,
      ipv4: { address: '10.98.0.1', prefix: 24, dhcp: { ranges: [range], hosts } },
      dns,
    })
    expect(live).toEqual({ pending: [] })
    const running = await xml('lab')
    expect(running).toContain("<host mac='52:54:00:98:00:01' name='web' ip='10.98.0.11'/>")
    expect(running).toContain("<range start='10.98.0.150' end='10.98.0.160'/>")
    expect(running).not.toContain('10.98.0.100')
    expect(running).toContain('<hostname>web.lab.test</hostname>')

    expect(await bench.call('libvirt-network.edit', { ...one, mtu: 1400, domainName: null })).toEqual({
      pending: ['domainName', 'mtu'],
    })
    expect((await network('lab'))?.pending).toEqual(['domainName', 'mtu'])
    await bench.call('libvirt-network.stop', one)
    expect(await bench.refusal('libvirt-network.stop', one)).toMatchObject({ code: 'libvirt-network.not-active' })
    await bench.call('libvirt-network.start', one)
    expect(await network('lab')).toMatchObject({ isActive: true, pending: [], mtu: 1400, domainName: null })
    await bench.call('libvirt-network.autostart', { ...one, enabled: false })
    expect((await lab.host.virsh(['net-info', 'lab'])).stdout).toMatch(/Autostart: +no/)
    await bench.call('libvirt-network.remove', one)
    expect((await lab.host.virsh(['net-list', '--all', '--name'])).stdout).not.toContain('lab')
    const lines = bench.trail(bench.hosts()[0]?.name ?? '')
    expect(lines.find(({ command }) => command === 'libvirt-network.remove')?.params).toMatchObject({ object: 'lab' })
  })

  test('keep what is not known here, are seen when virsh changes them, and are not taken from machines', async () => {
    await lab.host.exec(
      `cat > /tmp/net.xml <<'XML'\n${BY_HAND}\nXML\nvirsh net-define /tmp/net.xml && virsh net-start byhand`,
    )
    const found = await seen('virsh’s network is seen', 'byhand', (each) => each?.isActive === true)
    const one = { hostId, libvirtNetworkId: found?.id }
    const before = await xml('byhand', '--inactive')
    await bench.call('libvirt-network.edit', { ...one, bridgeName: 'virbr-mine' })
    const changed = (await xml('byhand', '--inactive')).replace('virbr-mine', 'virbr-hand')
    expect(changed).toBe(before)
    expect(before).toContain('dhcp-option=42')
    expect(await network('byhand')).toMatchObject({ pending: ['bridgeName'], ipv4: { prefix: 24 } })

    const guest = guestXml({ name: 'on-it' }).replace(
      '</devices>',
      "<interface type='network'><source network='byhand'/><mac address='52:54:00:98:01:09'/></interface></devices>",
    )
    await lab.host.defineVm(guest)
    await waitFor('the machine is known', () => bench.vm('on-it') !== undefined)
    expect(await bench.refusal('libvirt-network.remove', one)).toMatchObject({
      code: 'libvirt-network.used',
      params: { names: 'on-it', count: 1 },
    })
    // It does not run: stopping takes nothing from it.
    await bench.call('libvirt-network.stop', one)
    await lab.host.virsh(['net-undefine', 'byhand'])
    await seen('it is gone', 'byhand', (each) => each === undefined)
    expect(await bench.refusal('libvirt-network.start', one)).toMatchObject({ code: 'libvirt-network.not-found' })
  })

  test('are refused where they would collide, and leave nothing behind where libvirt refuses', async () => {
    const create = { hostId, name: 'one', mode: 'nat', ipv4: { address: '10.98.2.1', prefix: 24 } }
    await bench.call('libvirt-network.create', { ...create, bridgeName: 'virbr-one' })
    const refused = async (input: object) =>
      (await bench.refusal('libvirt-network.create', { ...create, ...input })).code
    expect(await refused({})).toBe('libvirt-network.name-taken')
    expect(await refused({ name: 'two' })).toBe('libvirt-network.subnet-overlaps')
    const own = lab.host.address.replace(/\d+$/, '254')
    expect(await refused({ name: 'two', ipv4: { address: own, prefix: 24 } })).toBe('libvirt-network.subnet-on-host')
    const free = { name: 'two', ipv4: { address: '10.98.3.1', prefix: 24 } }
    expect(await refused({ ...free, bridgeName: 'virbr-one' })).toBe('libvirt-network.bridge-taken')
    expect(await refused({ ...free, bridgeName: 'lo' })).toBe('libvirt-network.bridge-taken')
    expect(await refused({ name: 'two', mode: 'bridge', ipv4: null, bridgeName: 'br-none' })).toBe(
      'libvirt-network.bridge-missing',
    )
    // What nobody could see before: libvirt finds the route when it starts the network, and what was defined is gone again.
    await lab.host.exec('ip route add 10.98.3.0/24 dev lo')
    expect(await bench.refusal('libvirt-network.create', { ...create, ...free })).toMatchObject({
      code: 'libvirt-network.refused',
      params: { message: expect.stringContaining('already in use') },
    })
    expect((await networks()).map(({ name }) => name)).toEqual(['default', 'one'])
    await lab.host.exec('ip route del 10.98.3.0/24 dev lo')
  })

  test('and its storage pools are told with their volumes and who uses these; made, stopped and removed', async () => {
    const pools = async () =>
      (await bench.composed.engine.fetchTopic(KIM, { topic: 'host.pools', key: hostId }, { waitMs: 30_000 }))
        .entities as readonly HostPool[]
    const own = async () => (await pools()).find(({ name }) => name === 'own')
    const refusal = async (command: CommandName, input: object) => (await bench.refusal(command, input)).code
    const isThere = async (path: string) => (await lab.host.exec(`[ -e ${path} ] && echo yes || echo no`)).stdout.trim()
    const pool = { hostId, name: 'own', source: { type: 'dir', path: '/var/lib/own/volumes' } } as const
    try {
      // The folder above it is missing, and libvirt makes none: nothing is left.
      const deep = { ...pool, source: { type: 'fs', device: '/dev/nothing', path: '/var/lib/own' } } as const
      expect(await refusal('host-pool.create', deep)).toBe('host-pool.refused')
      expect(await own()).toBeUndefined()
      expect(await isThere('/var/lib/own')).toBe('no')

      await lab.host.exec('mkdir -p /var/lib/own')
      const { poolId } = await bench.call<{ poolId: string }>('host-pool.create', pool)
      const one = { hostId, poolId }
      expect(await own()).toMatchObject({
        id: poolId,
        type: 'dir',
        isActive: true,
        isPersistent: true,
        autostart: true,
        path: '/var/lib/own/volumes',
        storageDomain: null,
        volumeCount: 0,
      })
      expect(await refusal('host-pool.create', pool)).toBe('host-pool.name-taken')
      expect(await refusal('host-pool.create', { ...pool, name: 'other' })).toBe('host-pool.place-taken')

      const disk = { ...one, name: 'disk.qcow2', sizeBytes: 8 * 1024 ** 2 }
      expect(await bench.call('host-volume.create', disk)).toEqual({ path: '/var/lib/own/volumes/disk.qcow2' })
      expect(await refusal('host-volume.create', disk)).toBe('host-volume.name-taken')
      await bench.call('host-volume.create', { ...one, name: 'spare.img', sizeBytes: 1024 ** 2, format: 'raw' })
      await lab.host.exec('touch /var/lib/own/volumes/by-hand.img')
      await bench.call('host-pool.refresh', one)
      expect((await own())?.volumes.map(({ name }) => name)).toEqual(['by-hand.img', 'disk.qcow2', 'spare.img'])

      await lab.host.defineVm(
        guestXml({ name: 'on-it' }).replace(
          '</devices>',
          "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/var/lib/own/volumes/disk.qcow2'/><target dev='sdx' bus='sata'/></disk></devices>",
        ),
      )
      await waitFor('the machine is known', () => bench.vm('on-it') !== undefined)
      const used = await waitFor('who uses it is told', async () => {
        const found = (await own())?.volumes.find(({ name }) => name === 'disk.qcow2')
        return (found?.usedBy.length ?? 0) > 0 ? found : undefined
      })
      expect(used).toMatchObject({
        format: 'qcow2',
        capacityBytes: 8 * 1024 ** 2,
        usedBy: [{ name: 'on-it', isRunning: false }],
      })
      expect(await refusal('host-volume.remove', { ...one, name: 'disk.qcow2' })).toBe('host-volume.used')
      expect(await refusal('host-pool.remove', one)).toBe('host-pool.used')
      await bench.call('host-volume.remove', { ...one, name: 'spare.img' })
      expect(await isThere('/var/lib/own/volumes/spare.img')).toBe('no')
      expect(await refusal('host-volume.remove', { ...one, name: 'spare.img' })).toBe('host-volume.not-found')

      // What a client sends becomes a volume, as it is; what would have the host read a file of its own, and what breaks off, does not.
      const image = async (...args: string[]) => {
        const { stdout } = await lab.host.exec(`qemu-img create -q ${args.join(' ')} && base64 -w0 /tmp/sent`)
        return Buffer.from(stdout, 'base64')
      }
      const send = (name: string, bytes: Uint8Array, sizeBytes = bytes.length) => {
        async function* open(offset: number) {
          if (offset < bytes.length) yield { data: bytes.slice(offset) }
        }
        return uploadVolume(bench, { ...one, name, sizeBytes }, { open }).done
      }
      const sent = await image('-f qcow2 /tmp/sent 16M')
      await send('sent.qcow2', sent)
      const arrived = await waitFor('libvirt says what it is', async () =>
        (await own())?.volumes.find(({ name, format }) => name === 'sent.qcow2' && format === 'qcow2'),
      )
      expect(arrived.capacityBytes).toBe(16 * 1024 ** 2)
      const sum = (await lab.host.exec('sha256sum < /var/lib/own/volumes/sent.qcow2')).stdout.slice(0, 64)
      expect(sum).toBe(createHash('sha256').update(sent).digest('hex'))
      const hostile = await image('-f qcow2 -F raw -b /etc/shadow -u /tmp/sent 1M')
      await expect(send('hostile', hostile)).rejects.toMatchObject({ code: 'disk.image-refers-elsewhere' })
      await expect(send('short', sent, sent.length + 512)).rejects.toMatchObject({ code: 'disk.size-differs' })
      await expect(send('sent.qcow2', sent)).rejects.toMatchObject({ code: 'host-volume.name-taken' })
      expect((await own())?.volumes.map(({ name }) => name)).toEqual(['by-hand.img', 'disk.qcow2', 'sent.qcow2'])

      await bench.call('host-pool.stop', one)
      expect(await own()).toMatchObject({ isActive: false, volumes: [], capacityBytes: null })
      expect(await refusal('host-pool.stop', one)).toBe('host-pool.not-active')
      await bench.call('host-pool.autostart', { ...one, enabled: false })
      expect((await lab.host.virsh(['pool-info', 'own'])).stdout).toMatch(/Autostart: +no/)
      await bench.call('host-pool.start', one)
      await bench.call('host-pool.remove', { ...one, evenIfUsed: true })
      expect(await own()).toBeUndefined()
      expect(await isThere('/var/lib/own/volumes/disk.qcow2')).toBe('yes')
      expect(await refusal('host-pool.start', one)).toBe('host-pool.not-found')
      const lines = bench.trail(bench.hosts()[0]?.name ?? '')
      expect(lines.find(({ command }) => command === 'host-pool.remove')?.params).toMatchObject({ object: 'own' })
    } finally {
      await lab.host.exec('virsh pool-destroy own; virsh pool-undefine own; rm -rf /var/lib/own; true')
    }
    // Some twenty operations, each planned, recorded and read back: a busy machine takes a minute.
  }, 240_000)
})
