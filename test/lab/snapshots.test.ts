import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OperationRecord, Vm, VmSnapshot } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import type { SharedFolder } from './shared-folder.ts'
import { KIM, startVmBench, type VmBench } from './vm-bench.ts'

const CHILD = fileURLToPath(new URL('./dying-engine.ts', import.meta.url))

interface Taken {
  readonly snapshotId: string
  readonly kind: string
  readonly reason: string
}

describe('snapshots', () => {
  let lab: Lab
  let folder: SharedFolder
  let bench: VmBench
  const benches: VmBench[] = []
  let beforeSave: (records: readonly OperationRecord[]) => Promise<void> = async () => undefined

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
    folder = await lab.shareFolder({ path: '/vm-data', sizeMiB: 64 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    beforeSave = async () => undefined
    bench = await startVmBench(undefined, { beforeSave: (records) => beforeSave(records) })
    benches.push(bench)
    await bench.addHost(lab.host)
  })
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((each) => each.stop()))
    await lab.host.resetVms()
    await lab.host.exec('find /vm-data -mindepth 1 -delete')
  })

  /** A machine with one disk of 8 MiB, and 1 at its beginning. */
  const define = async (name: string, format: 'qcow2' | 'raw') => {
    const path = `/vm-data/${name}.${format}`
    await lab.host.exec(`qemu-img create -q -f ${format} ${path} 8M`)
    await write(path, format, 1)
    const devices = `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>`
    await lab.host.defineVm(guestXml({ name, boots: 'firmware', graphics: { kind: 'none' }, devices }))
    return bench.seen(name, 'down')
  }
  const write = (path: string, format: string, pattern: number) =>
    lab.host.exec(`qemu-io -f ${format} -c 'write -P ${pattern} 0 64k' ${path}`)
  /** Of a machine that is off: it has that at the beginning of its disk. */
  const holds = async (path: string, format: string, pattern: number) => {
    const { stdout } = await lab.host.exec(`qemu-io -r -f ${format} -c 'read -P ${pattern} 0 64k' ${path}`)
    expect(stdout).not.toContain('Pattern verification failed')
  }
  const files = async () => (await lab.host.exec('ls /vm-data')).stdout.split('\n').filter(Boolean).sort()
  const diskOf = (name: string) => bench.vm(name)?.disks[0]?.source ?? ''
  const off = async (vm: Vm) => {
    await bench.call('vm.poweroff', { vmId: vm.id })
    await bench.seen(vm.name, 'down')
  }
  const watch = (vm: Vm) => {
    const entities = new Map<string, VmSnapshot>()
    const { unsubscribe } = bench.composed.engine.subscribe(KIM, { topic: 'snapshots', key: vm.id }, (frame) => {
      const changed = frame.t === 'snapshot' ? frame.entities : frame.t === 'patch' ? frame.upsert : []
      for (const entity of changed) entities.set(entity.id, entity as VmSnapshot)
      for (const id of frame.t === 'patch' ? frame.remove : []) entities.delete(id)
    })
    return { entities, unsubscribe }
  }

  test('inside an image: with its memory, gone back to, described anew and removed', async () => {
    const vm = await define('inside', 'qcow2')
    await bench.call('vm.start', { vmId: vm.id })
    await bench.seen('inside', 'up')
    const taken = await bench.call<Taken>('vm.snapshot-create', { vmId: vm.id, name: 'first', memory: true })
    expect(taken).toMatchObject({ snapshotId: 'first', kind: 'internal', reason: 'host-cannot-revert-layers' })
    const { entities, unsubscribe } = watch(vm)
    await waitFor('its size', () => (entities.get('first')?.sizeBytes ?? 0) > 0)
    expect(entities.get('first')).toMatchObject({ kind: 'internal', hasMemory: true, isCurrent: true, disks: ['vda'] })
    const refusal = async (command: 'vm.snapshot-create' | 'vm.migrate' | 'vm.snapshot-revert', input: object = {}) =>
      (await bench.refusal(command, { vmId: vm.id, ...input })).code
    expect(await refusal('vm.snapshot-create', { name: 'first' })).toBe('snapshot.name-taken')
    expect(await refusal('vm.migrate')).toBe('snapshot.blocks')
    expect(await refusal('vm.snapshot-revert', { snapshotId: 'none' })).toBe('snapshot.not-found')
    await off(vm)
    await write('/vm-data/inside.qcow2', 'qcow2', 2)
    // Made next door, it is one like others.
    await lab.host.virsh(['snapshot-create-as', 'inside', 'by-virsh'])
    await bench.call('vm.snapshot-edit', { vmId: vm.id, snapshotId: 'by-virsh', description: 'before the & after' })
    await waitFor('both', () => entities.get('by-virsh')?.description === 'before the & after')
    expect(entities.get('by-virsh')).toMatchObject({ parent: 'first', isCurrent: true, hasMemory: false })
    await bench.call('vm.snapshot-revert', { vmId: vm.id, snapshotId: 'first' })
    // It goes on where it was.
    await bench.seen('inside', 'up')
    await off(vm)
    await holds('/vm-data/inside.qcow2', 'qcow2', 1)
    for (const snapshotId of ['by-virsh', 'first']) await bench.call('vm.snapshot-remove', { vmId: vm.id, snapshotId })
    await waitFor('none', () => entities.size === 0)
    unsubscribe()
    await holds('/vm-data/inside.qcow2', 'qcow2', 1)
    expect(bench.vm('inside')).toMatchObject({ hasSnapshots: false })
    expect([...bench.composed.topics.model().tasks.values()].filter(({ status }) => status !== 'succeeded')).toEqual([])
    expect(bench.trail('inside').map(({ kind }) => kind)).not.toContain('vm.paused')
  })

  test('as layers on a raw disk: gone back to, a branch dropped, and merged while it runs', async () => {
    const vm = await define('layers', 'raw')
    await bench.call('vm.start', { vmId: vm.id })
    await bench.seen('layers', 'up')
    const one = await bench.call<Taken>('vm.snapshot-create', { vmId: vm.id, name: 'one', quiesce: true })
    expect(one).toMatchObject({
      kind: 'external',
      reason: 'format-holds-none',
      quiesced: false,
    })
    await off(vm)
    await write(diskOf('layers'), 'qcow2', 2)
    await bench.call<Taken>('vm.snapshot-create', { vmId: vm.id, name: 'two' })
    await write(diskOf('layers'), 'qcow2', 3)
    expect(await files()).toHaveLength(3)

    await bench.call('vm.snapshot-revert', { vmId: vm.id, snapshotId: 'one', start: true })
    await bench.seen('layers', 'up')
    expect(await files()).toHaveLength(3)
    expect(await bench.refusal('vm.snapshot-remove', { vmId: vm.id, snapshotId: 'one' })).toMatchObject({
      code: 'snapshot.has-branches',
      params: { others: 'two' },
    })
    await bench.call('vm.snapshot-remove', { vmId: vm.id, snapshotId: 'two' })
    expect(await files()).toHaveLength(2)
    // What lies on the storage is looked at before anything is merged.
    await lab.host.exec('mv /vm-data/layers.raw /vm-data/away')
    expect(await bench.refusal('vm.snapshot-remove', { vmId: vm.id, snapshotId: 'one' })).toMatchObject({
      code: 'snapshot.chain-broken',
    })
    await lab.host.exec('mv /vm-data/away /vm-data/layers.raw')
    await bench.call('vm.snapshot-remove', { vmId: vm.id, snapshotId: 'one' })
    expect(bench.vm('layers')).toMatchObject({ status: 'up', hasSnapshots: false })
    await off(vm)
    expect(await files()).toEqual(['layers.raw'])
    await holds('/vm-data/layers.raw', 'raw', 1)
    // Its definition has changed by us, and by nobody else.
    expect([...bench.composed.topics.collection('drifts').entities.values()]).toEqual([])
  })

  test('with its memory beside its layers, gone back to where it was', async () => {
    const vm = await define('memory', 'raw')
    await bench.call('vm.start', { vmId: vm.id })
    await bench.seen('memory', 'up')
    await bench.call('vm.snapshot-create', { vmId: vm.id, name: 'alive', memory: true })
    await off(vm)
    await write(diskOf('memory'), 'qcow2', 2)
    await bench.call('vm.snapshot-revert', { vmId: vm.id, snapshotId: 'alive' })
    await bench.seen('memory', 'up')
    await bench.call('vm.snapshot-remove', { vmId: vm.id, snapshotId: 'alive' })
    await off(vm)
    expect(await files()).toEqual(['memory.raw'])
    await holds('/vm-data/memory.raw', 'raw', 1)
  })

  test('where there is no room none is taken, nothing is left of it, and the machine runs on', async () => {
    const vm = await define('full', 'raw')
    await bench.call('vm.start', { vmId: vm.id })
    await bench.seen('full', 'up')
    await folder.fillUp({ leaveKiB: 0 })
    try {
      const refusal = await bench.refusal('vm.snapshot-create', { vmId: vm.id, name: 'never' })
      expect(refusal).toMatchObject({ code: 'vm.operation-refused' })
      expect(bench.vm('full')).toMatchObject({ status: 'up', hasSnapshots: false })
    } finally {
      await folder.freeUp()
    }
    expect((await files()).filter((name) => name.startsWith('full'))).toEqual(['full.raw'])
    await bench.call('vm.snapshot-create', { vmId: vm.id, name: 'now' })
  })

  test('one at work refuses the next with its name', async () => {
    const vm = await define('busy', 'qcow2')
    // It hangs from the moment on in which the first is on record as begun.
    beforeSave = async (records) => {
      if (!records.some(({ steps }) => steps.some(({ phase }) => phase === 'running'))) return
      beforeSave = async () => undefined
      await lab.host.stopLibvirtd()
    }
    const first = bench.call<Taken>('vm.snapshot-create', { vmId: vm.id, name: 'first' })
    first.catch(() => undefined)
    try {
      const second = { command: 'vm.snapshot-create', input: { vmId: vm.id, name: 'second' } } as const
      await waitFor('it is at work', () => bench.composed.engine.canRun(KIM, [second])[0] !== null)
      expect(await bench.refusal(second.command, second.input)).toMatchObject({
        code: 'snapshot.at-work',
        params: { command: 'vm.snapshot-create', user: 'kim' },
      })
    } finally {
      await lab.host.contLibvirtd()
    }
    expect(await first).toMatchObject({ snapshotId: 'first' })
  })

  test('an engine that is killed while layers are merged is followed by one that waits for the host, and tidies up', async () => {
    const vm = await define('killed', 'raw')
    await bench.call('vm.snapshot-create', { vmId: vm.id, name: 'gone' })
    await lab.host.exec(`qemu-io -f qcow2 -c 'write -P 2 0 4M' ${diskOf('killed')}`)
    await bench.call('vm.start', { vmId: vm.id })
    await bench.seen('killed', 'up')
    await bench.composed.stop()
    const isMerging = async () =>
      (await lab.host.exec('virsh blockjob killed vda --info 2>&1')).stdout.includes('Active Block Commit')
    await folder.freeze()
    try {
      const input = JSON.stringify({ vmId: vm.id, snapshotId: 'gone' })
      const child = spawn(process.execPath, [CHILD, bench.dataDir, 'vm.snapshot-remove', input, '1000', 'after'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      const ended = once(child, 'exit')
      await waitFor('it merges', isMerging, 120_000)
      child.kill('SIGKILL')
      await ended
      const next = await startVmBench(bench.dataDir)
      benches.push(next)
      await waitFor(
        'the next one has it',
        () => next.tasks().some(({ command, status }) => command === 'vm.snapshot-remove' && status === 'running'),
        120_000,
      )
      expect(await isMerging()).toBe(true)
      // It reads all machines of the host in one go.
      await waitFor('the snapshot is known', () => next.vm('killed')?.hasSnapshots === true, 120_000)
    } finally {
      await folder.thaw()
    }
    const isDone = () =>
      benches
        .at(-1)
        ?.tasks()
        .some(({ command, status }) => command === 'vm.snapshot-remove' && status === 'succeeded')
    await waitFor('the task has ended', isDone, 120_000)
    expect(await files()).toEqual(['killed.raw'])
    await lab.host.virsh(['destroy', 'killed'])
    await holds('/vm-data/killed.raw', 'raw', 2)
  }, 480_000)
})
