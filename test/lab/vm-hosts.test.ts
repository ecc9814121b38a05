import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HostCheck } from '../../src/shared/contract/index.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

describe('hosts, through the engine', () => {
  let lab: Lab
  let bench: VmBench

  beforeAll(async () => {
    lab = await startLab({ hosts: 2, perHost: { 2: { libvirt: 'absent' } } })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    bench = await startVmBench()
  })
  afterEach(async () => {
    await bench.stop()
  })

  const reach = () => {
    const { address, user, privateKeyPath } = lab.host
    return { address, user, privateKeyPath }
  }
  /** The inventory's file with what is still in its log. */
  const inventoryBytes = async () => {
    const names = (await readdir(bench.dataDir)).filter((name) => /^inventory\.db(-wal)?$/.test(name))
    return Buffer.concat(await Promise.all(names.map((name) => readFile(join(bench.dataDir, name)))))
  }
  const knownHosts = () => readFile(join(bench.dataDir, 'known_hosts'), 'utf8').catch(() => '')

  test('a second editor is told what changed meanwhile', async () => {
    const hostId = await bench.addHost(lab.host)
    const [host] = bench.hosts()
    expect(host?.revision).toBe(1)
    await bench.call('host.edit', { hostId, name: 'renamed', revision: 1 })
    await waitFor('the new revision', () => bench.hosts()[0]?.revision === 2)
    expect(await bench.refusal('host.edit', { hostId, name: 'mine', revision: 1 })).toMatchObject({
      code: 'host.changed-meanwhile',
      params: { name: 'renamed', fields: 'name', users: 'kim' },
    })
    await bench.call('host.edit', { hostId, name: 'mine', revision: 2 })
  })

  test('without a confirmed key a host is refused with its key, and nothing is stored', async () => {
    const error = await bench.refusal('host.add', reach())
    expect(error).toMatchObject({
      code: 'ssh.host-key-unknown',
      params: { keyType: 'ssh-ed25519', fingerprint: lab.host.hostKeyFingerprint },
    })
    expect(bench.hosts()).toEqual([])
    expect(await knownHosts()).toBe('')
  })

  test('with its key it is added: named, up, its VMs in the reply, its key pinned', async () => {
    await lab.host.defineVm(guestXml({ name: 'there', boots: 'firmware' }))
    await bench.addHost(lab.host)
    expect(bench.vm('there')?.status).toBe('down')
    expect(bench.hosts()).toEqual([
      expect.objectContaining({
        name: lab.host.name,
        status: 'up',
        stale: false,
        vmCount: 1,
        hostKey: { type: 'ssh-ed25519', fingerprint: lab.host.hostKeyFingerprint },
      }),
    ])
    expect(await knownHosts()).toContain(lab.host.address)
    expect(await bench.refusal('host.add', { ...reach(), hostKey: lab.host.hostKeyFingerprint })).toMatchObject({
      code: 'host.already-added',
    })
  })

  test('the same machine under another address is refused', async () => {
    await bench.addHost(lab.host)
    await waitFor('the facts', () => bench.hosts()[0]?.facts)
    const input = { ...reach(), address: lab.host.migrationAddress, hostKey: lab.host.hostKeyFingerprint }
    expect(await bench.refusal('host.add', input)).toMatchObject({ code: 'host.same-machine' })
    // The check says so, too, before anybody wants to add it.
    const { checks } = await bench.call<{ checks: HostCheck[] }>('host.check', input)
    expect(checks.at(-1)).toMatchObject({ check: 'duplicate', outcome: 'failed', error: { code: 'host.same-machine' } })
    expect(await bench.refusal('host.check', reach())).toMatchObject({ code: 'host.already-added' })
    expect(bench.hosts()).toHaveLength(1)
    expect(await knownHosts()).not.toContain(lab.host.migrationAddress)
  })

  test('a wrong password, and a user who may not manage, are told apart; neither leaves a trace', async () => {
    const [admin, visitor] = lab.host.users
    if (admin === undefined || visitor === undefined) throw new Error('the lab has two users')
    const base = { address: lab.host.address, hostKey: lab.host.hostKeyFingerprint }
    const wrong = { ...base, user: admin.name, password: 'not-the-password' }
    const error = await bench.refusal('host.add', wrong)
    expect(error.code).toBe('ssh.authentication-failed')
    expect(JSON.stringify(error)).not.toContain('not-the-password')
    const stranger = await bench.refusal('host.add', { ...base, user: visitor.name, password: visitor.password })
    expect(stranger).toMatchObject({
      code: 'host.libvirt-permission',
      params: { user: visitor.name, group: 'libvirt' },
    })
    expect(await knownHosts()).toBe('')
    await bench.call('host.add', { ...base, user: admin.name, password: admin.password })
    expect(bench.hosts()[0]).toMatchObject({ authentication: 'password', status: 'up', user: admin.name })
    const bytes = await inventoryBytes()
    expect(bytes.includes(admin.name)).toBe(true)
    expect(bytes.includes(admin.password)).toBe(false)
  })

  test('checks show what passed and what did not', async () => {
    const checked = await bench.call<{ checks: HostCheck[]; hostKey: unknown }>('host.check', reach())
    expect(checked.hostKey).toEqual({ type: 'ssh-ed25519', fingerprint: lab.host.hostKeyFingerprint })
    expect(checked.checks.find((check) => check.check === 'host-key')?.outcome).toBe('failed')
    const confirmed = await bench.call<{ checks: HostCheck[] }>('host.check', {
      ...reach(),
      hostKey: lab.host.hostKeyFingerprint,
    })
    const outcomes = Object.fromEntries(confirmed.checks.map((check) => [check.check, check.outcome]))
    expect(outcomes).toMatchObject({
      reach: 'passed',
      libvirt: 'passed',
      manage: 'passed',
      qemu: 'passed',
      kvm: 'warning',
    })
    expect(bench.hosts()).toEqual([])
  })

  test('a host without libvirt is refused and says what was looked for', async () => {
    const other = lab.hosts[1]
    if (other === undefined) throw new Error('two hosts')
    const { address, user, privateKeyPath, hostKeyFingerprint: hostKey } = other
    const error = await bench.refusal('host.add', { address, user, privateKeyPath, hostKey })
    expect(error).toMatchObject({ code: 'host.libvirt-missing' })
    expect(error.params.tried).toContain('/run/libvirt/libvirt-sock')
  })

  test('a user’s own session daemon is started where none runs yet', async () => {
    const [admin] = lab.host.users
    if (admin === undefined) throw new Error('the lab has users')
    const base = { address: lab.host.address, hostKey: lab.host.hostKeyFingerprint, libvirtMode: 'session' }
    await bench.call('host.add', { ...base, user: admin.name, password: admin.password })
    expect(bench.hosts()[0]).toMatchObject({ status: 'up', libvirtMode: 'session', user: admin.name })
    const daemons = await lab.host.exec('ps -eo user,args | grep -c "^admin .*[l]ibvirtd"')
    expect(Number(daemons.stdout)).toBeGreaterThan(0)
  })

  test('a host that is not there is refused as unreachable', async () => {
    const error = await bench.refusal('host.add', { ...reach(), port: 2_222, hostKey: lab.host.hostKeyFingerprint })
    expect(error.code).toBe('ssh.unreachable')
  })

  test('is renamed, reconnected, removed and can be added again', async () => {
    const hostId = await bench.addHost(lab.host)
    await bench.call('host.edit', { hostId, name: 'Rack 1' })
    expect(bench.hosts()[0]).toMatchObject({ name: 'Rack 1', status: 'up' })
    const told = bench.trail('Rack 1').length
    await bench.call('host.reconnect', { hostId })
    expect(bench.hosts()[0]).toMatchObject({ status: 'up', stale: false })
    // What a person asked for is told by their command alone.
    expect(bench.trail('Rack 1').slice(told)).toEqual([
      expect.objectContaining({ kind: 'command.succeeded', command: 'host.reconnect', user: 'kim' }),
    ])
    await bench.call('host.maintenance', { hostId })
    await bench.call('host.remove', { hostId })
    expect(bench.hosts()).toEqual([])
    expect(await knownHosts()).not.toContain(lab.host.address)
    await bench.addHost(lab.host, { name: 'Rack 2' })
    expect(bench.hosts()[0]?.name).toBe('Rack 2')
  })

  test('a changed key is refused until a person confirms the new one', async () => {
    const hostId = await bench.addHost(lab.host)
    const after = await lab.host.replaceHostKey()
    await waitFor('it is refused', () => bench.hosts()[0]?.statusError?.code === 'ssh.host-key-changed')
    expect(bench.hosts()[0]?.status).toBe('error')
    await bench.call('host.edit', { hostId, hostKey: after })
    expect(bench.hosts()[0]).toMatchObject({ status: 'up', hostKey: { fingerprint: after } })
  })

  test('VMs of a lost host are unknown', async () => {
    await lab.host.defineVm(guestXml({ name: 'lost', boots: 'firmware', title: 'Lost' }))
    await bench.addHost(lab.host)
    const vmId = bench.vm('lost')?.id
    await lab.host.terminateLibvirtd()
    try {
      expect(await bench.seen('lost', 'unknown')).toMatchObject({ stale: true, title: 'Lost', lastStatus: 'down' })
      expect(await bench.refusal('vm.start', { vmId })).toMatchObject({ code: 'vm.status-unknown' })
      const line = bench.trail(lab.host.name).find((event) => event.kind === 'host.disconnected')
      expect(line?.error?.code).toBe('libvirt.connection-closed')
    } finally {
      await lab.host.startLibvirtd()
    }
    expect(await bench.seen('lost', 'down')).toMatchObject({ stale: false, lastStatus: null })
  })

  test('since when a VM runs is the host’s word; what was seen holds across reconnects and restarts of the engine', async () => {
    await lab.host.defineVm(guestXml({ name: 'aged', boots: 'firmware' }))
    await lab.host.virsh(['start', 'aged'])
    const ageSeconds = async () =>
      Number((await lab.host.exec(`ps -o etimes= -p "$(pgrep -of 'guest=[a]ged')"`)).stdout)
    await waitFor('it has run for a while', async () => (await ageSeconds()) >= 4)
    const addedAt = Date.now()
    const hostId = await bench.addHost(lab.host)
    const up = await waitFor('the word of the host', () => {
      const vm = bench.vm('aged')
      return vm?.statusSinceExact === true && vm.status === 'up' ? vm : undefined
    })
    expect(up.statusSince).toBeLessThan(addedAt - 2_000)
    await bench.call('host.reconnect', { hostId })
    expect(await bench.seen('aged', 'up')).toMatchObject({ statusSince: up.statusSince, statusSinceExact: true })
    await lab.host.virsh(['suspend', 'aged'])
    const paused = await bench.seen('aged', 'paused')
    expect(paused.statusSince).toBeGreaterThan(addedAt)
    await bench.composed.stop()
    const later = await startVmBench(bench.dataDir)
    try {
      expect(await later.seen('aged', 'paused')).toMatchObject({
        statusSince: paused.statusSince,
        statusSinceExact: true,
      })
    } finally {
      await later.composed.stop()
    }
  })

  test('VMs are remembered when the engine starts while their host is away', async () => {
    await lab.host.defineVm(guestXml({ name: 'kept', boots: 'firmware', title: 'Kept in mind' }))
    await bench.addHost(lab.host)
    await waitFor('the definition is in the inventory', async () => (await inventoryBytes()).includes('Kept in mind'))
    await bench.composed.stop()
    await lab.host.terminateLibvirtd()
    const later = await startVmBench(bench.dataDir)
    try {
      expect(await later.seen('kept', 'unknown')).toMatchObject({ stale: true, lastStatus: 'down' })
      // By its name at once, by its definition when that has been parsed.
      await waitFor('its definition is known', () =>
        [...later.composed.topics.model().vms.values()].some(({ title }) => title === 'Kept in mind'),
      )
    } finally {
      await lab.host.startLibvirtd()
    }
    try {
      expect(await later.seen('kept', 'down')).toMatchObject({ stale: false })
    } finally {
      await later.composed.stop()
    }
  })
})
