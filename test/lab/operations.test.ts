import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { CommandName } from '../../src/shared/contract/index.ts'
import type { Task, TaskRow } from '../../src/shared/domain/index.ts'
import { runCommand, waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { KIM, startVmBench, type VmBench } from './vm-bench.ts'

const hasBtrfs = /\bbtrfs$/m.test(readFileSync('/proc/filesystems', 'utf8'))
const CHILD = fileURLToPath(new URL('./dying-engine.ts', import.meta.url))

/** Writes until there is no room for another byte. */
async function fillDisk(path: string): Promise<void> {
  const file = await open(path, 'a')
  try {
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 8)) {
      const block = Buffer.alloc(size)
      for (let hasRoom = true; hasRoom; ) {
        hasRoom = await file.write(block).then(
          ({ bytesWritten }) => bytesWritten === size,
          () => false,
        )
      }
    }
  } finally {
    await file.close()
  }
}

interface Death {
  /** The write of an operation at which it dies; 0: it lives until it is killed. */
  readonly at: number
  readonly when: 'before' | 'after'
}

describe('operations, on a real host', () => {
  let lab: Lab
  let dataDir: string

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-operations-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  })

  const reach = () => {
    const { address, user, privateKeyPath, hostKeyFingerprint: hostKey } = lab.host
    return { address, user, privateKeyPath, hostKey }
  }

  const startDying = (command: CommandName, input: object, { at, when }: Death): ChildProcess => {
    const child = spawn(process.execPath, [CHILD, dataDir, command, JSON.stringify(input), String(at), when], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }
  const die = async (command: CommandName, input: object, death: Death) => {
    const child = startDying(command, input, death)
    const [, signal] = await once(child, 'close')
    return signal === 'SIGKILL'
  }
  /** The next engine on the same folder, once it has settled what it found. */
  const goOn = async (): Promise<{ bench: VmBench; task: Task | undefined }> => {
    const bench = await startVmBench(dataDir)
    onTestFinished(() => bench.stop())
    await waitFor('nothing is open', () => bench.composed.topics.collection('operations').entities.size === 0)
    return { bench, task: bench.tasks().at(-1) }
  }
  const addHost = async () => {
    const bench = await startVmBench(dataDir)
    await bench.addHost(lab.host)
    await bench.composed.stop()
  }
  const isRunning = async (name: string) => {
    const { stdout } = await lab.host.virsh(['list', '--name'])
    return stdout.split('\n').includes(name)
  }

  const deaths = [2, 3, 4, 5, 6, 7, 8, 9, 10].map(
    (at, index): Death => ({ at, when: index % 2 === 0 ? 'after' : 'before' }),
  )
  test.each(deaths)('host.add whose engine is killed $when write $at is whole or gone', async (death) => {
    expect(await die('host.add', reach(), death)).toBe(true)
    const { bench, task } = await goOn()
    const pinned = await readFile(join(dataDir, 'known_hosts'), 'utf8').catch(() => '')
    if (task?.status === 'succeeded') {
      expect(bench.hosts()).toMatchObject([{ name: lab.host.name }])
      expect(pinned).toContain(lab.host.address)
    } else {
      expect(bench.hosts()).toEqual([])
      expect(pinned.trim()).toBe('')
    }
    // What was half done keeps nobody from it.
    if (bench.hosts().length === 0) await bench.addHost(lab.host)
    await waitFor('the host is up', () => bench.hosts()[0]?.status === 'up')
  })

  test('host.add writes no more than its deaths above: a step that is new to it is killed, too', async () => {
    const child = startDying('host.add', reach(), { at: 0, when: 'after' })
    let told = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      told += chunk.toString()
    })
    await once(child, 'close')
    const lines = told.split('\n')
    expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ ok: true })
    const writes = lines.filter((line) => line.startsWith('saved ')).length
    // The first of them only says that it waits for its turn.
    expect(deaths.map(({ at }) => at)).toEqual(Array.from({ length: writes - 1 }, (_unused, index) => index + 2))
  })

  test('vm.save whose engine is killed: the host goes on, and the next engine says what became of it', async () => {
    await addHost()
    for (const [index, death] of [
      { at: 2, when: 'after' },
      { at: 3, when: 'before' },
      { at: 0, when: 'after' },
    ].entries()) {
      const name = `saved-${index}`
      const xml = guestXml({ name, boots: 'linux', memoryMiB: 256 })
      await lab.host.defineVm(xml)
      await lab.host.virsh(['start', name])
      const vmId = /<uuid>(.*)<\/uuid>/.exec(xml)?.[1] ?? ''
      const child = startDying('vm.save', { vmId }, death as Death)
      if (death.at === 0) {
        const lines = createInterface({ input: child.stdout ?? process.stdin })
        for await (const line of lines) if (line === 'saved running') break
        await waitFor(
          'the save is under way',
          async () => !(await lab.host.virsh(['domstate', name])).stdout.includes('running'),
        )
        child.kill('SIGKILL')
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const { bench, task } = await goOn()
      expect(task).toMatchObject({ command: 'vm.save', subject: { name } })
      const status = (await bench.seen(name, task?.status === 'succeeded' ? 'suspended' : 'up')).status
      expect(await isRunning(name)).toBe(status === 'up')
      if (death.at !== 2) expect(task?.status).toBe('succeeded')
      await bench.composed.stop()
    }
  })

  test('a batch of 20 starts whose engine is killed: each row says what the host shows', async () => {
    await addHost()
    const vms = Array.from({ length: 20 }, (_unused, index) => {
      const xml = guestXml({ name: `many-${index}`, boots: 'firmware', graphics: { kind: 'none' } })
      return { name: `many-${index}`, xml, id: /<uuid>(.*)<\/uuid>/.exec(xml)?.[1] ?? '' }
    })
    for (const { xml } of vms) await lab.host.defineVm(xml)
    // The batch itself, then two writes a row at least: in the middle of it.
    expect(await die('vm.start', { vmIds: vms.map(({ id }) => id) }, { at: 18, when: 'after' })).toBe(true)
    const { bench, task } = await goOn()
    expect(task?.rows).toMatchObject({ total: 20, open: 0, running: 0 })
    const rows = await bench.composed.engine.fetchTopic(KIM, { topic: 'task.rows', key: task?.id })
    for (const row of rows.entities as readonly TaskRow[]) {
      expect([row.subject.name, await isRunning(row.subject.name)]).toEqual([
        row.subject.name,
        row.status === 'succeeded',
      ])
    }
    expect(task?.rows?.cancelled).toBeGreaterThan(0)
    expect(task?.rows?.succeeded).toBeGreaterThan(0)
  })

  test('guests that were asked to shut down, and an engine that is killed: the next one says what they have done', async () => {
    await addHost()
    const names = ['obedient', 'cut', 'deaf', 'again']
    const ids: string[] = []
    for (const name of names) {
      const xml = guestXml({ name, boots: name === 'obedient' ? 'linux' : 'firmware', memoryMiB: 128 })
      await lab.host.defineVm(xml)
      await lab.host.virsh(['start', name])
      ids.push(/<uuid>(.*)<\/uuid>/.exec(xml)?.[1] ?? '')
    }
    await waitFor('GUEST-READY', async () =>
      (await lab.host.exec('cat /var/log/libvirt/qemu/obedient-serial.log')).stdout.includes('GUEST-READY'),
    )
    const child = startDying('vm.shutdown', { vmIds: ids }, { at: 0, when: 'after' })
    const lines = createInterface({ input: child.stdout ?? process.stdin })
    for await (const line of lines) if (line.includes('"rows"')) break
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await waitFor('the guest is down', async () => !(await isRunning('obedient')))
    for (const name of ['cut', 'again']) await lab.host.virsh(['destroy', name])
    await lab.host.virsh(['start', 'again'])
    const { bench, task } = await goOn()
    const answers = async () => {
      const rows = await bench.composed.engine.fetchTopic(KIM, { topic: 'task.rows', key: task?.id })
      return Object.fromEntries(
        (rows.entities as readonly TaskRow[]).map(({ subject, answer }) => [subject.name, answer?.outcome ?? null]),
      )
    }
    const expected = { obedient: 'done', cut: 'overtaken', again: 'unseen', deaf: null }
    await waitFor(
      'three answers',
      async () => Object.values(await answers()).filter((each) => each !== null).length === 3,
    )
    expect(await answers()).toEqual(expected)
    expect((await bench.seen('deaf', 'powering-down')).name).toBe('deaf')
    await lab.host.virsh(['destroy', 'deaf'])
    await waitFor('the last answer', async () => (await answers()).deaf === 'overtaken')
  })

  /** Mounts a small disk; its folder. */
  const mountSmallDisk = async () => {
    const mounted = join(dataDir, 'small')
    await mkdir(mounted)
    await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=700', 'tmpfs', mounted])
    onTestFinished(async () => {
      await runCommand('umount', [mounted])
    })
    return mounted
  }
  /** Mounts a disk with much room, of which a folder may take little; that folder. Root, too, is held to it. */
  const mountWithQuota = async () => {
    const mounted = join(dataDir, 'quota')
    const image = `${mounted}.img`
    await mkdir(mounted)
    await runCommand('truncate', ['-s', '256M', image])
    await runCommand('mkfs.btrfs', ['-q', image])
    await runCommand('mount', ['-o', 'loop', image, mounted])
    onTestFinished(async () => {
      await runCommand('umount', [mounted])
    })
    const folder = join(mounted, 'data')
    await runCommand('btrfs', ['quota', 'enable', mounted])
    await runCommand('btrfs', ['subvolume', 'create', folder])
    await runCommand('btrfs', ['qgroup', 'limit', '24M', folder])
    return folder
  }

  /** A data folder with little room, that fills up before the `at`th write of an operation; 0: not by itself. */
  const startOnSmallDisk = async (at: number, mount = mountSmallDisk) => {
    const small = await mount()
    const filler = join(small, 'filler')
    let left = at
    const bench = await startVmBench(small, {
      beforeSave: async () => {
        left -= 1
        if (left === 0) await fillDisk(filler)
      },
    })
    onTestFinished(() => bench.composed.stop())
    return {
      bench,
      fillBefore: (next: number) => {
        left = next
      },
      makeRoom: () => rm(filler, { force: true }),
    }
  }
  /** How the latest operation is stored, as the next engine would find it. */
  const storedStatus = async ({ inventory }: VmBench) => {
    const { records } = await inventory.operations.fetchOpen()
    const [ended] = await inventory.operations.fetchEnded(1)
    return (records.at(-1) ?? ended)?.status
  }
  const disks = [
    ...[2, 3, 4, 5].map((at) => ({ what: 'disk is', at, mount: mountSmallDisk })),
    // Not every kernel has a file system with quotas.
    ...(hasBtrfs ? [{ what: 'quota is', at: 4, mount: mountWithQuota }] : []),
  ]

  test.each(disks)(
    'host.add whose $what full before write $at: said, and whole or gone once there is room',
    async ({ at, mount }) => {
      const { bench, makeRoom } = await startOnSmallDisk(at, mount)
      const result = await bench.composed.engine.dispatch(KIM, 'host.add', reach())
      if (!result.ok) expect(result.error.code).toBe('inventory.disk-full')
      // Whatever else would be stored is refused with the same words, and the page goes on.
      expect(await bench.refusal('host.add', reach())).toMatchObject({
        code: result.ok ? expect.stringMatching(/disk-full|already-added|same-machine/) : 'inventory.disk-full',
      })
      await makeRoom()
      await waitFor('nothing is open', () => bench.composed.topics.collection('operations').entities.size === 0)
      if (bench.hosts().length === 0) {
        await waitFor('there is room', async () => {
          const again = await bench.composed.engine.dispatch(KIM, 'host.add', reach())
          return again.ok
        })
      }
      expect(bench.hosts()).toMatchObject([{ name: lab.host.name }])
      await waitFor('the host is up', () => bench.hosts()[0]?.status === 'up')
    },
  )

  test('vm.save whose end cannot be stored: the host’s word stands, and is stored when there is room', async () => {
    const { bench, fillBefore, makeRoom } = await startOnSmallDisk(0)
    await bench.addHost(lab.host)
    await lab.host.defineVm(guestXml({ name: 'full', boots: 'linux', memoryMiB: 256 }))
    const { id: vmId } = await bench.seen('full', 'down')
    await bench.call('vm.start', { vmId })
    // It is accepted, and its one step begins; what came of that has no room any more.
    fillBefore(3)
    await bench.call('vm.save', { vmId })
    await bench.seen('full', 'suspended')
    expect(await storedStatus(bench)).toBe('running')
    await makeRoom()
    await waitFor('its end is stored', async () => (await storedStatus(bench)) === 'succeeded')
    expect(await isRunning('full')).toBe(false)
  })

  test('a host that is cut off during vm.save: open until it is back, then settled by what it shows', async () => {
    const bench = await startVmBench(dataDir)
    onTestFinished(() => bench.stop())
    await bench.addHost(lab.host)
    await lab.host.defineVm(guestXml({ name: 'cut', boots: 'linux', memoryMiB: 256 }))
    const { id: vmId } = await bench.seen('cut', 'down')
    await bench.call('vm.start', { vmId })
    // A QEMU that stands still keeps the save from ending before the host is cut off.
    const signalGuest = (signal: 'STOP' | 'CONT') => lab.host.exec(`kill -${signal} $(pgrep -f 'guest=[c]ut')`)
    await signalGuest('STOP')
    onTestFinished(async () => {
      await signalGuest('CONT').catch(() => undefined)
    })
    const refused = bench.refusal('vm.save', { vmId })
    await waitFor('the save is under way', () =>
      bench.tasks().some(({ command, step }) => command === 'vm.save' && step?.key === 'saving'),
    )
    onTestFinished(() => lab.host.startSshd())
    await lab.host.killSshd()
    await lab.host.killSshSessions()
    expect(await refused).toMatchObject({ retry: 'after-refresh' })
    expect([...bench.composed.topics.collection('operations').entities.values()]).toMatchObject([
      { command: 'vm.save', status: 'unknown' },
    ])
    expect(await bench.refusal('vm.start', { vmId })).toMatchObject({ code: 'vm.status-unknown' })
    await signalGuest('CONT')
    await lab.host.startSshd()
    await waitFor('the operation is settled', () => bench.composed.topics.collection('operations').entities.size === 0)
    // Cut off before the host had the call, or after: either way what is said is what is there.
    const saved = bench.tasks().find(({ command }) => command === 'vm.save')?.status === 'succeeded'
    await bench.seen('cut', saved ? 'suspended' : 'up')
    expect(await isRunning('cut')).toBe(!saved)
  })
})
