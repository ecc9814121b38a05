import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Backup, Disk, StorageDomain, StorageDomainId, Vm } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { killDuring } from './killed-engine.ts'
import { type Lab, startLab } from './lab.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

const MIB = 1024 * 1024
/** As long as a busy host may take for what it does at once. */
const PATIENCE_MS = 120_000

interface Taken {
  readonly backupId: string
  readonly kind: string
  readonly reason: string | null
}

describe('backups of a machine', () => {
  let lab: Lab
  let bench: VmBench
  const domains = new Map<string, StorageDomainId>()

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
    bench = await startVmBench()
    await bench.addHost(lab.host)
    for (const name of ['data', 'kept']) {
      await lab.shareFolder({ path: `/vm-${name}`, sizeMiB: 96 })
      const [datacenter] = model().datacenters.values()
      const storage = { kind: 'posix', path: `/vm-${name}` }
      const input = { datacenterId: datacenter?.id, name, type: 'data', criticalFreeBytes: 0, storage }
      const made = await bench.call<{ storageDomainId: StorageDomainId }>('storage.create', input)
      domains.set(name, made.storageDomainId)
    }
    await waitFor(
      'both domains are in use',
      () => [...model().storageDomains.values()].filter(isUsed).length === 2,
      PATIENCE_MS,
    )
  })
  afterAll(async () => {
    await bench?.stop()
    await lab?.stop()
  })

  const isUsed = ({ status, connections }: StorageDomain) =>
    status === 'active' && connections.some((each) => each.status === 'connected')
  const model = () => {
    bench.composed.topics.flush()
    return bench.composed.topics.model()
  }
  const backups = () => [...bench.composed.topics.collection('backups').entities.values()] as readonly Backup[]
  const diskSeen = (what: string, check: (disk: Disk) => boolean) =>
    waitFor(what, () => [...model().disks.values()].find((disk) => disk.registered && check(disk)), PATIENCE_MS)
  const into = (vm: Vm, more: object = {}) => ({ vmId: vm.id, storageDomainId: domains.get('kept'), ...more })
  const take = (vm: Vm, more: object = {}) => bench.call<Taken>('backup.create', into(vm, more))
  const folders = async () =>
    (await lab.host.exec('ls /vm-kept/backups 2>/dev/null || true')).stdout.split('\n').filter(Boolean).sort()
  const write = (path: string, pattern: number) =>
    lab.host.exec(`qemu-io -f qcow2 -c 'write -P ${pattern} 0 1M' ${path}`)
  /** Of a machine that is off: it has that at the beginning of its disk. */
  const holds = async (path: string, pattern: number) => {
    const { stdout } = await lab.host.exec(`qemu-io -r -f qcow2 -c 'read -P ${pattern} 0 1M' ${path}`)
    expect(stdout).not.toContain('Pattern verification failed')
  }
  const off = async (vm: Vm) => {
    await bench.call('vm.poweroff', { vmId: vm.id })
    await bench.seen(vm.name, 'down')
  }
  const on = async (vm: Vm) => {
    await bench.call('vm.start', { vmId: vm.id })
    await bench.seen(vm.name, 'up')
  }
  const checkpoints = async () =>
    (await lab.host.virsh(['checkpoint-list', 'web', '--name'])).stdout.split('\n').filter(Boolean)

  test('full and incremental, made new machines of, gone back to, kept by number and removed', async () => {
    const made = { storageDomainId: domains.get('data'), alias: 'web', sizeBytes: 16 * MIB, format: 'qcow2' }
    const { diskId } = await bench.call<{ diskId: Disk['id'] }>('disk.create', made)
    const { path } = await diskSeen('the disk', ({ id }) => id === diskId)
    await write(path, 1)
    const devices = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>`
    await lab.host.defineVm(guestXml({ name: 'web', boots: 'firmware', graphics: { kind: 'none' }, devices }))
    const vm = await bench.seen('web', 'down')
    await diskSeen('its machine is known', ({ id, usedBy }) => id === diskId && usedBy.length === 1)

    expect(await take(vm)).toMatchObject({ kind: 'full', reason: 'off' })
    expect(await bench.refusal('backup.create', into(vm, { kind: 'incremental' }))).toMatchObject({
      code: 'backup.needs-full',
      params: { hint: 'off' },
    })
    await on(vm)
    const full = await take(vm)
    expect(full).toMatchObject({ kind: 'full', reason: 'first' })
    // A guest of the lab writes nothing; between two runs the account of what changed stays in the image.
    await off(vm)
    await on(vm)
    const incremental = await take(vm)
    expect(incremental).toMatchObject({ kind: 'incremental', reason: null })
    expect(await checkpoints()).toHaveLength(1)
    expect(backups()).toHaveLength(3)
    const [whole, part] = [full, incremental].map(({ backupId }) => backups().find(({ id }) => id === backupId))
    expect(part).toMatchObject({
      parentId: full.backupId,
      fromRunning: true,
      disks: [{ target: 'vda', format: 'qcow2' }],
    })
    expect(part?.sizeBytes).toBeLessThan(whole?.sizeBytes ?? 0)
    expect(await bench.refusal('backup.remove', { backupId: full.backupId })).toMatchObject({
      code: 'backup.has-increments',
      params: { count: 1 },
    })

    // Another machine beside it, with a disk and an identity of its own.
    const restored = await bench.call<{ vmId: Vm['id'] }>('backup.restore', {
      backupId: incremental.backupId,
      name: 'copy',
    })
    expect(restored.vmId).not.toBe(vm.id)
    const copy = await bench.seen('copy', 'down')
    const copied = await diskSeen('its disk', ({ path: its }) => its === copy.disks[0]?.source)
    expect(copied).toMatchObject({ storageDomainId: domains.get('kept'), status: 'ok', alias: 'copy-vda' })
    await holds(copied.path, 1)
    expect(await bench.refusal('backup.restore', { backupId: incremental.backupId, name: 'copy' })).toMatchObject({
      code: 'vm.name-taken',
    })

    // The machine itself, once what it has become is not wanted.
    expect(await bench.refusal('backup.restore', { backupId: full.backupId, vmId: vm.id })).toMatchObject({
      code: 'vm.wrong-status',
    })
    await off(vm)
    await write(path, 2)
    await bench.call('backup.restore', { backupId: incremental.backupId, vmId: vm.id })
    await holds(path, 1)
    expect(await checkpoints()).toEqual([])
    await on(vm)
    // What was kept account of is gone with the file.
    expect(await take(vm, { keep: 1 })).toMatchObject({ kind: 'full', reason: 'checkpoint-lost' })
    await waitFor('older ones are gone', () => backups().length === 1)
    const [last] = backups()
    expect(await folders()).toEqual([last?.id])
    await bench.call('backup.remove', { backupId: last?.id })
    expect([await folders(), backups(), await checkpoints()]).toEqual([[], [], []])
  }, 300_000)

  test('one that an engine was killed in leaves nothing', async () => {
    const vm = await bench.seen('web', 'up')
    // The backup is written, and nobody has heard of it.
    bench = await killDuring(bench, 'backup.create', into(vm), { at: 5, when: 'before' })
    await waitFor(
      'both domains are in use',
      () => [...model().storageDomains.values()].filter(isUsed).length === 2,
      PATIENCE_MS,
    )
    await waitFor('its task has failed', () =>
      bench.tasks().some(({ command, status }) => command === 'backup.create' && status === 'failed'),
    )
    expect([await folders(), backups(), await checkpoints()]).toEqual([[], [], []])
    expect((await lab.host.virsh(['domjobinfo', 'web'])).stdout).toContain('None')
  }, 300_000)
})
