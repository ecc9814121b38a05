import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Disk, StorageDomain, StorageDomainId, Vm } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

const CHILD = fileURLToPath(new URL('./dying-engine.ts', import.meta.url))
const MIB = 1024 * 1024
/** As long as a busy host may take for what it does at once. */
const PATIENCE_MS = 120_000
/** What the disk holds before anything is moved. */
const KEPT = '/root/kept.raw'

describe('a disk whose machine has it is moved', () => {
  let lab: Lab
  let bench: VmBench
  const domains = new Map<string, StorageDomainId>()

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
    bench = await startVmBench()
    await bench.addHost(lab.host)
    for (const name of ['data', 'more']) {
      await lab.shareFolder({ path: `/vm-${name}`, sizeMiB: 96 })
      const [datacenter] = model().datacenters.values()
      const storage = { kind: 'posix', path: `/vm-${name}` }
      const input = { datacenterId: datacenter?.id, name, type: 'data', criticalFreeBytes: 0, storage }
      const made = await bench.call<{ storageDomainId: StorageDomainId }>('storage.create', input)
      domains.set(name, made.storageDomainId)
    }
    await inUse()
  })
  afterAll(async () => {
    await bench?.stop()
    await lab?.stop()
  })

  const model = () => {
    bench.composed.topics.flush()
    return bench.composed.topics.model()
  }
  const inUse = () =>
    waitFor(
      'both domains are in use',
      () => {
        const isUsed = ({ status, connections }: StorageDomain) =>
          status === 'active' && connections.some((each) => each.status === 'connected')
        return [...model().storageDomains.values()].filter(isUsed).length === 2
      },
      PATIENCE_MS,
    )
  const into = (name: 'data' | 'more', diskId: Disk['id'], more: object = {}) => ({
    diskId,
    storageDomainId: domains.get(name),
    ...more,
  })
  const diskSeen = (what: string, check: (disk: Disk) => boolean) =>
    waitFor(what, () => [...model().disks.values()].find((disk) => disk.registered && check(disk)), PATIENCE_MS)
  /** All that lies in the domains but for what they say of themselves. */
  const files = async () => {
    const { stdout } = await lab.host.exec('ls -A /vm-data /vm-more')
    return stdout.split('\n').filter((name) => name !== '' && !/^\/|^\.virtdeck$/.test(name))
  }
  const xml = async (...args: string[]) => (await lab.host.virsh(['dumpxml', ...args])).stdout
  const holds = async ({ path, format }: Disk) => {
    const { stdout } = await lab.host.exec(`qemu-img compare -U -f raw -F ${format} ${KEPT} ${path} 2>&1 || true`)
    expect(stdout).toContain('Images are identical')
  }
  /** A machine with one disk that is full. */
  async function define(name: string): Promise<{ readonly vm: Vm; readonly diskId: Disk['id'] }> {
    const sizeBytes = 32 * MIB
    const made = { storageDomainId: domains.get('data'), alias: name, sizeBytes, format: 'raw' }
    const { diskId } = await bench.call<{ diskId: Disk['id'] }>('disk.create', made)
    const { path } = await diskSeen('the disk', ({ id }) => id === diskId)
    await lab.host.exec(`qemu-io -f raw -c 'write -P 7 0 ${sizeBytes}' ${path} && cp ${path} ${KEPT}`)
    const devices = `<disk type='file' device='disk'><driver name='qemu' type='raw' cache='none'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>`
    await lab.host.defineVm(guestXml({ name, boots: 'firmware', graphics: { kind: 'none' }, devices }))
    const vm = await bench.seen(name, 'down')
    await diskSeen('its machine is known', ({ id, usedBy }) => id === diskId && usedBy.length === 1)
    return { vm, diskId }
  }
  const running = async (vm: Vm, diskId: Disk['id']) => {
    await bench.call('vm.start', { vmId: vm.id })
    await bench.seen(vm.name, 'up')
    await diskSeen('it is known to run', ({ id, usedBy }) => id === diskId && usedBy.some((each) => each.running))
  }
  /** Copying, and so slow from then on that it does not end by itself. */
  const copies = () =>
    waitFor(
      'QEMU copies',
      async () => {
        if (!(await xml('web')).includes("job='copy'")) return false
        await lab.host.virsh(['blockjob', 'web', 'vda', '--bandwidth', '1', '--bytes'])
        return true
      },
      PATIENCE_MS,
    )
  const taskUnderWay = async () => {
    await copies()
    return waitFor(
      'its task',
      () => bench.tasks().find(({ command, status }) => command === 'disk.move' && status === 'running'),
      PATIENCE_MS,
    )
  }

  test('while it runs: cancelled, cut off by its end, and in another format; then while it is off', async () => {
    const { vm, diskId } = await define('web')
    await running(vm, diskId)
    const slowly = () => bench.refusal('disk.move', into('more', diskId, { maxMiBPerSecond: 1 }))

    const cancelled = slowly()
    const task = await taskUnderWay()
    const first = { code: 'disk.at-work', params: { command: 'disk.move', user: 'kim' } }
    expect(await bench.refusal('disk.resize', { diskId, sizeBytes: 64 * MIB })).toMatchObject(first)
    expect(await bench.refusal('disk.move', into('more', diskId))).toMatchObject(first)
    expect(await bench.refusal('vm.snapshot-create', { vmId: vm.id, name: 'no' })).toMatchObject(first)
    // What QEMU writes into is no leftover that somebody could remove.
    const halfDone = await waitFor('the new file is seen', () =>
      [...model().disks.values()].find(({ storageDomainId }) => storageDomainId === domains.get('more')),
    )
    expect(await bench.refusal('disk.remove', { diskId: halfDone.id })).toMatchObject(first)
    await bench.call('task.cancel', { taskId: task.id })
    expect(await cancelled).toMatchObject({ code: 'task.cancelled' })
    const { path: before, fileName } = await diskSeen('it stayed', ({ id }) => id === diskId)
    expect(await files()).toEqual([fileName])
    expect(await xml('web')).not.toContain('<mirror')

    const cut = slowly()
    await taskUnderWay()
    await lab.host.virsh(['destroy', 'web'])
    // Whether QEMU tells of its job first, or libvirt of the machine's end, is up to them.
    expect(['disk.machine-stopped', 'disk.mirror-failed']).toContain((await cut).code)
    expect(await files()).toEqual([fileName])
    await bench.seen('web', 'down')
    await running(vm, diskId)

    await bench.call('disk.move', into('more', diskId, { format: 'qcow2' }))
    const moved = await diskSeen('it is there', (disk) => disk.id === diskId && disk.format === 'qcow2')
    expect(moved).toMatchObject({ storageDomainId: domains.get('more'), fileName: fileName.replace('.raw', '.qcow2') })
    expect(await files()).toEqual([moved.fileName])
    for (const text of [await xml('web'), await xml('web', '--inactive')]) {
      expect(text).toContain(moved.path)
      expect(text).not.toContain(before)
    }
    await holds(moved)
    await diskSeen('its machine has it', ({ id, usedBy }) => id === diskId && usedBy.some((each) => each.running))

    await bench.call('vm.poweroff', { vmId: vm.id })
    await bench.seen('web', 'down')
    await diskSeen('it is off', ({ id, usedBy }) => id === diskId && usedBy.every((each) => !each.running))
    await bench.call('disk.move', into('data', diskId, { format: 'raw' }))
    const back = await diskSeen('it is back', (disk) => disk.id === diskId && disk.format === 'raw')
    expect(back.path).toBe(before)
    expect(await files()).toEqual([fileName])
    expect(await xml('web')).toContain(before)
    await holds(back)
    await running(vm, diskId)
  }, 300_000)

  test('an engine that is killed while QEMU copies is followed by one that goes on to the end', async () => {
    const [vm] = model().vms.values()
    const { id: diskId } = await diskSeen('the disk of its machine', ({ usedBy }) => usedBy.length === 1)
    if (vm === undefined) throw new Error('it has no machine')
    await bench.composed.stop()
    const input = JSON.stringify(into('more', diskId, { maxMiBPerSecond: 1 }))
    const child = spawn(process.execPath, [CHILD, bench.dataDir, 'disk.move', input, '1000', 'after'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const ended = once(child, 'exit')
    await copies()
    child.kill('SIGKILL')
    await ended
    expect(await xml('web')).toContain('<mirror')
    await lab.host.virsh(['blockjob', 'web', 'vda', '--bandwidth', '0'])
    bench = await startVmBench(bench.dataDir)
    await waitFor(
      'nothing is open',
      () => bench.composed.topics.collection('operations').entities.size === 0,
      2 * PATIENCE_MS,
    )
    await inUse()
    const moved = await diskSeen('it is there', (disk) => disk.id === diskId && disk.asOf !== null)
    expect(moved).toMatchObject({ storageDomainId: domains.get('more'), status: 'ok' })
    expect(await files()).toEqual([moved.fileName])
    expect(await xml('web')).not.toContain('<mirror')
    expect(await xml('web', '--inactive')).toContain(moved.path)
    await holds(moved)
  }, 600_000)
})
