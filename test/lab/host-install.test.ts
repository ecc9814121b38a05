import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished } from 'vitest'
import type { HostCheck, HostInstall } from '../../src/shared/contract/index.ts'
import type { Task, TaskLogLine } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { labTest } from './fixture.ts'
import type { LabHost } from './host.ts'
import { endLibvirtd, provideSystemctl } from './systemctl-stand-in.ts'
import { KIM, startVmBench } from './vm-bench.ts'

const CHILD = fileURLToPath(new URL('./dying-engine.ts', import.meta.url))
/** A host of its own to install on, apt and dpkg, and a dozen engines, on a machine that does other things. */
const LIMIT_MS = 10 * 60_000
const it = labTest({ hosts: 2, host: { system: 'debian-13-bare', libvirt: 'absent' } })

const reach = ({ address, privateKeyPath, hostKeyFingerprint: hostKey }: LabHost, user: string) => ({
  address,
  user,
  privateKeyPath,
  hostKey,
})
const outcomeOf = (checks: readonly HostCheck[], name: HostCheck['check']) =>
  checks.find(({ check }) => check === name)?.outcome

describe('installing what lacks', () => {
  it(
    'is offered, planned, done with its log shown, and ends in a host that can be added',
    async ({ lab }) => {
      const { host } = lab
      await provideSystemctl(host)
      const bench = await startVmBench()
      onTestFinished(() => bench.stop())
      const { checks, install } = await bench.call<{ checks: HostCheck[]; install: HostInstall }>(
        'host.check',
        reach(host, 'root'),
      )
      expect(outcomeOf(checks, 'libvirt')).toBe('failed')
      expect(install).toEqual({ packageManager: 'apt', architecture: 'x86_64', lacks: ['libvirt', 'qemu'] })
      const done = bench.call<{ checks: HostCheck[] }>('host.install', { ...reach(host, 'root'), install })
      const task = await waitFor('it has begun', () => bench.tasks().find(({ command }) => command === 'host.install'))
      expect(task.steps.map(({ text }) => text.key)).toEqual(['looking', 'installing', 'enabling', 'checking'])
      const after = await done
      for (const name of ['libvirt', 'manage', 'qemu'] as const) expect(outcomeOf(after.checks, name)).toBe('passed')
      const log = await bench.composed.engine.fetchTopic(KIM, { topic: 'task.log', key: task.id })
      const lines = (log.entities as readonly TaskLogLine[]).map(({ line }) => line)
      expect(lines.some((line) => line.startsWith('Setting up libvirt-daemon-system'))).toBe(true)
      expect((await host.exec('ls -d /run/virtdeck-install-* 2>/dev/null || true')).stdout).toBe('')
      const hostId = await bench.addHost(host)
      await waitFor('the host is up', () => bench.hosts()[0]?.status === 'up')

      // One that lost it later is in the inventory: it says so itself, whatever becomes of the engine.
      const refused = { code: 'host.already-added' }
      expect(await bench.refusal('host.install', { ...reach(host, 'root'), install })).toMatchObject(refused)
      expect(await bench.refusal('host.install', { hostId, install })).toMatchObject({ code: 'host.nothing-lacks' })
      const known = await bench.call<{ checks: HostCheck[]; install: HostInstall | null }>('host.check', { hostId })
      expect(known.install).toBeNull()
      expect(known.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([])
      await endLibvirtd(host)
      await host.exec('apt-get -y -q remove libvirt-daemon libvirt-daemon-system', { timeoutMs: 120_000 })
      await waitFor('it is lost', () => bench.hosts()[0]?.stale === true)
      const again = await bench.call<{ install: HostInstall }>('host.check', { hostId })
      expect(again.install?.lacks).toContain('libvirt')
      await host.exec('printf "#!/bin/sh\\nexit 100\\n" > /usr/local/sbin/apt-get; chmod 755 /usr/local/sbin/apt-get')
      const input = { hostId, install: again.install }
      expect(await bench.refusal('host.install', input)).toMatchObject({ code: 'host.install-failed' })
      const failed = { status: 'install-failed', statusError: { code: 'host.install-failed' } }
      expect(bench.hosts()).toMatchObject([failed])
      await bench.composed.stop()
      const second = await startVmBench(bench.dataDir)
      await waitFor('the next engine says the same', () => second.hosts()[0]?.status === 'install-failed')
      expect(second.hosts()).toMatchObject([failed])
      await host.exec('rm /usr/local/sbin/apt-get')
      void second.composed.engine.dispatch(KIM, 'host.install', input)
      await waitFor('it is being installed', () => second.hosts()[0]?.status === 'installing')
      // What had not begun when its engine stopped is called off; what the host is at, it goes on with.
      await waitFor('apt is at work', () =>
        second.tasks().some(({ command, steps: [, step] }) => command === 'host.install' && step?.phase === 'running'),
      )
      await second.composed.stop()
      const third = await startVmBench(bench.dataDir)
      onTestFinished(() => third.composed.stop())
      await waitFor('the next engine goes on', () => third.hosts()[0]?.status === 'installing')
      const ended = await waitFor(
        'the installation has ended',
        () => {
          const tasks = third.tasks().filter(({ command }) => command === 'host.install')
          const latest = tasks.reduce(
            (found, task) => (task.queuedAt > found.queuedAt ? task : found),
            tasks[0] as Task,
          )
          return latest.finishedAt === null ? undefined : latest
        },
        240_000,
      )
      expect(ended).toMatchObject({ status: 'succeeded', error: null })
      await waitFor(`it is up again (is ${third.hosts()[0]?.status})`, () => third.hosts()[0]?.status === 'up')
    },
    LIMIT_MS,
  )

  it(
    'goes on on the host when the engine is killed, at whichever step',
    async ({ lab }) => {
      const [, host] = lab.hosts
      if (host === undefined) throw new Error('the lab has two hosts')
      await provideSystemctl(host)
      await host.exec('cat > /etc/sudoers.d/visitor; chmod 440 /etc/sudoers.d/visitor', {
        input: 'visitor ALL=(root) NOPASSWD: ALL\n',
      })
      const dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-install-'))
      onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
      const install = { packageManager: 'apt', architecture: 'x86_64', lacks: ['libvirt', 'qemu', 'group'] }
      const input = JSON.stringify({ ...reach(host, 'visitor'), install })
      const startDying = (at: number): ChildProcess => {
        const child = spawn(process.execPath, [CHILD, dataDir, 'host.install', input, String(at), 'after'], {
          stdio: ['ignore', 'ignore', 'inherit'],
        })
        onTestFinished(() => void child.kill('SIGKILL'))
        return child
      }
      // In the middle of apt first, on a host that has nothing yet; then at the beginning of each step, once that is on record.
      const beginnings = [2, 4, 6, 8, 10]
      for (const at of [0, ...beginnings]) {
        const child = startDying(at)
        const dead = once(child, 'exit')
        if (at === 0) {
          const isUnpacking = async () =>
            (await host.exec('cat /run/virtdeck-install-*/log 2>/dev/null || true')).stdout.includes('Unpacking ')
          await waitFor('apt is at work', isUnpacking, 120_000)
          child.kill('SIGKILL')
        }
        expect((await dead)[1]).toBe('SIGKILL')
        const bench = await startVmBench(dataDir)
        await waitFor(
          'nothing is open',
          () => bench.composed.topics.collection('operations').entities.size === 0,
          240_000,
        )
        const task = bench.tasks().at(-1)
        expect([at, task]).toMatchObject([at, { command: 'host.install', status: 'succeeded' }])
        // A step that is new to it is killed, too.
        expect(task?.steps).toHaveLength(beginnings.length)
        await bench.composed.stop()
      }
      const bench = await startVmBench(dataDir)
      onTestFinished(() => bench.composed.stop())
      await bench.addHost(host)
      // As a user of the group, libvirt would ask polkit, which needs the D-Bus that hosts of the lab do not have.
      expect((await host.exec('id -nG visitor')).stdout.trim().split(' ')).toContain('libvirt')
      expect((await host.exec('dpkg --audit')).stdout).toBe('')
    },
    LIMIT_MS,
  )
})
