import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { askWireScript, parseTaken } from '../../src/main/network/on-host/ask-wire-script.ts'
import type { HostId, HostNetworks, Network } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import type { LabHost } from './host.ts'
import { type Lab, startLab } from './lab.ts'
import { KIM, startVmBench, type VmBench } from './vm-bench.ts'

const CHILD = fileURLToPath(new URL('./dying-engine.ts', import.meta.url))
/** The shortest time to confirm: hosts answer within a second here. */
const CONFIRM_MS = 10_000
/** What ifupdown does at boot. */
const BOOT = 'mkdir -p /run/network; ifup --force eth0; ifup --force eth1'
const HOOKS = ['if-pre-up.d', 'if-up.d', 'if-down.d', 'if-post-down.d', 'interfaces.d']

// A host is waited for until it goes back by itself.
vi.setConfig({ testTimeout: 300_000 })

describe('networks of a host with ifupdown', () => {
  let lab: Lab
  let host: LabHost
  let hostId: HostId
  let bench: VmBench
  const benches: VmBench[] = []

  const interfaces = () =>
    `# As somebody wrote it.\nauto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet static\n    address ${host.address}/24\n\nauto eth1\niface eth1 inet static\n    address ${host.migrationAddress}/24\n`

  beforeAll(async () => {
    // What is on disk outlives a power cut there, as on a host with a disk.
    lab = await startLab({ hosts: 1, host: { keptFolders: ['/etc/network', '/var/lib/virtdeck'] } })
    host = lab.host
  })
  afterAll(() => lab?.stop())
  beforeEach(async () => {
    await host.exec('cat > /run/interfaces', { input: interfaces() })
    await host.exec(
      [
        `mkdir -p ${HOOKS.map((name) => `/etc/network/${name}`).join(' ')}`,
        'rm -f /etc/network/interfaces.d/*; cp /run/interfaces /etc/network/interfaces',
        'ip link delete dev ovirtmgmt 2>/dev/null; ip address flush dev eth0; ip address flush dev eth1',
        BOOT,
      ].join('; '),
    )
    await host.setLink('up', 'lab1')
    bench = await startVmBench()
    benches.push(bench)
    hostId = await bench.addHost(host)
  })
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((each) => each.stop()))
  })

  const networks = (of: VmBench = bench): Network[] => {
    of.composed.topics.flush()
    return [...of.composed.topics.model().networks.values()]
  }
  const management = (): Network => {
    const found = networks().find(({ isManagement }) => isManagement)
    if (found === undefined) throw new Error('the datacenter has no management network')
    return found
  }

  /** A network that only hosts use, attached to the cluster. */
  const createMigration = async (): Promise<string> => {
    const { datacenterId, clusters } = management()
    const { networkId } = await bench.call<{ networkId: string }>('network.create', {
      datacenterId,
      name: 'migration',
      vmNetwork: false,
    })
    const clusterId = clusters[0]?.clusterId
    await bench.call('cluster.attach-network', { clusterId, networkId, roles: ['migration'], required: false })
    return networkId
  }
  const fixed = (address: string) => ({ method: 'static', address, prefix: 24 })
  const moved = (nic: string) => ({
    hostId,
    confirmMs: CONFIRM_MS,
    attachments: [{ networkId: management().id, nic, ipv4: fixed(host.address) }],
  })

  /** All that a host has of its network: files, addresses, routes, links. */
  const snapshot = async (): Promise<string> => {
    const { stdout } = await host.exec(
      'cd /etc/network; find . -type f | sort | while read -r f; do echo "$f $(stat -c %a:%u:%g "$f") $(sha256sum < "$f")"; done; ip -o link | sed "s/^[0-9]*: //; s/ qlen.*//" | sort; ip -o -4 address | sed "s/^[0-9]*: //" | sort; ip -4 route | sort',
    )
    return stdout
  }

  async function shown(of: VmBench = bench): Promise<HostNetworks> {
    const { entities } = await of.composed.engine.fetchTopic(KIM, { topic: 'host.networks', key: hostId })
    return entities[0] as HostNetworks
  }

  /** A machine's card is what its profile says, down to the host's tables; a profile that is edited reaches it while it runs. */
  async function plugIn(): Promise<void> {
    const { id: networkId, clusters } = management()
    const { vnicProfileId } = await bench.call<{ vnicProfileId: string }>('vnic-profile.create', {
      networkId,
      name: 'guarded',
    })
    const { vmId } = await bench.call<{ vmId: string }>('vm.create', {
      clusterId: clusters[0]?.clusterId,
      name: 'plugged',
      memoryMiB: 64,
      vcpus: 1,
      nics: [{ networkId }],
      consoles: { graphics: 'none' },
      start: true,
    })
    const card = () => bench.vm('plugged')?.nics[0]
    const stored = async () => (await host.virsh(['dumpxml', '--inactive', 'plugged'])).stdout
    const isFiltered = async () =>
      (await host.exec('ebtables -t nat -L')).stdout.includes(`libvirt-I-${card()?.hostDevice}`)
    await bench.seen('plugged', 'up')
    // The network alone: what came with it.
    await waitFor('its card is seen', () => typeof card()?.hostDevice === 'string')
    expect(card()).toMatchObject({ vnicProfile: { revision: 1 }, filter: 'no-mac-spoofing' })
    expect(await isFiltered()).toBe(true)
    const { macAddress } = card() ?? {}
    expect(await bench.call('vm.edit-nic', { vmId, macAddress, network: { vnicProfileId } })).toMatchObject({
      waiting: false,
    })
    await waitFor('it has the other one', () => card()?.vnicProfile?.id === vnicProfileId)
    expect(await bench.refusal('vnic-profile.remove', { vnicProfileId })).toMatchObject({
      code: 'vnic-profile.in-use',
      params: { references: [{ name: 'plugged' }] },
    })
    expect(await bench.refusal('vnic-profile.edit', { vnicProfileId, portMirroring: true })).toMatchObject({
      code: 'vnic-profile.not-carried-out',
    })
    await bench.call('vnic-profile.edit', { vnicProfileId, filter: null })
    await waitFor('the filter is gone', () => card()?.vnicProfile?.revision === 2 && card()?.filter === undefined)
    expect(await isFiltered()).toBe(false)
    expect(await stored()).not.toContain('filterref')
    // Where the kernel has no such queue, the limit is for the next start.
    const inbound = { averageKiBps: 1_000, peakKiBps: null, burstKiB: null }
    await bench.call('vnic-profile.edit', { vnicProfileId, qos: { inbound, outbound: null } })
    expect(await stored()).toContain("<inbound average='1000'/>")
    await waitFor(
      'it is limited, or will be',
      () =>
        card()?.qos?.inbound?.averageKiBps === 1_000 ||
        bench.vm('plugged')?.pending.some(({ what }) => what === 'limits') === true,
    )
    await bench.call('vm.poweroff', { vmId })
    await bench.seen('plugged', 'down')
    await bench.call('vm.remove', { vmId })
    await waitFor('it is gone', () => bench.vm('plugged') === undefined)
    await bench.call('vnic-profile.remove', { vnicProfileId })
  }

  test('are read with who keeps them, and with the NIC that carries our connection', async () => {
    const read = await shown()
    expect(read).toMatchObject({ manager: 'ifupdown', canManage: true, whyNot: null, attachments: [] })
    expect(read.nics.map(({ name, addresses, isOursForSsh }) => ({ name, addresses, isOursForSsh }))).toEqual([
      { name: 'eth0', addresses: [`${host.address}/24`], isOursForSsh: true },
      { name: 'eth1', addresses: [`${host.migrationAddress}/24`], isOursForSsh: false },
    ])
  })

  test('are asked for an IPv6 address that somebody else may have', async () => {
    const asked = ['fd78::9', 'fd78::8'].map((address) => ({ address, nic: 'ask0', vlanId: null }))
    const neighbour = [
      'unshare -n sleep 120 & peer=$!',
      'until [ "$(readlink /proc/$peer/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done',
      'ip link add ask0 type veth peer name ask1 netns $peer',
      "nsenter -t $peer -n sh -c 'ip link set ask1 up; ip -6 address add fd78::9/64 dev ask1 nodad'",
      'mac=$(nsenter -t $peer -n ip -o link show ask1 | sed "s/.*ether \\([0-9a-f:]*\\).*/\\1/")',
    ]
    const { stdout } = await host.exec(
      `${neighbour.join('\n')}\n(${askWireScript(asked)})\nkill $peer; ip link delete dev ask0; echo "neighbour $mac"`,
    )
    const mac = /neighbour (\S+)/.exec(stdout)?.[1]
    expect([...parseTaken(stdout)]).toEqual([[0, mac]])
  })

  test('go back by themselves when the management address is moved to a wrong NIC', async () => {
    // Behind the other NIC is nothing.
    await host.setLink('down', 'lab1')
    const before = await snapshot()
    expect(await bench.refusal('host.setup-networks', moved('eth1'))).toMatchObject({ code: 'network.not-reached' })
    await waitFor('the host is as it was', async () => (await snapshot()) === before, 60_000)
    expect((await shown()).attachments).toEqual([])
  })

  test.each([
    ['while it is applied', 8],
    ['before it is confirmed', 11],
  ])('are as they were when the engine is killed %s', async (_, at) => {
    const before = await snapshot()
    const { dataDir, composed } = bench
    const input = JSON.stringify(moved('eth0'))
    await composed.stop()
    const child = spawn(process.execPath, [CHILD, dataDir, 'host.setup-networks', input, String(at), 'before'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    // No engine: the host does it alone.
    if (at === 8) await waitFor('the host is as it was', async () => (await snapshot()) === before, 120_000)
    const next = await startVmBench(dataDir)
    benches.push(next)
    await waitFor('nothing is open', () => next.composed.topics.collection('operations').entities.size === 0, 120_000)
    await waitFor('the host is as it was', async () => (await snapshot()) === before, 120_000)
  })

  test('are set up, kept, seen to drift, and synced; what is wrong is refused before anything is changed', async () => {
    // A host is read so much the more often.
    await bench.call('settings.set', { networkPatienceMs: 1_000 })
    const migrationId = await createMigration()
    // Beside those of the lab's hosts.
    const ownAddress = host.migrationAddress.replace(/\d+$/, (last) => `${Number(last) + 100}`)
    const before = await snapshot()
    const attach = (networkId: string, nic: string, ipv4: object) => ({ networkId, nic, ipv4 })
    const refuse = async (...attachments: object[]) =>
      (await bench.refusal('host.setup-networks', { hostId, confirmMs: CONFIRM_MS, attachments })).code
    expect(await refuse(attach(migrationId, 'eth7', { method: 'dhcp' }))).toBe('network.nic-missing')
    expect(await refuse(attach(migrationId, 'eth1', { method: 'none' }))).toBe('network.role-needs-address')
    // The lab's bridge has it.
    expect(await refuse(attach(migrationId, 'eth1', fixed('10.78.0.1')))).toBe('network.address-in-use')
    expect(await snapshot()).toBe(before)

    const plan = await bench.call<{ commands: string[]; files: { path: string }[] }>('host.plan-networks', {
      hostId,
      attachments: [attach(migrationId, 'eth1', fixed(ownAddress))],
    })
    expect(plan.files.map(({ path }) => path).toSorted()).toEqual([
      '/etc/network/interfaces',
      '/etc/network/interfaces.d/virtdeck',
    ])
    expect(plan.commands).toContain('ifup --force eth1')
    expect(await snapshot()).toBe(before)

    await bench.call('host.setup-networks', {
      hostId,
      confirmMs: 60_000,
      attachments: [
        attach(management().id, 'eth0', fixed(host.address)),
        attach(migrationId, 'eth1', fixed(ownAddress)),
      ],
    })
    const read = await shown()
    expect(read.attachments.map(({ nic, status, differences }) => ({ nic, status, differences }))).toEqual([
      { nic: 'eth0', status: 'in-sync', differences: [] },
      { nic: 'eth1', status: 'in-sync', differences: [] },
    ])
    expect(read.bridges).toMatchObject([
      { name: 'ovirtmgmt', ports: ['eth0'], addresses: [`${host.address}/24`], isOursForSsh: true },
    ])
    expect((await host.exec('cat /etc/network/interfaces')).stdout).toContain('#virtdeck# iface eth0 inet static')
    await waitFor('the networks are operational', () =>
      networks().every(({ clusters }) => clusters[0]?.status === 'operational'),
    )

    await plugIn()

    // Somebody changes it next door.
    await host.exec('ip address flush dev eth1; ip address add 10.78.0.250/24 dev eth1')
    await waitFor('the drift is seen', async () =>
      (await shown()).attachments.some(
        ({ status, differences }) => status === 'out-of-sync' && differences[0]?.actual === '10.78.0.250/24',
      ),
    )
    expect(await bench.call('host.sync-networks', { hostId, confirmMs: 60_000 })).toEqual({ hostIds: [hostId] })
    expect((await shown()).attachments.map(({ status }) => status)).toEqual(['in-sync', 'in-sync'])

    // A required network whose cable is out for longer than the patience takes its host out of use until it is in again. Nobody looks.
    const use = { clusterId: management().clusters[0]?.clusterId, networkId: migrationId, roles: ['migration'] }
    await bench.call('cluster.attach-network', { ...use, required: true })
    const seen = () => bench.hosts().find(({ id }) => id === hostId)
    const missing = () => networks().find(({ id }) => id === migrationId)?.clusters[0]?.missingHostIds
    await host.setLink('down', 'lab1')
    await waitFor('the host is out of use', () => seen()?.status === 'non-operational', 120_000)
    expect(seen()?.statusError).toMatchObject({ code: 'network.host-misses', params: { name: 'migration' } })
    expect(missing()).toEqual([hostId])
    await host.setLink('up', 'lab1')
    await waitFor('the host is back', () => seen()?.status === 'up' && missing()?.length === 0, 120_000)
    await bench.call('cluster.attach-network', { ...use, required: false })

    expect(
      await bench.refusal('host.setup-networks', { hostId, removed: { networkIds: [management().id] } }),
    ).toMatchObject({ code: 'network.carries-our-connection' })
    // Taken off, the NIC has no address any more.
    await bench.call('host.setup-networks', { hostId, confirmMs: 60_000, removed: { networkIds: [migrationId] } })
    expect((await host.exec('ip -o -4 address show dev eth1')).stdout).toBe('')
    expect((await shown()).attachments).toHaveLength(1)
  })
})
