import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished } from 'vitest'
import { createHostRegistry } from '../../src/main/hosts/index.ts'
import { createKnownHosts } from '../../src/main/ssh/index.ts'
import type { HostCheck } from '../../src/shared/contract/index.ts'
import { defaultSettings } from '../../src/shared/domain/index.ts'
import { makeDefinition } from '../unit/main/host/make-definition.ts'
import { waitFor } from './command.ts'
import { labTest } from './fixture.ts'
import { guestXml } from './guest-xml.ts'
import type { LabHost } from './host.ts'
import { KIM, startVmBench } from './vm-bench.ts'

const it = labTest({ hosts: 3, perHost: { 2: { hidePrograms: ['virt-ssh-helper'] }, 3: { libvirt: 'absent' } } })

const startBench = async () => {
  const bench = await startVmBench()
  onTestFinished(() => bench.stop())
  return bench
}
const reach = ({ address, privateKeyPath, hostKeyFingerprint: hostKey }: LabHost, user = 'root') => ({
  address,
  user,
  privateKeyPath,
  hostKey,
})

describe('the checks of a host', () => {
  const check = async (host: LabHost, user?: string) => {
    const bench = await startBench()
    const { checks } = await bench.call<{ checks: HostCheck[] }>('host.check', reach(host, user))
    return (name: HostCheck['check']) => checks.find((each) => each.check === name)
  }

  it('tell what its shell says', async ({ lab }) => {
    const of = await check(lab.host)
    // The lab puts a file where /dev/kvm was, so libvirt emulates; the CPU's flags are the machine's own.
    const { stdout } = await lab.host.exec("grep -m1 '^flags' /proc/cpuinfo")
    const code = /\b(vmx|svm)\b/.test(stdout) ? 'host.kvm-module-missing' : 'host.cpu-without-virtualization'
    expect(of('kvm')).toMatchObject({ outcome: 'warning', error: { code } })
    expect(of('memory')).toMatchObject({ outcome: 'passed' })
    expect(of('clock')).toMatchObject({
      outcome: 'passed',
      detail: expect.stringMatching(/^[+-]\d+\.\d\d s ± \d+\.\d\d s$/),
    })
    expect(of('space')?.detail).toContain('GiB')
    expect(of('manage')).toMatchObject({ outcome: 'passed', detail: null })
  })

  it('tell it also where libvirt lacks', async ({ lab }) => {
    const of = await check(lab.hosts[2] ?? lab.host)
    expect(of('libvirt')).toMatchObject({ outcome: 'failed', error: { code: 'host.libvirt-missing' } })
    expect(of('qemu')).toMatchObject({ outcome: 'not-run' })
    for (const name of ['memory', 'clock', 'duplicate'] as const) expect(of(name)).toMatchObject({ outcome: 'passed' })
  })

  it('see a clock that is off', async ({ lab }) => {
    // A stand-in: all hosts of the lab share the machine's clock, so it is the program that shows another time.
    await lab.host.exec(
      'printf "#!/bin/sh\\nexec /usr/bin/date -d \'90 seconds\' \\"\\$@\\"\\n" > /usr/local/bin/date; chmod +x /usr/local/bin/date',
    )
    onTestFinished(async () => void (await lab.host.exec('rm /usr/local/bin/date')))
    const clock = (await check(lab.host))('clock')
    expect(clock).toMatchObject({ outcome: 'warning', error: { code: 'host.clock-off' } })
    expect(Number(clock?.error?.params.offsetSeconds)).toBeGreaterThan(80)
  })

  it('see a file system that is nearly full', async ({ lab }) => {
    await lab.host.exec('mount -t tmpfs -o size=64m tmpfs /var/lib/libvirt')
    onTestFinished(async () => void (await lab.host.exec('umount /var/lib/libvirt')))
    expect((await check(lab.host))('space')).toMatchObject({
      outcome: 'warning',
      error: { code: 'host.space-low', params: { path: '/var/lib/libvirt', freeMiB: 64 } },
    })
  })

  it('refuse a machine by its machine id, also while the other one is down', async ({ lab }) => {
    const [first, second] = lab.hosts
    if (first === undefined || second === undefined) throw new Error('the lab has two hosts')
    const bench = await startBench()
    await bench.addHost(first)
    const own = (await second.exec('cat /etc/machine-id')).stdout
    onTestFinished(async () => void (await second.exec('cat > /etc/machine-id', { input: own })))
    await second.exec('cat > /etc/machine-id', { input: (await first.exec('cat /etc/machine-id')).stdout })
    await first.killSshd()
    onTestFinished(() => first.startSshd())
    expect(await bench.refusal('host.add', reach(second))).toMatchObject({
      code: 'host.same-machine',
      params: { name: first.name },
    })
    const { checks } = await bench.call<{ checks: HostCheck[] }>('host.check', reach(second))
    expect(checks.find((each) => each.check === 'duplicate')).toMatchObject({ outcome: 'failed' })
  })
})

describe('the checks between hosts', () => {
  const two = (hosts: readonly LabHost[]) => {
    const [first, second] = hosts
    if (first === undefined || second === undefined) throw new Error('the lab has two hosts')
    return { first, second }
  }
  const checkBeside = async (first: LabHost, second: LabHost) => {
    const bench = await startBench()
    await bench.addHost(first)
    await waitFor('the first host is up', () => bench.hosts()[0]?.status === 'up' && bench.hosts()[0]?.facts !== null)
    const { checks } = await bench.call<{ checks: HostCheck[] }>('host.check', reach(second))
    return (name: HostCheck['check']) => checks.find((each) => each.check === name)
  }

  it('find names and ports both ways', async ({ lab }) => {
    const { first, second } = two(lab.hosts)
    const of = await checkBeside(first, second)
    expect(of('names')).toMatchObject({
      outcome: 'passed',
      detail: expect.stringContaining(`${second.name} → ${second.address}`),
    })
    expect(of('names')?.detail).toContain(`${first.name} → ${first.address}`)
    expect(of('migration-ports')).toMatchObject({
      outcome: 'passed',
      detail: `${first.name} → ${second.name}: 64/64 · ${second.name} → ${first.name}: 64/64`,
    })
  })

  for (const [target, hint] of [
    ['DROP', 'silent'],
    ['REJECT --reject-with icmp-host-prohibited', 'unreachable'],
  ] as const) {
    it(`see a firewall that answers with ${target}`, async ({ lab }) => {
      const { first, second } = two(lab.hosts)
      const rule = `INPUT -p tcp --dport 49160:49215 -j ${target}`
      await second.exec(`iptables -A ${rule}`)
      onTestFinished(async () => void (await second.exec(`iptables -D ${rule}`)))
      expect((await checkBeside(first, second))('migration-ports')).toMatchObject({
        outcome: 'warning',
        error: { params: { from: first.name, to: second.name, ports: '49160-49215', hint } },
      })
    })
  }

  it('see a name that the others do not know', async ({ lab }) => {
    const { first, second } = two(lab.hosts)
    const own = (await first.exec('cat /etc/hosts')).stdout
    onTestFinished(async () => void (await first.exec('cat > /etc/hosts', { input: own })))
    await first.exec('cat > /etc/hosts', { input: '127.0.0.1 localhost\n' })
    const of = await checkBeside(first, second)
    expect(of('names')).toMatchObject({
      outcome: 'warning',
      error: { params: { name: second.name, hosts: first.name } },
    })
    expect(of('migration-ports')).toMatchObject({ outcome: 'passed' })
  })

  it('see a machine, and an address of a network card, that another host has', async ({ lab }) => {
    const { first, second } = two(lab.hosts)
    const copied = guestXml({ name: 'copied', boots: 'firmware' })
    const nic = (xml: string) =>
      xml.replace('</devices>', "<interface type='user'><mac address='52:54:00:12:34:56'/></interface></devices>")
    await first.defineVm(copied)
    await second.defineVm(copied)
    await first.defineVm(nic(guestXml({ name: 'one', boots: 'firmware' })))
    await second.defineVm(nic(guestXml({ name: 'other', boots: 'firmware' })))
    onTestFinished(async () => void (await Promise.all([first.resetVms(), second.resetVms()])))
    const of = await checkBeside(first, second)
    expect(of('known-vms')?.error).toMatchObject({
      code: 'host.vms-elsewhere',
      params: { vms: `copied (${first.name})` },
    })
    expect(of('known-macs')?.error).toMatchObject({
      params: { clashes: `52:54:00:12:34:56: other, one (${first.name})` },
    })
  })
})

describe('libvirt by sudo', () => {
  const allow = async (host: LabHost, rule: string) => {
    await host.exec('cat > /etc/sudoers.d/visitor; chmod 440 /etc/sudoers.d/visitor', {
      input: `visitor ALL=(root) ${rule}\n`,
    })
    onTestFinished(async () => void (await host.exec('rm /etc/sudoers.d/visitor')))
  }

  it('is refused with the remedy where sudo wants a password', async ({ lab }) => {
    await allow(lab.host, 'ALL')
    const bench = await startBench()
    expect(await bench.refusal('host.add', reach(lab.host, 'visitor'))).toMatchObject({
      code: 'host.libvirt-permission',
    })
  })

  for (const [number, how, rule] of [
    [0, 'virt-ssh-helper', 'NOPASSWD: /usr/bin/virt-ssh-helper'],
    [1, 'netcat', 'NOPASSWD: ALL'],
  ] as const) {
    it(`manages a host by ${how}, as a user who may not open the socket`, async ({ lab }) => {
      const host = lab.hosts[number] ?? lab.host
      await allow(host, rule)
      await host.defineVm(guestXml({ name: 'by-sudo', boots: 'firmware' }))
      onTestFinished(() => host.resetVms())
      const bench = await startBench()
      const { checks } = await bench.call<{ checks: HostCheck[] }>('host.check', reach(host, 'visitor'))
      expect(checks.find((each) => each.check === 'manage')).toMatchObject({ outcome: 'passed', detail: 'sudo' })
      await bench.addHost(host, { user: 'visitor' })
      await waitFor('the host is up', () => bench.hosts()[0]?.status === 'up')
      const vm = await bench.seen('by-sudo', 'down')
      await bench.call('vm.start', { vmId: vm.id })
      await bench.seen('by-sudo', 'up')
      expect((await host.virsh(['domstate', 'by-sudo'])).stdout.trim()).toBe('running')
    })
  }
})

describe('several hosts in one call', () => {
  it('are one task with a row each; what fails keeps nobody else from being added', async ({ lab }) => {
    const bench = await startBench()
    const [first, second, bare] = lab.hosts
    if (first === undefined || second === undefined || bare === undefined) throw new Error('the lab has three hosts')
    const hosts = [first, second, bare]
    const { hosts: named } = await bench.call<{ hosts: { address: string }[] }>('host.candidates', {
      source: 'list',
      list: first.address.replace(/\d$/, '[1-3]'),
    })
    const addresses = named.map(({ address }) => address)
    expect(addresses).toEqual(hosts.map(({ address }) => address))
    const result = await bench.composed.engine.dispatch(KIM, 'host.add', {
      addresses,
      // who may sign in there is another for each; the second is `root` as the call says for all
      user: 'root',
      overrides: { [first.address]: { user: 'admin', port: 22 } },
      privateKeyPath: first.privateKeyPath,
      hostKeys: Object.fromEntries(hosts.map(({ address, hostKeyFingerprint }) => [address, hostKeyFingerprint])),
    })
    expect(result).toMatchObject({ ok: false, error: { code: 'batch.partly-failed', params: { failed: 1, total: 3 } } })
    expect(bench.hosts().map(({ name, user }) => [name, user])).toEqual([
      [first.name, 'admin'],
      [second.name, 'root'],
    ])
    expect(bench.tasks().find(({ command }) => command === 'host.add')?.rows).toMatchObject({
      total: 3,
      succeeded: 2,
      failed: 1,
      open: 0,
    })
  })
})

describe('a jump host that was given for one host', () => {
  it('is the way to it, which the host sees', async ({ lab }) => {
    const [gate, behind] = lab.hosts
    if (gate === undefined || behind === undefined) throw new Error('the lab has two hosts')
    const folder = await mkdtemp(join(tmpdir(), 'virtdeck-jump-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    // How the host on the way is signed in to is the ssh_config's to say.
    const path = join(folder, 'config')
    await writeFile(path, `Host ${gate.address}\n  User root\n  IdentityFile ${gate.privateKeyPath}\n`)
    const knownHosts = createKnownHosts({ ownPath: join(folder, 'known_hosts') })
    const registry = createHostRegistry({
      knownHosts,
      secrets: async () => ({}),
      settings: () => defaultSettings,
      sshConfig: { path },
    })
    onTestFinished(() => registry.stop())
    const request = { secrets: async () => ({}), timeoutMs: 20_000 }
    const to = (host: LabHost, jumpHost: string | null) => ({
      ...makeDefinition(),
      address: host.address,
      user: 'root',
      port: 22,
      authentication: 'key' as const,
      privateKeyPath: host.privateKeyPath,
      jumpHost,
    })
    await (await registry.openRoute(to(gate, null), { ...request, acceptFingerprint: gate.hostKeyFingerprint })).close()
    const route = await registry.openRoute(to(behind, `root@${gate.address}`), {
      ...request,
      acceptFingerprint: behind.hostKeyFingerprint,
    })
    onTestFinished(() => route.close())
    const seen = await route.runScript?.('echo "$SSH_CONNECTION"', { timeoutMs: 20_000, maxOutputBytes: 4_096 })
    expect(seen?.stdout.split(' ')[0]).toBe(gate.address)
  })
})
