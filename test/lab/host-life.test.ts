import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { encodeShellSize, encodeShellText } from '../../src/shared/contract/index.ts'
import type { Host, HostDetails, HostDevice, HostId, LogTail } from '../../src/shared/domain/index.ts'
import { FakeSocket } from '../unit/main/console/fake-socket.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { KIM, startVmBench, type VmBench } from './vm-bench.ts'

describe('the life of real hosts', () => {
  let lab: Lab
  let bench: VmBench
  let hostId: HostId

  beforeAll(async () => {
    lab = await startLab({ hosts: 2 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    bench = await startVmBench(undefined, { linkTiming: { keepalive: { intervalMs: 2_000, count: 5 } } })
    hostId = await bench.addHost(lab.host)
  })
  afterEach(async ({ task }) => {
    await bench.stop()
    if (task.result?.state !== 'fail') return
    // It may have left the host off, cut off, or with daemons that hang: the other tests begin with one that works.
    if ((await lab.host.countProcesses()) > 0) await lab.host.powerCut()
    await lab.host.powerOn()
  })

  const hostOf = (id: HostId, from = bench) => from.hosts().find((host) => host.id === id)
  const becomes = (status: Host['status'], id = hostId, from = bench) =>
    waitFor(`the host is ${status} (is ${hostOf(id, from)?.status})`, () => {
      const host = hostOf(id, from)
      return host?.status === status ? host : undefined
    })
  const runningVm = async (name: string) => {
    await lab.host.defineVm(guestXml({ name, boots: 'firmware' }))
    await lab.host.virsh(['start', name])
    return bench.seen(name, 'up')
  }

  test('maintenance waits for running VMs, takes no start, and outlives the engine', async () => {
    const vm = await runningVm('busy')
    expect(await bench.refusal('host.maintenance', { hostId })).toMatchObject({
      code: 'host.cannot-be-emptied',
      params: { count: 1, references: [{ kind: 'vm', id: vm.id, name: 'busy' }] },
    })
    expect(await bench.refusal('host.remove', { hostId })).toMatchObject({ code: 'host.not-removable' })
    await bench.call('vm.poweroff', { vmId: vm.id })
    await bench.call('host.maintenance', { hostId, reason: ' new disks ' })
    expect(await becomes('maintenance')).toMatchObject({ maintenance: { user: 'kim', reason: 'new disks' } })
    expect(await bench.refusal('vm.start', { vmId: vm.id })).toMatchObject({ code: 'host.in-maintenance' })
    expect(await bench.refusal('host.maintenance', { hostId })).toMatchObject({ code: 'host.wrong-status' })
    // virsh next door heeds no word of ours.
    await lab.host.virsh(['start', 'busy'])
    await becomes('preparing-for-maintenance')
    await lab.host.virsh(['destroy', 'busy'])
    await becomes('maintenance')
    await bench.composed.stop()
    const later = await startVmBench(bench.dataDir)
    try {
      await waitFor('it is reached', () => hostOf(hostId, later)?.stale === false)
      expect(await becomes('maintenance', hostId, later)).toMatchObject({ maintenance: { reason: 'new disks' } })
      await later.call('host.activate', { hostId })
      expect(await becomes('up', hostId, later)).toMatchObject({ maintenance: null })
      expect(await later.refusal('host.activate', { hostId })).toMatchObject({ code: 'host.wrong-status' })
      await later.call('vm.start', { vmId: vm.id })
    } finally {
      await later.composed.stop()
    }
  })

  test('one outage after the other, of sshd, its daemon and its network: each shows, and ends by itself', async () => {
    const vm = await runningVm('stays')
    // The only host of its datacenter manages its storage, and would be waited for longer.
    await bench.call('settings.set', {
      nonResponsiveAfterMs: 5_000,
      patienceStorageManagerMs: 0,
      connectTimeoutMs: 3_000,
    })
    const seen: Host['status'][] = []
    const { unsubscribe } = bench.composed.topics.subscribe({ topic: 'hosts' }, (frame) => {
      if (frame.t !== 'patch') return
      for (const host of frame.upsert) {
        const { status } = host as Host
        if (seen.at(-1) !== status) seen.push(status)
      }
    })
    const outage = async (begin: () => Promise<void>, end: () => Promise<void>) => {
      seen.splice(0, seen.length, 'up')
      await begin()
      await becomes('non-responsive')
      // Nobody knows what runs there, and nothing is said to have ended.
      expect(bench.vm('stays')).toMatchObject({ status: 'unknown', lastStatus: 'up' })
      expect(await bench.refusal('vm.poweroff', { vmId: vm.id })).toMatchObject({ code: 'vm.status-unknown' })
      expect(await bench.refusal('host.maintenance', { hostId })).toMatchObject({
        code: expect.stringMatching(/^host\./),
      })
      await end()
      await becomes('up')
      await bench.seen('stays', 'up')
      bench.composed.topics.flush()
      expect(seen.filter((status) => status !== 'initializing')).toEqual(['up', 'connecting', 'non-responsive', 'up'])
    }
    await outage(
      () => lab.host.killSshd(),
      () => lab.host.startSshd(),
    )
    await outage(
      () => lab.host.stopLibvirtd(),
      () => lab.host.contLibvirtd(),
    )
    await outage(
      () => lab.host.setLink('down'),
      () => lab.host.setLink('up'),
    )
    await bench.call('vm.poweroff', { vmId: vm.id })
    seen.splice(0, seen.length, 'up')
    await bench.call('host.maintenance', { hostId })
    // Out of use it stays, whatever becomes of it.
    await lab.host.killSshd()
    await waitFor('it is lost', () => hostOf(hostId)?.stale === true)
    await lab.host.startSshd()
    await waitFor('it is back', () => hostOf(hostId)?.stale === false)
    bench.composed.topics.flush()
    expect(seen).toEqual(['up', 'maintenance'])
    await bench.call('host.activate', { hostId })
    await becomes('up')
    unsubscribe()
  }, 240_000)

  test('many hosts at once are maintained, activated and removed, each with its own verdict', async () => {
    const second = await bench.addHost(lab.hosts[1] ?? lab.host)
    const hostIds = [hostId, second]
    await bench.call('host.maintenance', { hostId: second })
    expect(await bench.refusal('host.maintenance', { hostIds })).toMatchObject({
      code: 'batch.partly-failed',
      params: { failed: 1, total: 2 },
    })
    expect(bench.hosts().map(({ status }) => status)).toEqual(['maintenance', 'maintenance'])
    await bench.call('host.activate', { hostIds })
    await becomes('up', second)
    await bench.call('host.maintenance', { hostIds })
    await bench.call('host.remove', { hostIds })
    expect(bench.hosts()).toEqual([])
  })

  test('a reboot is a reboot until the host is back with another boot', async () => {
    const vm = await runningVm('cut')
    expect(await bench.refusal('host.reboot', { hostId })).toMatchObject({ code: 'host.has-running-vms' })
    const rebooted = bench.call('host.reboot', { hostId, withRunningVms: true })
    await lab.host.waitUntilOff()
    expect(await becomes('reboot')).toMatchObject({ power: { action: 'reboot', user: 'kim' } })
    await bench.seen('cut', 'unknown')
    expect(await bench.refusal('vm.start', { vmId: vm.id })).toMatchObject({ code: 'vm.status-unknown' })
    await lab.host.powerOn()
    await rebooted
    expect(await becomes('up')).toMatchObject({ power: null })
    await bench.seen('cut', 'down')
  })

  test('a host that does not come back in its time is said not to have; when it does, nothing is left of that', async () => {
    await bench.call('settings.set', { hostReturnMs: 5_000, nonResponsiveAfterMs: 5_000 })
    const refusal = bench.refusal('host.reboot', { hostId })
    await lab.host.waitUntilOff()
    expect(await refusal).toMatchObject({ code: 'host.not-back' })
    expect(hostOf(hostId)?.status).toMatch(/^(connecting|non-responsive)$/)
    expect(hostOf(hostId)?.problems).toMatchObject([{ error: { code: 'host.not-back' } }, {}])
    await lab.host.powerOn()
    await becomes('up')
    await waitFor('the wish is gone', () => hostOf(hostId)?.power === null)
    expect(hostOf(hostId)?.problems.map(({ error }) => error.code)).not.toContain('host.not-back')
  })

  test('a host that was shut down is down, its VMs unknown; switched on, it is up', async () => {
    await lab.host.defineVm(guestXml({ name: 'asleep', boots: 'firmware' }))
    await bench.seen('asleep', 'down')
    await bench.call('host.shutdown', { hostId })
    await lab.host.waitUntilOff()
    await becomes('down')
    expect(await bench.seen('asleep', 'unknown')).toMatchObject({ lastStatus: 'down' })
    await lab.host.powerOn()
    await becomes('up')
    await waitFor('the wish is gone', () => hostOf(hostId)?.power === null)
  })

  test('tells what it is made of and how it runs while somebody looks, and keeps that when it is lost, also for another engine', async () => {
    const fetch = async (topic: 'host.details' | 'host.devices', from = bench) =>
      (await from.composed.engine.fetchTopic(KIM, { topic, key: hostId }, { waitMs: 30_000 })).entities
    const level = (from = bench) => [...from.composed.topics.model().clusters.values()][0]?.cpu.model ?? undefined
    const model = await waitFor('the level of its cluster is found', () => level())
    const uname = (await lab.host.exec('uname -r')).stdout.trim()
    const [details] = (await fetch('host.details')) as readonly HostDetails[]
    expect(details).toMatchObject({ kernel: uname, hasShell: true, selinux: 'off' })
    expect(details?.uptimeSeconds).toBeGreaterThan(0)
    expect(details?.numaCells[0]?.memoryKiB).toBeGreaterThan(1_000_000)
    const devices = (await fetch('host.devices')) as readonly HostDevice[]
    const eth0 = devices.find(({ kind, name }) => kind === 'nic' && name === 'eth0')
    expect(eth0?.address).toBe((await lab.host.exec('cat /sys/class/net/eth0/address')).stdout.trim())
    // A daemon whose program was replaced while it runs.
    await lab.host.exec('cp /usr/sbin/virtlogd /run/new && mv /run/new /usr/sbin/virtlogd')
    await lab.host.killSshd()
    let next = bench
    onTestFinished(() => next.composed.stop())
    try {
      await becomes('connecting')
      expect((await fetch('host.details'))[0]).toEqual(details)
      expect(new Set(await fetch('host.devices'))).toEqual(new Set(devices))
      const { facts, asOf } = hostOf(hostId) ?? {}
      await bench.composed.stop()
      next = await startVmBench(bench.dataDir)
      // Nobody has reached it since: what is known of it is as old as it was.
      expect(hostOf(hostId, next)).toMatchObject({ facts, stale: true })
      expect(Math.abs((hostOf(hostId, next)?.asOf ?? 0) - (asOf ?? 0))).toBeLessThan(1_000)
      expect((await fetch('host.details', next))[0]).toEqual(details)
      expect(new Set(await fetch('host.devices', next))).toEqual(new Set(devices))
      expect(level(next)).toBe(model)
      const [cluster] = next.composed.topics.model().clusters.values()
      expect(cluster?.cpu.asOf).toBe(hostOf(hostId, next)?.asOf)
    } finally {
      await lab.host.startSshd()
    }
    await becomes('up', hostId, next)
    const [later] = (await fetch('host.details', next)) as readonly HostDetails[]
    expect(later?.restarts).toContainEqual({ kind: 'daemon', detail: 'virtlogd' })
  })

  test('shows the end of the logs of its daemons and of a machine’s QEMU, and what is added while somebody looks', async () => {
    await lab.host.defineVm(guestXml({ name: 'logged' }))
    const { id: vmId } = await bench.seen('logged', 'down')
    await bench.call('vm.start', { vmId })
    const path = '/var/log/libvirt/qemu/logged.log'
    const { entities } = await bench.composed.engine.fetchTopic(KIM, { topic: 'vm.log', key: vmId }, { waitMs: 30_000 })
    expect(entities).toMatchObject([{ source: path, obstacle: null, isCut: false }])
    expect((entities[0] as LogTail).text).toContain('-name guest=logged')
    await lab.host.exec(
      `printf 'disk \\033[2Jbroken\\n' >> ${path}; echo 'error : made up' >> /var/log/libvirt/libvirtd.log`,
    )
    const fetch = async (topic: 'vm.log' | 'host.log', key: string) =>
      ((await bench.composed.engine.fetchTopic(KIM, { topic, key }, { waitMs: 30_000 })).entities[0] as LogTail).text
    expect(await fetch('vm.log', vmId)).toContain('disk \ufffd[2Jbroken\n')
    expect(await fetch('host.log', hostId)).toContain('error : made up')
    await bench.call('vm.poweroff', { vmId })
  })

  test('a shell on the host takes keys and sizes, is hung up with its window, and is told of in the trail', async () => {
    const window = new FakeSocket()
    const type = (text: string) => window.type(encodeShellText(Buffer.from(text)))
    const shows = (text: string) => window.received.toString('utf8').includes(text)
    const isRunning = async () =>
      (await lab.host.exec('kill -0 $(cat /run/shell-pid)', { allowFailure: true })).code === 0
    const { ticket } = await bench.call<{ ticket: string }>('host.shell', { hostId, columns: 90, rows: 20 })
    bench.composed.consoles.attach(ticket, KIM, window)
    await waitFor('the shell is open', () => window.sent.length > 0)
    type('echo $$ > /run/shell-pid; echo size $(stty size)\n')
    await waitFor('it has the size that was asked for', () => shows('size 20 90'))
    window.type(encodeShellSize(120, 40))
    type('echo size $(stty size)\n')
    await waitFor('it has the new size', () => shows('size 40 120'))
    expect(await isRunning()).toBe(true)
    window.leave()
    await waitFor('it is hung up', async () => !(await isRunning()))
    const lines = () => bench.trail(lab.host.name).filter(({ command }) => command === 'host.shell')
    await waitFor('the end is in the trail', () => lines().at(-1)?.kind === 'host.shell-closed')
    expect(lines().map(({ kind, user }) => [kind, user])).toEqual([
      ['command.succeeded', 'kim'],
      ['host.shell-opened', 'kim'],
      ['host.shell-closed', 'kim'],
    ])
    const without = { ...KIM, permissions: new Set([...KIM.permissions].filter((each) => each !== 'host.shell')) }
    expect(await bench.composed.engine.dispatch(without, 'host.shell', { hostId })).toMatchObject({
      error: { code: 'command.forbidden' },
    })
  })

  test('a user who may not switch the host off is told the host’s own words, and nothing is wished of it', async () => {
    const [admin] = lab.host.users
    if (admin === undefined) throw new Error('the lab has an admin')
    await bench.call('host.edit', { hostId, user: admin.name, password: admin.password })
    await becomes('up')
    expect(await bench.refusal('host.reboot', { hostId })).toMatchObject({ code: 'host.power-refused' })
    expect(await becomes('up')).toMatchObject({ power: null })
  })
})
