import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HostId, MigrationEstimate, MigrationVerdict, Vm } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import type { LabHost } from './host.ts'
import { type Lab, startLab } from './lab.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

const CHILD = fileURLToPath(new URL('./dying-engine.ts', import.meta.url))
/** What ifupdown has folders for. */
const HOOKS = ['if-pre-up.d', 'if-up.d', 'if-down.d', 'if-post-down.d', 'interfaces.d']
/** Slow enough that something can happen in the middle, whatever else this machine does. */
const SLOWLY = { bandwidthMiBs: 1 }

interface Moved {
  readonly hostId: HostId
  readonly downtimeMs: number | null
  readonly totalMs: number
}

describe('a running machine moves', () => {
  let lab: Lab
  let bench: VmBench
  let here: HostId
  let there: HostId
  let other: LabHost

  beforeAll(async () => {
    lab = await startLab({ hosts: 2 })
    other = lab.hosts[1] ?? lab.host
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    // One that a failed test left off must not fail those after it.
    if ((await other.countProcesses()) === 0) await other.powerOn()
    await Promise.all(lab.hosts.map((host) => host.resetVms()))
    bench = await startVmBench()
    here = await bench.addHost(lab.host)
    there = await bench.addHost(other)
  })
  afterEach(async () => {
    await bench.stop()
  })

  const running = async (name: string, options: Partial<Parameters<typeof guestXml>[0]> = {}) => {
    await lab.host.defineVm(guestXml({ name, boots: 'firmware', graphics: { kind: 'none' }, ...options }))
    await lab.host.virsh(['start', name])
    return bench.seen(name, 'up')
  }
  const states = async (name: string) =>
    Promise.all(
      lab.hosts.map(async (host) => {
        const { stdout, code } = await host.exec(`LC_ALL=C virsh domstate ${name}`, { allowFailure: true })
        return code === 0 ? stdout.trim() : 'none'
      }),
    )
  /** Exactly one copy, and the engine says where. */
  const isAt = async (vm: Vm, hostId: HostId) => {
    const [source, destination] = await states(vm.name)
    expect([source, destination]).toEqual(hostId === here ? ['running', 'none'] : ['none', 'running'])
    await waitFor(`${vm.name} is shown there`, () => {
      const seen = bench.vm(vm.name)
      return seen?.hostId === hostId && seen.status === 'up' && seen.alsoDefinedOn.length === 0 ? seen : undefined
    })
  }

  test('to another host and back, with its definition, and is one machine all the time', async () => {
    const vm = await running('wanders')
    const verdicts = await bench.call<{ hosts: MigrationVerdict[] }>('vm.can-migrate', { vmId: vm.id })
    expect(new Map(verdicts.hosts.map(({ hostId, verdict }) => [hostId, verdict]))).toEqual(
      new Map([
        [here, 'cannot'],
        [there, 'fits'],
      ]),
    )
    const seen = new Set<string>()
    const { unsubscribe } = bench.composed.topics.subscribe({ topic: 'vms' }, (frame) => {
      if (frame.t !== 'patch') return
      for (const entity of frame.upsert as Vm[]) {
        seen.add(entity.status)
        expect(entity.problems).toEqual([])
      }
      expect(frame.remove).toEqual([])
    })
    const way = { vmId: vm.id, hostId: there }
    // Nothing went there yet; what the guest writes to its own host has measured.
    expect(await bench.call<MigrationEstimate>('vm.migration-estimate', way)).toMatchObject({
      memoryMiB: expect.any(Number),
      dirtyMiBs: expect.any(Number),
      bandwidthFrom: null,
      seconds: null,
    })
    const [limited, other] = await Promise.all([
      bench.call<MigrationEstimate>('vm.migration-estimate', { ...way, bandwidthMiBs: 100_000 }),
      bench.call<MigrationEstimate>('vm.migration-estimate', { vmId: vm.id }),
    ])
    expect(other.dirtyMiBs, 'while another one measures').not.toBeNull()
    expect(limited).toMatchObject({ bandwidthMiBs: 100_000, bandwidthFrom: 'limit', converges: true, seconds: 1 })
    const moved = await bench.call<Moved>('vm.migrate', way)
    expect(moved).toMatchObject({ hostId: there, downtimeMs: expect.any(Number), totalMs: expect.any(Number) })
    await isAt(vm, there)
    unsubscribe()
    expect(seen).toContain('migrating-from')
    expect([...seen].filter((status) => !['up', 'migrating-from'].includes(status))).toEqual([])
    expect(bench.vm('wanders')).toMatchObject({ persistent: true })
    // Where nobody names one, the best host is taken.
    await bench.call<Moved>('vm.migrate', { vmId: vm.id })
    await isAt(vm, here)
    expect(bench.trail('wanders').map(({ kind }) => kind)).not.toContain('vm.stopped')

    // Into another cluster, where that one is named.
    const [{ datacenterId } = { datacenterId: '' }] = bench.composed.topics.model().clusters.values()
    const { clusterId } = await bench.call<{ clusterId: string }>('cluster.create', { datacenterId, name: 'far' })
    await bench.call('host.maintenance', { hostId: there })
    await waitFor('it is in maintenance', () => bench.hosts().find(({ id }) => id === there)?.status === 'maintenance')
    await bench.call('host.move', { hostId: there, clusterId })
    await bench.call('host.activate', { hostId: there })
    await waitFor('it is up', () => bench.hosts().find(({ id }) => id === there)?.status === 'up')
    expect(await bench.refusal('vm.migrate', { vmId: vm.id, hostId: there })).toMatchObject({
      code: 'migration.other-cluster',
    })
    await bench.call<Moved>('vm.migrate', { vmId: vm.id, clusterId })
    await isAt(vm, there)
    await waitFor('it belongs to that one', () => bench.vm('wanders')?.clusterId === clusterId)
  })

  test('away from a host that goes into maintenance, and back with it; what cannot is left where that is wished', async () => {
    const moves = await running('moves')
    const path = '/var/lib/libvirt/images/stays.raw'
    await lab.host.exec(`mkdir -p /var/lib/libvirt/images && truncate -s 1M ${path}`)
    const stays = await running('stays', {
      devices: `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>`,
    })
    const hostOf = (hostId: HostId) => bench.hosts().find(({ id }) => id === hostId)
    expect(await bench.refusal('host.maintenance', { hostId: here })).toMatchObject({
      code: 'host.cannot-be-emptied',
      params: { count: 1, references: [{ id: stays.id }], refusals: [{ error: { code: 'migration.local-disk' } }] },
    })
    expect(hostOf(here)).toMatchObject({ status: 'up', maintenance: null })
    await bench.call('host.maintenance', { hostId: here, unmovable: 'leave' })
    await isAt(moves, there)
    await isAt(stays, here)
    const waits = await waitFor('the host waits for the other one', () => {
      const host = hostOf(here)
      return host?.status === 'preparing-for-maintenance' && host.runningVmCount === 1 ? host : undefined
    })
    expect(waits.problems.map(({ error }) => error.code)).toContain('host.not-emptied')
    await bench.call('vm.poweroff', { vmId: stays.id })
    await waitFor('it is in maintenance', () => hostOf(here)?.status === 'maintenance')
    expect(bench.tasks().filter(({ command }) => command === 'host.maintenance')).toMatchObject([
      { status: 'succeeded', subject: { kind: 'host', id: here }, rows: { total: 2, succeeded: 2 } },
    ])
    await bench.call('host.activate', { hostId: here, bringBack: true })
    await isAt(moves, here)
    expect(hostOf(here)).toMatchObject({ status: 'up', maintenance: null })
  })

  /** On its way, and slow enough that something can be done to it: the memory of a booted Linux takes half a minute. */
  const onItsWay = async (name: string) => {
    const vm = await running(name, { boots: 'linux' })
    await waitFor('the guest has booted', async () =>
      (await lab.host.exec(`cat /var/log/libvirt/qemu/${name}-serial.log`)).stdout.includes('#'),
    )
    const ended = bench.refusal('vm.migrate', { vmId: vm.id, hostId: there, ...SLOWLY })
    await sending()
    return { vm, ended }
  }
  const sending = () =>
    waitFor('the memory is being sent', () => {
      const task = bench.tasks().find(({ command, status }) => command === 'vm.migrate' && status === 'running')
      const step = task?.steps.find(({ id }) => id === 'perform')
      return step?.phase === 'running' && task?.step?.key.startsWith('migrate-sending') === true ? task : undefined
    })

  test('a cancelled one runs on where it was, and nothing is left at the other host', async () => {
    const { vm, ended } = await onItsWay('stays')
    expect(bench.vm('stays')?.status).toBe('migrating-from')
    expect(await bench.refusal('vm.shutdown', { vmId: vm.id })).toMatchObject({ code: expect.any(String) })
    const task = await sending()
    await bench.call('task.cancel', { taskId: task.id })
    expect(await ended).toMatchObject({ code: 'task.cancelled' })
    await isAt(vm, here)
  })

  test('a paused guest arrives paused; one that was pulled from under its feet ends as it ended', async () => {
    const vm = await running('sleeps')
    await bench.call('vm.pause', { vmId: vm.id })
    await bench.call('vm.migrate', { vmId: vm.id, hostId: there })
    await waitFor('it is paused there', () => {
      const seen = bench.vm('sleeps')
      return seen?.hostId === there && seen.status === 'paused'
    })
    expect(await states('sleeps')).toEqual(['none', 'paused'])
    const { vm: pulled, ended } = await onItsWay('pulled')
    await lab.host.virsh(['destroy', 'pulled'])
    expect(await ended).toMatchObject({ code: expect.stringMatching(/^migration\.|^vm\./) })
    expect(await states('pulled')).toEqual(['shut off', 'none'])
    await bench.seen(pulled.name, 'down')
  })

  test('whatever is lost in the middle, one copy runs: the destination, or both connections', async () => {
    const cut = await onItsWay('outlives')
    await other.powerCut()
    expect(await cut.ended).toMatchObject({ code: 'migration.destination-lost' })
    const { stdout } = await lab.host.exec('LC_ALL=C virsh domstate outlives')
    expect(stdout.trim()).toBe('running')
    await other.powerOn()
    await waitFor('the other host is back', () => bench.hosts().find(({ id }) => id === there)?.status === 'up')
    await waitFor('nothing is open', () => bench.composed.topics.collection('operations').entities.size === 0)
    await isAt(cut.vm, here)
    const again = bench.refusal('vm.migrate', { vmId: cut.vm.id, hostId: there, ...SLOWLY })
    await sending()
    await Promise.all(lab.hosts.map((host) => host.killSshSessions()))
    expect(await again).toMatchObject({ code: expect.any(String) })
    await waitFor('nothing is open', () => bench.composed.topics.collection('operations').entities.size === 0)
    await waitFor('both hosts are back', () => bench.hosts().every(({ status }) => status === 'up'))
    await isAt(cut.vm, here)
    // And after all that it still can go.
    await bench.call('vm.migrate', { vmId: cut.vm.id, hostId: there })
    await isAt(cut.vm, there)
  }, 240_000)

  test('an engine that is killed at any write: the next one finds out, and one copy runs', async () => {
    const vm = await running('survives')
    await bench.composed.stop()
    const die = async (at: number, input: object) => {
      const child: ChildProcess = spawn(
        process.execPath,
        [CHILD, bench.dataDir, 'vm.migrate', JSON.stringify(input), String(at), 'after'],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      )
      const [, signal] = await once(child, 'close')
      return signal === 'SIGKILL'
    }
    let at = here
    // Twelve writes: two for each of its six steps, after the one that says that it waits.
    for (const write of [5, 7, 9, 10, 11, 12]) {
      const target = at === here ? there : here
      expect(await die(write, { vmId: vm.id, hostId: target })).toBe(true)
      const next = await startVmBench(bench.dataDir)
      try {
        await waitFor('nothing is open', () => next.composed.topics.collection('operations').entities.size === 0)
        const [first, second] = await waitFor('one of them has it', async () => {
          const both = await states('survives')
          return both.filter((state) => state === 'running').length === 1 ? both : undefined
        })
        expect(new Set([first, second])).toEqual(new Set(['none', 'running']))
        at = first === 'running' ? here : there
      } finally {
        await next.composed.stop()
      }
    }
    bench = await startVmBench(bench.dataDir)
  }, 300_000)

  test('what cannot go is refused before anything moves, and the other host is asked where nobody else knows', async () => {
    const vm = await running('rooted', {
      devices: `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/var/tmp/rooted.img'/><target dev='vda' bus='virtio'/></disk>`,
    }).catch(() => null)
    expect(vm).toBeNull()
    await lab.host.exec('truncate -s 1M /var/tmp/rooted.img /var/tmp/rooted.iso')
    await lab.host.virsh(['start', 'rooted'])
    const rooted = await bench.seen('rooted', 'up')
    expect(await bench.refusal('vm.migrate', { vmId: rooted.id, hostId: there })).toMatchObject({
      code: 'migration.local-disk',
      params: { path: '/var/tmp/rooted.img' },
    })
    expect(await bench.refusal('vm.migrate', { vmId: rooted.id })).toMatchObject({ code: 'migration.no-host' })
    const medium = await running('medium', {
      devices: `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='/var/tmp/rooted.iso'/><target dev='hdc' bus='ide'/><readonly/></disk>`,
    })
    const asked = await bench.call<{ hosts: MigrationVerdict[] }>('vm.can-migrate', { vmId: medium.id, hostId: there })
    expect(asked.hosts).toMatchObject([{ verdict: 'cannot', reasons: [{ code: 'migration.file-missing' }] }])
    expect(await bench.refusal('vm.migrate', { vmId: medium.id, hostId: there })).toMatchObject({
      code: 'migration.file-missing',
    })
    await isAt(medium, here)
    const twin = await running('twin')
    await other.defineVm(guestXml({ name: 'twin', boots: 'firmware', graphics: { kind: 'none' } }))
    await waitFor(
      'both are seen',
      () => [...bench.composed.topics.model().vms.values()].filter(({ name }) => name === 'twin').length === 2,
    )
    expect(await bench.refusal('vm.migrate', { vmId: twin.id, hostId: there })).toMatchObject({
      code: 'migration.taken',
    })
  })

  test('disks that only its host has are copied along and are gone here; a cancelled copy leaves nothing there', async () => {
    const path = '/var/lib/libvirt/images/carried.qcow2'
    const pattern = (verb: 'read' | 'write') => `qemu-io -f qcow2 -c '${verb} -P 0xa5 8M 4M' ${path}`
    const isThere = async (host: LabHost) => (await host.exec(`test -e ${path}`, { allowFailure: true })).code === 0
    await lab.host.exec(
      `mkdir -p /var/lib/libvirt/images && qemu-img create -q -f qcow2 ${path} 32M && ${pattern('write')}`,
    )
    const vm = await running('carries', {
      devices: `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>`,
    })
    const along = { vmId: vm.id, hostId: there, copyDisks: true }
    expect(await bench.refusal('vm.migrate', { vmId: vm.id, hostId: there })).toMatchObject({
      code: 'migration.local-disk',
    })
    await other.exec(`mkdir -p /var/lib/libvirt/images && touch ${path}`)
    expect(await bench.refusal('vm.migrate', along)).toMatchObject({ code: 'migration.disk-exists' })
    await other.exec(`rm ${path}`)

    const cancelled = bench.refusal('vm.migrate', { ...along, ...SLOWLY })
    await waitFor('its copy is filled', () => isThere(other))
    const task = await sending()
    await bench.call('task.cancel', { taskId: task.id })
    expect(await cancelled).toMatchObject({ code: 'task.cancelled' })
    await isAt(vm, here)
    expect([await isThere(lab.host), await isThere(other)]).toEqual([true, false])

    expect(await bench.call<Moved>('vm.migrate', along)).toMatchObject({ hostId: there })
    await isAt(vm, there)
    expect([await isThere(lab.host), await isThere(other)]).toEqual([false, true])
    await bench.call('vm.poweroff', { vmId: vm.id })
    await waitFor('it is down', () => bench.vm('carries')?.status === 'down')
    const { stdout } = await other.exec(pattern('read'))
    expect(stdout).toContain('read 4194304/4194304')
    expect(stdout).not.toContain('failed')
    await other.exec(`rm ${path}`)
  }, 240_000)

  test('one that is down goes as its definition, with the variables of its firmware; what is bound to its host stays', async () => {
    const path = '/var/lib/libvirt/qemu/nvram/rests_VARS.fd'
    const firmware = `<loader readonly='yes' type='pflash'>/usr/share/code.fd</loader><nvram>${path}</nvram>`
    const xml = guestXml({ name: 'rests', boots: 'firmware', graphics: { kind: 'none' } })
    await lab.host.defineVm(xml.replace('</os>', `${firmware}</os>`))
    await lab.host.exec(`mkdir -p ${path.slice(0, path.lastIndexOf('/'))} && head -c 540672 /dev/urandom > ${path}`)
    const digest = async (host: LabHost) =>
      (await host.exec(`sha256sum < ${path}`, { allowFailure: true })).stdout.trim()
    const before = await digest(lab.host)
    const vm = await bench.seen('rests', 'down')
    const isDownAt = (hostId: HostId) =>
      waitFor('it is shown there', () => {
        const seen = bench.vm('rests')
        return seen?.hostId === hostId && seen.status === 'down' && seen.autostart ? seen : undefined
      })
    await bench.call('vm.autostart', { vmId: vm.id, enabled: true })
    expect(await bench.call<Moved>('vm.migrate', { vmId: vm.id })).toEqual({ hostId: there })
    await isDownAt(there)
    expect(await states('rests')).toEqual(['none', 'shut off'])
    expect(await digest(other)).toBe(before)
    await expect(lab.host.exec(`test -e ${path}`)).rejects.toThrow()

    // An engine that dies between its two hosts leaves one definition, too.
    await bench.composed.stop()
    const left = spawn(
      process.execPath,
      [CHILD, bench.dataDir, 'vm.migrate', JSON.stringify({ vmId: vm.id, hostId: here }), '6', 'after'],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    expect((await once(left, 'close'))[1]).toBe('SIGKILL')
    bench = await startVmBench(bench.dataDir)
    await waitFor('nothing is open', () => bench.composed.topics.collection('operations').entities.size === 0)
    await waitFor(
      'one of them has it',
      async () => (await states('rests')).filter((state) => state === 'none').length === 1,
    )

    const device = `<filesystem type='mount'><source dir='/srv'/><target dir='served'/></filesystem>`
    await lab.host.defineVm(guestXml({ name: 'bound', boots: 'firmware', graphics: { kind: 'none' }, devices: device }))
    const bound = await bench.seen('bound', 'down')
    expect(await bench.refusal('vm.migrate', { vmId: bound.id, hostId: there })).toMatchObject({
      code: 'vm.bound-to-host',
      params: { what: 'folder' },
    })
    const asked = await bench.call<{ hosts: MigrationVerdict[] }>('vm.can-migrate', { vmId: bound.id, hostId: there })
    expect(asked.hosts).toMatchObject([{ verdict: 'cannot', reasons: [{ code: 'vm.bound-to-host' }] }])
    expect(await states('bound')).toEqual(['shut off', 'none'])
  }, 240_000)

  test('one that is down takes its local disks along, holes and all, over this computer; an engine that dies leaves nothing there', async () => {
    const folder = '/var/lib/libvirt/images/alone'
    const paths = [`${folder}/lone.qcow2`, `${folder}/lone.raw`] as const
    await lab.host.exec(
      [
        `mkdir -p ${folder}`,
        `qemu-img create -q -f qcow2 ${paths[0]} 1G && qemu-io -c 'write -P 0x5a 64M 4M' ${paths[0]} >/dev/null`,
        `truncate -s 64M ${paths[1]} && head -c 2M /dev/urandom | dd of=${paths[1]} bs=1M seek=40 conv=notrunc status=none`,
      ].join(' && '),
    )
    const disk = (path: string, format: string, target: string) =>
      `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='${target}' bus='virtio'/></disk>`
    const devices = disk(paths[0], 'qcow2', 'vda') + disk(paths[1], 'raw', 'vdb')
    await lab.host.defineVm(guestXml({ name: 'lone', boots: 'firmware', graphics: { kind: 'none' }, devices }))
    const vm = await bench.seen('lone', 'down')
    const digests = async (host: LabHost) => (await host.exec(`cd ${folder} && sha256sum *`)).stdout
    const listed = async (host: LabHost) => (await host.exec(`ls -A ${folder} 2>/dev/null || true`)).stdout.trim()
    const before = await digests(lab.host)
    expect(await bench.refusal('vm.migrate', { vmId: vm.id, hostId: there })).toMatchObject({
      code: 'migration.local-disk',
    })
    const along = { vmId: vm.id, hostId: there, copyDisks: true }
    expect(await bench.call<{ hosts: MigrationVerdict[] }>('vm.can-migrate', along)).toMatchObject({
      hosts: [{ verdict: 'warning', reasons: [{ code: 'migration.disk-copied' }, { code: 'migration.disk-copied' }] }],
    })

    // The copies have their names there, and nobody knows of it any more.
    await bench.composed.stop()
    const input = JSON.stringify(along)
    const left = spawn(process.execPath, [CHILD, bench.dataDir, 'vm.migrate', input, '5', 'before'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    expect((await once(left, 'close'))[1]).toBe('SIGKILL')
    bench = await startVmBench(bench.dataDir)
    await waitFor('nothing is open', () => bench.composed.topics.collection('operations').entities.size === 0)
    expect([await states('lone'), await listed(other)]).toEqual([['shut off', 'none'], ''])
    expect(await digests(lab.host)).toBe(before)

    await bench.seen('lone', 'down')
    expect(await bench.call<Moved>('vm.migrate', along)).toEqual({ hostId: there })
    expect(await states('lone')).toEqual(['none', 'shut off'])
    expect([await digests(other), await listed(lab.host)]).toEqual([before, ''])
    const { stdout } = await other.exec(`du -m --apparent-size ${paths[1]} && du -m ${paths[1]}`)
    const [apparentMiB = 0, takenMiB = 0] = stdout.split('\n').map((line) => Number.parseInt(line, 10))
    expect(apparentMiB).toBe(64)
    expect(takenMiB).toBeLessThan(16)
    await other.exec(`virsh undefine lone && rm -r ${folder}`)
  }, 240_000)

  test('over the migration network of the cluster, where both hosts have an address', async () => {
    for (const host of lab.hosts) {
      await host.exec(`mkdir -p ${HOOKS.map((name) => `/etc/network/${name}`).join(' ')} /run/network`)
      await host.exec('cat > /etc/network/interfaces', {
        input: `auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet static\n    address ${host.address}/24\n`,
      })
      await host.exec('ip address flush dev eth1')
    }
    const [management] = bench.composed.topics.model().networks.values()
    const { networkId } = await bench.call<{ networkId: string }>('network.create', {
      datacenterId: management?.datacenterId,
      name: 'migration',
      vmNetwork: false,
    })
    const clusterId = management?.clusters[0]?.clusterId
    await bench.call('cluster.attach-network', { clusterId, networkId, roles: ['migration'], required: false })
    const [ipv4, otherIpv4] = lab.hosts.map(({ migrationAddress: address }) => ({
      method: 'static',
      address,
      prefix: 24,
    }))
    await bench.call('host.setup-networks', { hostId: here, attachments: [{ networkId, nic: 'eth1', ipv4 }] })
    // The second one is set up as the first, with an address of its own; without one the role would not be served there.
    const copied = { fromHostId: here, hostIds: [there] }
    expect(await bench.refusal('host.copy-networks', copied)).toMatchObject({ code: 'network.role-needs-address' })
    const own = { networkId, ipv4: otherIpv4 }
    const plan = await bench.call<{ readonly commands: string[]; readonly refusals: unknown[] }>('host.plan-networks', {
      hostId: there,
      copied: { fromHostId: here, addresses: [own] },
    })
    expect(plan).toMatchObject({ refusals: [], commands: expect.arrayContaining(['ifup --force eth1']) })
    await bench.call('host.copy-networks', { ...copied, addresses: [{ hostId: there, ...own }] })

    // Changed next door on both: one after the other is set up again, and the first that cannot be is the last.
    await Promise.all(lab.hosts.map((host) => host.exec('ip address flush dev eth1')))
    await other.exec('ip link set dev eth1 down && ip link set dev eth1 name away1')
    expect(await bench.refusal('host.sync-networks', { networkId })).toMatchObject({ code: 'network.nic-missing' })
    expect((await lab.host.exec('ip -o -4 address show dev eth1')).stdout).toContain(lab.host.migrationAddress)
    await other.exec('ip link set dev away1 name eth1 && ip link set dev eth1 up')
    expect(await bench.call('host.sync-networks', { clusterId })).toEqual({ hostIds: [here, there] })
    expect((await other.exec('ip -o -4 address show dev eth1')).stdout).toContain(other.migrationAddress)

    const vm = await running('roams', { boots: 'linux' })
    await waitFor('the guest has booted', async () =>
      (await lab.host.exec('cat /var/log/libvirt/qemu/roams-serial.log')).stdout.includes('#'),
    )
    const sent = async () => {
      const { stdout } = await lab.host.exec(
        'cat /sys/class/net/eth0/statistics/tx_bytes /sys/class/net/eth1/statistics/tx_bytes',
      )
      const [management = 0, migration = 0] = stdout.trim().split('\n').map(Number)
      return { management, migration }
    }
    const before = await sent()
    await bench.call('vm.migrate', { vmId: vm.id, hostId: there })
    await isAt(vm, there)
    const after = await sent()
    // A booted Linux has written tens of MiB; what libvirt and ssh say beside it is a few hundred KiB.
    expect(after.migration - before.migration).toBeGreaterThan(10 * 1024 * 1024)
    expect(after.management - before.management).toBeLessThan((after.migration - before.migration) / 4)
  }, 240_000)

  test('disks on a storage domain that is proved to be shared go along', async () => {
    const folder = await lab.shareFolder({ path: '/vm-data' })
    const { datacenterId } = [...bench.composed.topics.model().clusters.values()][0] ?? { datacenterId: '' }
    await bench.call('storage.create', {
      datacenterId,
      name: 'data',
      type: 'data',
      storage: { kind: 'posix', path: folder.path },
    })
    await lab.host.exec(`qemu-img create -q -f qcow2 ${folder.path}/shared.qcow2 16M`)
    const vm = await running('shared', {
      devices: `<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='${folder.path}/shared.qcow2'/><target dev='vda' bus='virtio'/></disk>`,
    })
    await bench.call('vm.migrate', { vmId: vm.id, hostId: there })
    await isAt(vm, there)
    // Its storage is taken off a host in maintenance: it has to be back before the machine can be.
    await bench.call('host.maintenance', { hostId: there })
    await isAt(vm, here)
    await waitFor('the storage is off', () => {
      const [domain] = bench.composed.topics.model().storageDomains.values()
      return domain?.connections.every(({ hostId }) => hostId !== there)
    })
    await bench.call('host.activate', { hostId: there, bringBack: true })
    await isAt(vm, there)
  }, 240_000)
})
