import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type LinkBench, startLinkBench } from './host-link-bench.ts'
import { readHostDefaults } from './host-system.ts'
import { type Lab, startLab } from './lab.ts'

const SHORT_KEEPALIVE = { keepalive: { intervalMs: 1_000, count: 2 } }

describe('a link to a real host', () => {
  let lab: Lab
  let bench: LinkBench

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    bench = await startLinkBench(lab.host, SHORT_KEEPALIVE)
    await bench.link.whenLive(20_000)
    expect(bench.link.state).toMatchObject({ status: 'up', error: null })
  })
  afterEach(async () => {
    await bench.stop()
  })

  const named = (name: string) => [...bench.link.domains.values()].find((record) => record.name === name)
  const seen = (name: string, state: string) =>
    waitFor(`${name} is seen as ${state}`, () => {
      const record = named(name)
      return record?.state === state ? record : undefined
    })

  /** Defines many VMs by one virsh, as fast as it goes. */
  const defineMany = async (name: string, count: number) => {
    const documents = Array.from({ length: count }, (_, index) =>
      guestXml({ name: `${name}-${index}`, boots: 'firmware' }),
    )
    const folder = `/run/${name}`
    await lab.host.exec(`rm -rf ${folder} && mkdir -p ${folder} && cd ${folder} && split -a 3 -d -l 1 - xml`, {
      input: documents.map((xml) => xml.replaceAll('\n', ' ')).join('\n'),
    })
    const commands = documents.map((_, index) => `define ${folder}/xml${String(index).padStart(3, '0')}`)
    await lab.host.virsh([commands.join('; ')], { timeoutMs: 90_000 })
  }

  test('sees what libvirt sends no event for', async () => {
    await bench.stop()
    bench = await startLinkBench(lab.host, { ...SHORT_KEEPALIVE, lookMs: 300 })
    const mac = '52:54:00:00:00:77'
    const devices = `<interface type='user'><mac address='${mac}'/></interface>`
    await lab.host.defineVm(guestXml({ name: 'quiet', boots: 'firmware', devices }))
    await lab.host.defineVm(guestXml({ name: 'runs', boots: 'firmware', devices }))
    await lab.host.virsh(['start', 'runs'])
    await seen('quiet', 'shut-off')
    expect((await seen('runs', 'running')).definition.nics[0]?.linkUp).toBe(true)
    await lab.host.virsh(['autostart quiet; setmaxmem quiet 65536 --config; setvcpus quiet 2 --maximum --config'])
    await lab.host.virsh([`detach-interface quiet --type user --config; domif-setlink runs ${mac} down`])
    await waitFor('autostart', () => named('quiet')?.autostart === true)
    await waitFor('the largest memory', () => named('quiet')?.definition.maxMemoryKiB === 65_536)
    await waitFor('the most vCPUs', () => named('quiet')?.definition.maxVcpus === 2)
    await waitFor('the interface is gone', () => named('quiet')?.definition.nics.length === 0)
    await waitFor('the link is down', () => named('runs')?.definition.nics[0]?.linkUp === false)
    await lab.host.virsh(['managedsave', 'runs'])
    await waitFor('the saved state', () => named('runs')?.hasManagedSave === true)
    await lab.host.virsh(['managedsave-remove', 'runs'])
    await waitFor('the saved state is gone', () => named('runs')?.hasManagedSave === false)
  })

  test('tells what the host is', async () => {
    const facts = await waitFor('the facts', () => bench.link.state.facts ?? undefined)
    expect(facts).toMatchObject({
      hostName: lab.host.name,
      hypervisor: 'QEMU',
      architecture: 'x86_64',
      domainTypes: ['qemu'],
    })
    expect(facts.libvirtVersion).toMatch(/^\d+\.\d+\.\d+$/)
    expect(facts.machineTypes[0]).toMatch(/^pc-q35-/)
    expect(facts.memoryKiB).toBeGreaterThan(1_000_000)
    expect(bench.link.state).toMatchObject({ status: 'up', stale: false, error: null })
    expect(bench.link.state.hostKey).toEqual({ type: 'ssh-ed25519', fingerprint: lab.host.hostKeyFingerprint })
  })

  test('sees what virsh does next door: define, start, pause, resume, save, destroy, undefine', async () => {
    await lab.host.defineVm(guestXml({ name: 'web', boots: 'firmware', title: 'Web' }))
    expect((await seen('web', 'shut-off')).definition.title).toBe('Web')
    await lab.host.virsh(['start', 'web'])
    expect((await seen('web', 'running')).definition.domainId).toBeGreaterThan(0)
    await lab.host.virsh(['suspend', 'web'])
    expect((await seen('web', 'paused')).reason).toBe('user')
    await lab.host.virsh(['resume', 'web'])
    await seen('web', 'running')
    await lab.host.virsh(['managedsave', 'web'])
    expect((await seen('web', 'shut-off')).hasManagedSave).toBe(true)
    await lab.host.virsh(['start', 'web'])
    expect((await seen('web', 'running')).hasManagedSave).toBe(false)
    await lab.host.virsh(['destroy', 'web'])
    expect((await seen('web', 'shut-off')).reason).toBe('destroyed')
    await lab.host.virsh(['undefine', 'web'])
    await waitFor('web is gone', () => named('web') === undefined)
  })

  test('sees where a running VM shows its screen', async () => {
    await lab.host.defineVm(
      guestXml({ name: 'shown', boots: 'firmware', graphics: { kind: 'vnc-tcp', password: 'abcdefg1' } }),
    )
    await lab.host.virsh(['start', 'shown'])
    const [graphics] = (await seen('shown', 'running')).definition.graphics
    expect(graphics).toMatchObject({
      type: 'vnc',
      listen: 'address',
      address: '127.0.0.1',
      passwordSet: true,
      keymap: null,
    })
    expect(graphics?.port).toBeGreaterThanOrEqual(5_900)
    expect(JSON.stringify(named('shown'))).not.toContain('abcdefg1')
  })

  test('reads a domain anew for each burst of events, not for each event', async () => {
    await lab.host.defineVm(guestXml({ name: 'busy', boots: 'firmware' }))
    await lab.host.virsh(['start', 'busy'])
    await seen('busy', 'running')
    bench.changes.length = 0
    await lab.host.virsh([Array.from({ length: 12 }, () => 'suspend busy; resume busy').join('; ')], {
      timeoutMs: 90_000,
    })
    await lab.host.virsh(['suspend', 'busy'])
    await seen('busy', 'paused')
    // One of the earlier pauses may be what was seen.
    const heard = () => bench.changes.filter((change) => change.kind === 'event').length
    const events = await waitFor('all 25 events are heard', () => (heard() >= 25 ? heard() : undefined))
    expect(bench.changes.filter((change) => change.kind === 'domains').length).toBeLessThanOrEqual(2 * events)
  })

  test('keeps 200 definitions, and a new link has them all once it is live', async () => {
    await defineMany('many', 200)
    await waitFor('all 200 are seen', () => bench.link.domains.size === 200)
    const second = await startLinkBench(lab.host, SHORT_KEEPALIVE)
    try {
      expect(await second.link.whenLive(20_000)).toBe(true)
      expect(second.link.domains.size).toBe(200)
    } finally {
      await second.stop()
    }
  })

  test('misses nothing that happens while the list is read', async () => {
    const defining = defineMany('race', 60)
    const benches: LinkBench[] = []
    for (let round = 0; round < 5; round += 1) benches.push(await startLinkBench(lab.host, SHORT_KEEPALIVE))
    await defining
    try {
      for (const each of benches) {
        await waitFor('all 60 are seen', () => each.link.domains.size === 60)
      }
    } finally {
      for (const each of benches) await each.stop()
    }
  })

  test('goes stale when libvirtd is restarted, and comes back with what happened meanwhile', async () => {
    await lab.host.defineVm(guestXml({ name: 'before', boots: 'firmware' }))
    await seen('before', 'shut-off')
    await lab.host.terminateLibvirtd()
    await waitFor('the link is lost', () => bench.link.state.stale)
    expect(bench.link.state.status).toBe('connecting')
    expect(named('before')).toBeDefined()
    expect(bench.link.session()).not.toBeNull()
    await lab.host.startLibvirtd()
    await lab.host.virsh(['undefine', 'before'])
    await lab.host.defineVm(guestXml({ name: 'after', boots: 'firmware' }))
    await waitFor('the link is back', () => bench.link.state.status === 'up')
    await seen('after', 'shut-off')
    await waitFor('before is gone', () => named('before') === undefined)
  })

  test('comes back by itself when sshd was killed', async () => {
    await lab.host.killSshd()
    await waitFor('the link is lost', () => bench.link.state.stale)
    await waitFor('an attempt failed', () => bench.link.state.error?.code === 'ssh.unreachable')
    await lab.host.startSshd()
    await waitFor('the link is back', () => bench.link.state.status === 'up')
    expect(bench.statuses).toContain('connecting')
  })

  test.each([
    {
      outage: 'sshd is killed',
      begin: () => lab.host.killSshd(),
      end: () => lab.host.startSshd(),
      codes: ['ssh.unreachable'],
      after: 'non-responsive',
    },
    {
      outage: 'its network cable is pulled',
      begin: () => lab.host.setLink('down'),
      end: () => lab.host.setLink('up'),
      // By what this computer still believes of the way there: nobody answers, or nobody has that address.
      codes: ['ssh.unreachable', 'ssh.connect-timed-out'],
      after: 'non-responsive',
    },
    {
      outage: 'libvirtd is killed',
      begin: () => lab.host.killLibvirtd(),
      end: () => lab.host.startLibvirtd(),
      codes: ['host.libvirt-not-running'],
      after: 'non-responsive',
    },
    {
      // It takes its socket along, as where libvirt is not installed.
      outage: 'libvirtd is ended',
      begin: () => lab.host.terminateLibvirtd(),
      end: () => lab.host.startLibvirtd(),
      codes: ['host.libvirt-missing'],
      after: 'non-operational',
    },
  ])('is connecting, then $after when $outage for longer than its grace, and comes back', async (each) => {
    const patient = bench
    const hasty = await startLinkBench(lab.host, { ...SHORT_KEEPALIVE, nonResponsiveAfterMs: 1_000 })
    try {
      await hasty.link.whenLive(20_000)
      await each.begin()
      await waitFor(`it is ${each.after}`, () => hasty.link.state.status === each.after)
      expect(hasty.statuses.join(' ')).toContain(`up connecting ${each.after}`)
      expect(each.codes).toContain(hasty.link.state.error?.code)
      // The same outage, within its grace.
      await waitFor('the patient link has noticed', () => patient.link.state.status === 'connecting')
    } finally {
      await each.end()
    }
    try {
      await waitFor('the link is back', () => hasty.link.state.status === 'up')
      await waitFor('the other link is back', () => patient.link.state.status === 'up')
    } finally {
      await hasty.stop()
    }
  })

  test('calls a hanging libvirtd non-responsive, after failures and time, and takes it back', async () => {
    const patient = bench
    const hasty = await startLinkBench(lab.host, { ...SHORT_KEEPALIVE, nonResponsiveAfterMs: 2_000 })
    try {
      await hasty.link.whenLive(20_000)
      await lab.host.stopLibvirtd()
      await waitFor('it is non-responsive', () => hasty.link.state.status === 'non-responsive')
      expect(hasty.statuses.join(' ')).toContain('up connecting non-responsive')
      expect(hasty.link.state.stale).toBe(true)
      expect(hasty.link.state.error?.code).toBe('host.libvirt-not-answering')
      expect(() => hasty.link.control()).toThrow(expect.objectContaining({ code: 'host.not-connected' }))
      expect(patient.link.state.status).toBe('connecting')
      await lab.host.contLibvirtd()
      await waitFor('the link is back', () => hasty.link.state.status === 'up')
      await waitFor('the other link is back', () => patient.link.state.status === 'up')
    } finally {
      await lab.host.contLibvirtd()
      await hasty.stop()
    }
  })

  test('refuses a changed host key, stops trying, and says so', async () => {
    const before = lab.host.hostKeyFingerprint
    const after = await lab.host.replaceHostKey()
    await waitFor('the key is refused', () => bench.link.state.status === 'error')
    expect(bench.link.state.error).toMatchObject({
      code: 'ssh.host-key-changed',
      params: { fingerprint: after, expectedFingerprint: before },
    })
    await expect(bench.link.reconnect()).rejects.toMatchObject({ code: 'ssh.host-key-changed' })
  })

  test('opens connections of their own for streams, and forwards', async () => {
    const connection = await bench.link.openConnection({ keepalive: 'off' })
    expect((await connection.call('CONNECT_GET_HOSTNAME', {})).hostname).toBe(lab.host.name)
    await connection.close()
    const socket = await bench.link.forwardTcp('127.0.0.1', 22)
    const greeting = await new Promise<string>((resolve) =>
      socket.once('data', (bytes: Buffer) => resolve(bytes.toString())),
    )
    socket.destroy()
    expect(greeting).toMatch(/^SSH-2\.0/)
  })

  test.skipIf(readHostDefaults().libvirt === 'virtqemud')(
    'lists networks and pools and follows their events',
    async () => {
      const name = `pool-${randomUUID().slice(0, 8)}`
      await lab.host.exec(`mkdir -p /run/${name}`)
      await lab.host.virsh(['pool-define-as', name, 'dir', '--target', `/run/${name}`])
      await waitFor('the pool is listed', () =>
        bench.link.pools.values.some((pool) => pool.name === name && !pool.active),
      )
      await lab.host.virsh(['pool-start', name])
      await waitFor('the pool is active', () =>
        bench.link.pools.values.some((pool) => pool.name === name && pool.active),
      )
      await lab.host.virsh(['pool-destroy', name])
      await lab.host.virsh(['pool-undefine', name])
      await waitFor('the pool is gone', () => bench.link.pools.values.every((pool) => pool.name !== name))
    },
  )

  test('leaves nothing open when it stops', async () => {
    const other = await startLinkBench(lab.host)
    await other.link.whenLive(20_000)
    const during = await lab.host.countSshSessions()
    await other.stop()
    await waitFor('its session is gone', async () => (await lab.host.countSshSessions()) < during)
  })
})
