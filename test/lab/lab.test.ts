import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { fetchCached } from './cache.ts'
import { runCommand, waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, type LabRecord, readStatus, startLab } from './lab.ts'
import { acquireLock } from './lock.ts'
import { listNetns } from './network.ts'
import { noteOwnTestsPassed, readOwnTests } from './own-tests.ts'
import { createSshdFolder, startSshd, TEST_USER } from './sshd.ts'

const cli = fileURLToPath(new URL('cli.ts', import.meta.url))
// a slot that neither `npm run lab` nor a test run takes: a lab that a person has up stays untouched
const ownSlot = 9
const runCli = (...args: string[]) =>
  runCommand('env', [`VIRTDECK_LAB_SLOT=${ownSlot}`, process.execPath, cli, ...args], { timeoutMs: 60_000 })

/** Options of ssh for a sign-in with this key alone, whatever the tester's own settings are. */
const sshArgs = (keyPath: string): string[] => {
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes']
  return [...options.flatMap((option) => ['-o', option]), '-i', keyPath]
}

/** The slot of the lab with this host key, which no other lab has. */
const slotOf = async (fingerprint: string): Promise<number> => {
  const found = (await readStatus()).find(({ record }) => record.hosts[0]?.hostKeyFingerprint === fingerprint)
  if (!found) throw new Error('no such lab is up')
  return found.record.slot
}

/** Whether nothing is left of the lab that had the slot; another run on this machine may have taken it since. */
const isCleared = async (slot: number, fingerprint: string): Promise<boolean> => {
  const now = (await readStatus()).find(({ record }) => record.slot === slot)
  if (now) return now.record.hosts[0]?.hostKeyFingerprint !== fingerprint
  return (await listNetns(slot)).length === 0
}

describe('a lab of two hosts', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({
      hosts: 2,
      perHost: { 2: { libvirt: 'absent', hidePrograms: ['nc'], sshdOptions: ['AllowTcpForwarding no'] } },
    })
  })
  afterAll(() => lab.stop())

  const ssh = (host: { address: string; privateKeyPath: string }, command: string, user = 'root') => {
    return runCommand('ssh', [...sshArgs(host.privateKeyPath), `${user}@${host.address}`, command], {
      allowFailure: true,
    })
  }

  it('lets root in with the key, under the name of the host', async () => {
    const answer = await ssh(lab.host, 'hostname; virsh -c qemu:///system hostname')
    expect(answer.stdout.trim().split('\n')).toEqual(['node1.lab', 'node1.lab'])
  })

  it('tells the fingerprint that the host really shows', async () => {
    const scan = await runCommand('ssh-keyscan', ['-T', '30', '-t', 'ed25519', lab.host.address], {
      allowFailure: true,
    })
    const shown = await runCommand('ssh-keygen', ['-l', '-f', '-'], { input: scan.stdout })
    expect(shown.stdout.split(' ')[1]).toBe(lab.host.hostKeyFingerprint)
  })

  it('lets a member of the group libvirt use libvirtd, and nobody else', async () => {
    const asAdmin = await ssh(lab.host, 'virsh -c qemu:///system list --all', 'admin')
    expect(asAdmin.code).toBe(0)
    const asVisitor = await ssh(lab.host, 'virsh -c qemu:///system list --all', 'visitor')
    expect(asVisitor.code).not.toBe(0)
    expect(asVisitor.stderr).toContain('Permission denied')
  })

  it('has a host without libvirt where its programs are not found', async () => {
    const [, second] = lab.hosts
    if (!second) throw new Error('the lab has one host only')
    const answer = await ssh(second, 'command -v virsh nc virt-ssh-helper libvirtd; ls /run/libvirt; command -v bash')
    expect(answer.stdout.trim()).toBe('/usr/bin/bash')
  })

  it('boots the guest to its shell, and shuts it down by the power button', async () => {
    await lab.host.defineVm(guestXml({ name: 'tiny' }))
    await lab.host.virsh(['start', 'tiny'])
    const log = '/var/log/libvirt/qemu/tiny-serial.log'
    await waitFor('GUEST-READY', async () => (await lab.host.exec(`cat ${log}`)).stdout.includes('GUEST-READY'), 60_000)
    await lab.host.virsh(['shutdown', 'tiny'])
    const state = async () => (await lab.host.virsh(['domstate', 'tiny'])).stdout.trim()
    await waitFor('the guest is off', async () => (await state()) === 'shut off', 60_000)
    await lab.host.resetVms()
    expect((await lab.host.virsh(['list', '--all', '--name'])).stdout.trim()).toBe('')
  })

  it('draws a changing picture with memtest', async () => {
    await lab.host.defineVm(
      guestXml({ name: 'picture', boots: 'memtest', graphics: { kind: 'vnc-tcp', password: 'secret7' } }),
    )
    await lab.host.virsh(['start', 'picture'])
    const look = async () =>
      (await lab.host.exec('virsh -q -c qemu:///system screenshot picture /run/s.ppm && cksum < /run/s.ppm')).stdout
    const before = await look()
    const changed = await waitFor(
      'the picture changes',
      async () => ((await look()) !== before ? true : undefined),
      30_000,
    )
    expect(changed).toBe(true)
    await lab.host.resetVms()
  })

  it('loses and gets back its daemons one by one', async () => {
    const { host } = lab
    await host.stopLibvirtd()
    await expect(host.virsh(['list'], { timeoutMs: 1500 })).rejects.toThrow('no end')
    await host.contLibvirtd()
    await host.waitUntilReady()
    await host.killLibvirtd()
    expect((await host.virsh(['list'], { allowFailure: true })).code).not.toBe(0)
    await host.startLibvirtd()
    await host.killSshd()
    expect((await ssh(host, 'true')).code).toBe(255)
    await host.startSshd()
    expect((await ssh(host, 'true')).code).toBe(0)
  })

  it('changes its host key as a reinstalled host does', async () => {
    const before = lab.host.hostKeyFingerprint
    expect(await lab.host.replaceHostKey()).not.toBe(before)
    expect((await ssh(lab.host, 'true')).code).toBe(0)
  })

  it('goes silent at a power cut and comes back with its machines', async () => {
    const { host } = lab
    await host.defineVm(guestXml({ name: 'kept', boots: 'firmware' }))
    await host.powerCut()
    expect(await host.countProcesses()).toBe(0)
    await host.powerOn()
    expect((await host.virsh(['list', '--all', '--name'])).stdout.trim()).toBe('kept')
    await host.resetVms()
  })
})

describe('what is a host’s own', () => {
  /** What apt does to a file of the machine: another one takes its place. This one is the same, so nobody is disturbed. */
  const replaceOnMachine = (file: string) =>
    runCommand('sh', ['-c', 'cp -p "$0" "$0.lab-test" && mv "$0.lab-test" "$0"', file])

  it('is neither lost nor written through when the machine’s packages replace a file of /etc', async () => {
    const lab = await startLab({ hosts: 1 })
    onTestFinished(() => lab.stop())
    const machine = readFileSync('/etc/machine-id', 'utf8')
    const own = (await lab.host.exec('cat /etc/machine-id')).stdout
    expect(own).not.toBe(machine)
    await replaceOnMachine('/etc/machine-id')
    expect((await lab.host.exec('cat /etc/machine-id')).stdout).toBe(own)
    await lab.host.exec('for file in machine-id passwd apt/lab-test; do echo written >> /etc/$file; done')
    expect(readFileSync('/etc/machine-id', 'utf8')).toBe(machine)
    expect(readFileSync('/etc/passwd', 'utf8')).not.toContain('written')
    expect(existsSync('/etc/apt/lab-test')).toBe(false)
  })

  it('is no single file of /etc, also for a server of sshd.ts', async () => {
    const folder = await createSshdFolder()
    onTestFinished(() => folder.remove())
    const server = await startSshd(folder)
    onTestFinished(() => server.kill())
    const args = [...sshArgs(folder.keyPath), '-p', String(server.port)]
    const mounts = await runCommand('ssh', [...args, `${TEST_USER}@127.0.0.1`, 'id -un; cat /proc/self/mounts'])
    expect(mounts.stdout).toMatch(new RegExp(`^${TEST_USER}\\n`))
    const machine = readFileSync('/proc/self/mounts', 'utf8')
    const below = (text: string) => [...text.matchAll(/^\S+ (\/etc\/\S+)/gm)].map(([, path]) => path)
    expect(below(mounts.stdout).filter((path) => !below(machine).includes(path))).toEqual([])
  })
})

describe('a host of Debian 13', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({ hosts: 1, host: { system: 'debian-13' } })
  })
  afterAll(() => lab.stop())

  it('runs the programs of Debian 13', async () => {
    const version = async (command: string) => (await lab.host.exec(`${command} 2>&1`)).stdout
    expect(await version('cat /etc/debian_version')).toMatch(/^13\./)
    expect(await version('libvirtd --version')).toContain('libvirt) 11.3.')
    expect(await version('qemu-system-x86_64 --version')).toContain('version 10.0.')
    expect(await version('sshd -V')).toContain('OpenSSH_10.')
  })

  it('loses its SSH sessions, which are other programs than its listener', async () => {
    const session = spawn('ssh', [...sshArgs(lab.host.privateKeyPath), `root@${lab.host.address}`, 'sleep 600'])
    const ended = once(session, 'exit')
    await waitFor('a session', async () => (await lab.host.countSshSessions()) > 0)
    await lab.host.killSshSessions()
    await ended
    await lab.host.waitUntilReady()
  })
})

describe('what is kept outside of the checkout', () => {
  const recipe = (name: string, make: (folder: string) => Promise<void>) => ({
    name,
    key: '1',
    timeoutMs: 60_000,
    make,
  })
  const makeCacheFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), 'virtdeck-lab-cache-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    return folder
  }

  it('is made once, whoever asks at the same time', async () => {
    const cache = makeCacheFolder()
    let made = 0
    const make = async (folder: string) => {
      made += 1
      await runCommand('touch', [`${folder}/whole`])
    }
    const asked = await Promise.all([1, 2, 3].map(() => fetchCached(recipe('thrice', make), cache)))
    expect(new Set(asked)).toEqual(new Set([`${cache}/thrice-1`]))
    expect(readdirSync(`${cache}/thrice-1`)).toContain('whole')
    expect(made).toBe(1)
  })

  it('is made anew when a run was killed half-way, and nothing is left of a failure', async () => {
    const cache = makeCacheFolder()
    const module = new URL('cache.ts', import.meta.url).href
    const code = `const { fetchCached } = await import('${module}'); await fetchCached({ name: 'cut', key: '1', timeoutMs: 60_000, make: () => { console.log('half'); return new Promise(() => setInterval(() => {}, 1000)) } }, '${cache}')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(readdirSync(cache)).toHaveLength(1)
    const failing = fetchCached(
      recipe('cut', () => Promise.reject(new Error('no mirror'))),
      cache,
    )
    await expect(failing).rejects.toThrow('no mirror')
    expect(readdirSync(cache)).toEqual([])
    await fetchCached(
      recipe('cut', async () => undefined),
      cache,
    )
    expect(readdirSync(cache)).toEqual(['cut-1'])
  })
})

describe('the lab’s own tests', () => {
  it('count as passed with the lab of which that was noted, and with no other', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'virtdeck-lab-cache-'))
    onTestFinished(() => rmSync(cache, { recursive: true }))
    const { key, passed, files } = await readOwnTests(cache)
    expect(passed).toBe(false)
    expect(files.every((file) => existsSync(new URL(`../../${file}`, import.meta.url)))).toBe(true)
    await noteOwnTestsPassed('0123456789abcdef', cache)
    expect((await readOwnTests(cache)).passed).toBe(false)
    await noteOwnTestsPassed(key, cache)
    expect((await readOwnTests(cache)).passed).toBe(true)
  })
})

describe('the end of a lab', () => {
  it('leaves no namespace, and may be asked for twice', async () => {
    const lab = await startLab({ hosts: 1 })
    const { hostKeyFingerprint } = lab.host
    const slot = await slotOf(hostKeyFingerprint)
    expect(await listNetns(slot)).toHaveLength(1)
    await lab.stop()
    await lab.stop()
    expect(await isCleared(slot, hostKeyFingerprint)).toBe(true)
  })

  it('comes by itself when the test run is killed', async () => {
    const module = new URL('lab.ts', import.meta.url).href
    const code = `const { startLab } = await import('${module}'); const lab = await startLab({ hosts: 1 }); console.log(lab.host.hostKeyFingerprint); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [printed] = (await once(child.stdout, 'data')) as Buffer[]
    const fingerprint = String(printed).trim()
    const slot = await slotOf(fingerprint)
    expect(await listNetns(slot)).toHaveLength(1)
    child.kill('SIGKILL')
    expect(await waitFor('the watcher clears the slot', () => isCleared(slot, fingerprint))).toBe(true)
  })
})

describe('npm run lab', () => {
  it('goes up over what an earlier one left, and down twice', async () => {
    // The slot is the same in every run of this test, so runs on one machine take turns.
    const turn = await acquireLock('own-test', { waitMs: 60_000 })
    onTestFinished(() => turn?.release())
    const dir = mkdtempSync(join(tmpdir(), 'virtdeck-lab-cli-'))
    const up = async () => JSON.parse((await runCli('up', '1', '--json', '--dir', dir)).stdout) as LabRecord
    const first = (await up()).hosts[0]
    expect(first).toMatchObject({ address: '10.77.0.101', user: 'root', port: 22, privateKeyPath: `${dir}/keys/id` })
    const second = (await up()).hosts[0]
    expect(second).toEqual(first)
    await runCli('down')
    await runCli('down')
    expect(await listNetns(ownSlot)).toEqual([])
    rmSync(dir, { recursive: true })
  })
})
