import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HostSample, VmDriveSize, VmGuest, VmLoad, VmSample, VmSnapshot } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { prepareAgentGuest } from './guest-image.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { KIM, startVmBench, type VmBench } from './vm-bench.ts'

describe('VMs of a real host, through the engine', () => {
  let lab: Lab
  let bench: VmBench

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
    bench = await startVmBench()
    await bench.addHost(lab.host)
  })
  afterAll(async () => {
    await bench?.stop()
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    await waitFor('no VM is left', () => bench.composed.topics.model().vms.size === 0)
  })
  afterEach(async () => {
    await lab.host.contLibvirtd()
  })

  const define = async (options: Parameters<typeof guestXml>[0]) => {
    await lab.host.defineVm(guestXml({ boots: 'firmware', ...options }))
    return bench.seen(options.name, 'down')
  }

  test('start, pause, resume, reset, save, restore and power off, each seen in the reply', async () => {
    const { id: vmId } = await define({ name: 'web' })
    await bench.call('vm.start', { vmId })
    expect(bench.vm('web')).toMatchObject({ status: 'up', domainId: expect.any(Number), stale: false })
    await bench.call('vm.pause', { vmId })
    expect(bench.vm('web')?.status).toBe('paused')
    await bench.call('vm.resume', { vmId })
    expect(bench.vm('web')?.status).toBe('up')
    await bench.call('vm.reset', { vmId })
    expect(bench.vm('web')?.status).toBe('up')
    await bench.call('vm.nmi', { vmId })
    await bench.call('vm.send-keys', { vmId, keys: 'Ctrl+Alt+Delete' })
    expect(await bench.refusal('vm.send-keys', { vmId, keys: 'any' })).toMatchObject({ code: 'command.input-invalid' })
    expect(bench.vm('web')?.status).toBe('up')
    await bench.call('vm.save', { vmId })
    expect(bench.vm('web')).toMatchObject({ status: 'suspended', hasManagedSave: true })
    await bench.call('vm.start', { vmId })
    expect(bench.vm('web')).toMatchObject({ status: 'up', hasManagedSave: false })
    await bench.call('vm.poweroff', { vmId })
    expect(bench.vm('web')).toMatchObject({ status: 'down', domainId: null })
    expect((await lab.host.virsh(['domstate', 'web'])).stdout.trim()).toBe('shut off')
  })

  test('start paused, and start without the saved state', async () => {
    const { id: vmId } = await define({ name: 'held' })
    await bench.call('vm.start', { vmId, paused: true })
    expect(bench.vm('held')?.status).toBe('paused')
    await bench.call('vm.save', { vmId })
    await bench.call('vm.start', { vmId, discardSavedState: true })
    expect(bench.vm('held')).toMatchObject({ status: 'up', hasManagedSave: false, statusReason: null })
  })

  test('a start acts by what the host says now, also where no event told of a change', async () => {
    const { id: vmId } = await define({ name: 'stale' })
    await bench.call('vm.start', { vmId })
    await bench.call('vm.save', { vmId })
    expect(bench.vm('stale')).toMatchObject({ status: 'suspended', hasManagedSave: true })
    await lab.host.virsh(['managedsave-remove', 'stale'])
    const seen = new Set<string>()
    const { unsubscribe } = bench.composed.topics.subscribe({ topic: 'vms' }, () =>
      seen.add(bench.vm('stale')?.status ?? ''),
    )
    await bench.call('vm.start', { vmId })
    unsubscribe()
    expect(bench.vm('stale')?.status).toBe('up')
    // It boots: nothing may say that it goes on from where it was.
    expect([...seen]).not.toContain('restoring-state')
    const task = [...bench.composed.topics.model().tasks.values()].at(-1)
    expect(task).toMatchObject({ command: 'vm.start', steps: [{ text: { key: 'starting' } }] })
  })

  test('shut down: powering down for as long as the guest does not do it', async () => {
    const { id: vmId } = await define({ name: 'deaf' })
    await bench.call('vm.start', { vmId })
    await bench.call('vm.shutdown', { vmId })
    // SeaBIOS hears no power button.
    expect(bench.vm('deaf')?.status).toBe('powering-down')
    expect(bench.trail('deaf').at(-1)).toMatchObject({ kind: 'command.asked', command: 'vm.shutdown', user: 'kim' })
  })

  test('shut down: the guest powers off, and the trail says who asked', async () => {
    const { id: vmId } = await define({ name: 'guest', boots: 'linux' })
    await bench.call('vm.start', { vmId })
    await waitFor('GUEST-READY', async () =>
      (await lab.host.exec('cat /var/log/libvirt/qemu/guest-serial.log')).stdout.includes('GUEST-READY'),
    )
    await bench.call('vm.shutdown', { vmId })
    await bench.seen('guest', 'down')
    const stopped = await waitFor('the line', () => bench.trail('guest').find((event) => event.kind === 'vm.stopped'))
    expect(stopped).toMatchObject({ user: 'kim', command: 'vm.shutdown', params: { reason: 'shutdown' } })
    const task = () =>
      [...bench.composed.topics.model().tasks.values()].find(
        ({ command, subject }) => command === 'vm.shutdown' && subject.name === 'guest',
      )
    await waitFor('the guest’s answer', () => task()?.answer?.outcome === 'done')
  })

  test('a power cut by virsh next door is not told as the shutdown that somebody had asked for', async () => {
    const { id: vmId } = await define({ name: 'deaf', boots: 'firmware' })
    await bench.call('vm.start', { vmId })
    await bench.call('vm.shutdown', { vmId })
    await lab.host.virsh(['destroy', 'deaf'])
    await bench.seen('deaf', 'down')
    const stopped = await waitFor('the line', () => bench.trail('deaf').find((event) => event.kind === 'vm.stopped'))
    expect(stopped).toMatchObject({ user: null, params: { reason: 'destroyed' } })
  })

  test('autostart is set on the host and shown at once', async () => {
    const { id: vmId } = await define({ name: 'auto' })
    await bench.call('vm.autostart', { vmId, enabled: true })
    expect(bench.vm('auto')?.autostart).toBe(true)
    expect((await lab.host.virsh(['dominfo', 'auto'])).stdout).toMatch(/Autostart:\s+enable/)
  })

  test('what virsh does next door shows by itself, with nobody named for it', async () => {
    await define({ name: 'foreign' })
    await lab.host.virsh(['start', 'foreign'])
    await bench.seen('foreign', 'up')
    await lab.host.virsh(['destroy', 'foreign'])
    await bench.seen('foreign', 'down')
    await waitFor('the line', () => bench.trail('foreign').some((event) => event.kind === 'vm.stopped'))
    expect(bench.trail('foreign').map((event) => [event.kind, event.user])).toEqual([
      ['vm.defined', null],
      ['vm.started', null],
      ['vm.stopped', null],
    ])
  })

  test('what we do is told once', async () => {
    const { id: vmId } = await define({ name: 'ours' })
    await bench.call('vm.start', { vmId })
    await bench.call('vm.pause', { vmId })
    await bench.call('vm.resume', { vmId })
    await bench.call('vm.poweroff', { vmId })
    const lines = bench.trail('ours').map((event) => `${event.kind} ${event.command ?? ''}`.trim())
    expect(lines).toEqual([
      'vm.defined',
      'command.succeeded vm.start',
      'command.succeeded vm.pause',
      'command.succeeded vm.resume',
      'command.succeeded vm.poweroff',
    ])
  })

  test('what the status does not allow is refused before the host is asked', async () => {
    const { id: vmId } = await define({ name: 'off' })
    expect(await bench.refusal('vm.pause', { vmId })).toMatchObject({
      code: 'vm.wrong-status',
      params: { status: 'down' },
    })
    const [verdict] = bench.composed.engine.canRun(KIM, [{ command: 'vm.pause', input: { vmId } }])
    expect(verdict?.code).toBe('vm.wrong-status')
  })

  test('libvirt’s own refusal keeps libvirt’s words', async () => {
    await lab.host.exec('mkdir -p /run/disks && truncate -s 1M /run/disks/gone.img')
    const devices =
      "<disk type='file' device='disk'><source file='/run/disks/gone.img'/><target dev='vda' bus='virtio'/></disk>"
    const { id: vmId } = await define({ name: 'broken', devices })
    await lab.host.exec('rm /run/disks/gone.img')
    const error = await bench.refusal('vm.start', { vmId })
    expect(error.code).toBe('vm.operation-refused')
    expect(error.params.message).toContain('gone.img')
    expect(bench.vm('broken')?.status).toBe('down')
  })

  test('a save can be cancelled: the VM runs on and the task says so', async () => {
    const { id: vmId } = await define({ name: 'large', boots: 'memtest', memoryMiB: 768 })
    await bench.call('vm.start', { vmId })
    const saving = bench.composed.engine.dispatch(KIM, 'vm.save', { vmId })
    const task = await waitFor('the task runs', () =>
      bench
        .tasks()
        .find((each) => each.command === 'vm.save' && each.step?.key === 'saving' && each.finishedAt === null),
    )
    expect(bench.vm('large')?.status).toBe('saving-state')
    await waitFor(
      'the host is at it',
      async () =>
        /Job type:\s+Unbounded|Completed/.test(
          (await lab.host.virsh(['domjobinfo', 'large'], { allowFailure: true })).stdout,
        ) || bench.vm('large')?.status === 'suspended',
    )
    const cancelled = await bench.composed.engine.dispatch(KIM, 'task.cancel', { taskId: task.id })
    const result = await saving
    // A small machine may be saved before the cancel arrives; then the save has simply succeeded.
    if (result.ok || !cancelled.ok) {
      expect(bench.vm('large')?.status).toBe('suspended')
    } else {
      expect(result.error.code).toBe('task.cancelled')
      expect(await bench.seen('large', 'up')).toMatchObject({ hasManagedSave: false })
    }
  })

  test('a libvirtd that dies under a start leaves no guess: done or unknown, and then the truth', async () => {
    const { id: vmId } = await define({ name: 'unlucky' })
    const starting = bench.composed.engine.dispatch(KIM, 'vm.start', { vmId })
    await bench.seen('unlucky', 'powering-up')
    await lab.host.killLibvirtd()
    await bench.seen('unlucky', 'unknown')
    await lab.host.startLibvirtd()
    const result = await starting
    // It may die just before it is asked.
    if (!result.ok) expect(['vm.outcome-unknown', 'host.libvirt-not-running']).toContain(result.error.code)
    // libvirtd itself changes its mind while it comes back: it ends what it had not wholly started. What had no QEMU yet stays
    // "starting up" for ever, and nothing can be done to it: a bug of libvirt's.
    const meaning: Record<string, string> = { running: 'up', 'shut off': 'down', paused: 'powering-up' }
    const onHost = async () => (await lab.host.virsh(['domstate', 'unlucky'])).stdout.trim()
    await waitFor('the truth', async () => meaning[await onHost()] === bench.vm('unlucky')?.status)
    if (bench.vm('unlucky')?.status === 'powering-up') {
      await lab.host.killLibvirtd()
      await lab.host.exec('rm /run/libvirt/qemu/unlucky.xml')
      await lab.host.startLibvirtd()
      await bench.seen('unlucky', 'down')
    }
  })

  test('the definition is shown without its password, and follows changes', async () => {
    const { id: vmId } = await define({ name: 'shown', graphics: { kind: 'vnc-tcp', password: 'geheim77' } })
    const { engine } = bench.composed
    const content = await engine.fetchTopic(KIM, { topic: 'vm.xml', key: vmId }, { waitMs: 5_000 })
    const [current] = content.entities as unknown as { id: string; xml: string }[]
    expect(current?.id).toBe('current')
    expect(current?.xml).toContain('<name>shown</name>')
    expect(current?.xml).not.toContain('geheim77')
    expect(bench.vm('shown')?.graphics[0]?.passwordSet).toBe(true)
  })

  test('what was changed on disk while it runs waits for its next start, whoever looks', async () => {
    const { id: vmId } = await define({ name: 'edited' })
    await bench.call('vm.start', { vmId })
    expect(bench.vm('edited')?.pending).toEqual([])
    await lab.host.virsh(['setmaxmem', 'edited', '64M', '--config'])
    const disk = "<disk type='file' device='cdrom'><target dev='hdd' bus='ide'/><readonly/></disk>"
    await lab.host.exec(`echo "${disk}" > /run/cd.xml`)
    await lab.host.virsh(['attach-device', 'edited', '/run/cd.xml', '--config'])
    const { unsubscribe } = look<VmDriveSize>('vm.stats', vmId)
    try {
      const pending = await waitFor('the changes', () => {
        const found = bench.vm('edited')?.pending ?? []
        return found.length === 2 && found
      })
      expect(pending).toEqual([
        { what: 'maxMemory', device: null, now: 32 * 1_024, next: 64 * 1_024 },
        { what: 'disk', device: 'hdd', now: null, next: '' },
      ])
    } finally {
      unsubscribe()
    }
    await bench.call('vm.poweroff', { vmId })
    expect(bench.vm('edited')).toMatchObject({ status: 'down', pending: [], maxMemoryKiB: 64 * 1_024 })
  })

  /** What a topic holds while a test looks. */
  function look<T>(
    topic: 'vm.stats' | 'vm.load' | 'vm.drives' | 'vm.guest' | 'snapshots' | 'host.stats',
    key: string | undefined,
  ) {
    const entities = new Map<string, T>()
    const { unsubscribe } = bench.composed.engine.subscribe(KIM, { topic, key }, (frame) => {
      const changed = frame.t === 'snapshot' ? frame.entities : frame.t === 'patch' ? frame.upsert : []
      for (const entity of changed) entities.set(entity.id, entity as T)
      for (const id of frame.t === 'patch' ? frame.remove : []) entities.delete(id)
    })
    return { entities, unsubscribe }
  }

  test('the sizes of drives are there whether the machine runs or not', async () => {
    await lab.host.exec('mkdir -p /run/disks && truncate -s 3M /run/disks/data.img /run/disks/more.img')
    const devices =
      "<disk type='file' device='disk'><source file='/run/disks/data.img'/><target dev='vda' bus='virtio'/></disk>" +
      "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>" +
      "<disk type='file' device='disk'><source file='/run/disks/gone.img'/><target dev='vdb' bus='virtio'/></disk>" +
      "<disk type='volume' device='disk'><source pool='disks' volume='more.img'/><target dev='vdc' bus='virtio'/></disk>"
    await lab.host.virsh(['pool-create-as', 'disks', 'dir', '--target', '/run/disks'])
    const { id: vmId } = await define({ name: 'loaded', devices })
    const { entities, unsubscribe } = look<VmDriveSize>('vm.drives', vmId)
    try {
      await waitFor('the sizes', () => entities.size === 3)
      const sizes = { capacityBytes: 3 * 1_024 * 1_024, allocationBytes: 0 }
      expect(entities.get('vda')).toEqual({ id: 'vda', ...sizes, pool: 'disks' })
      expect(entities.get('vdb')).toEqual({ id: 'vdb', capacityBytes: null, allocationBytes: null, pool: 'disks' })
      expect(entities.get('vdc')).toEqual({ id: 'vdc', ...sizes, pool: 'disks' })
      await lab.host.exec('dd if=/dev/zero of=/run/disks/gone.img bs=1M count=1 status=none')
      await bench.call('vm.start', { vmId })
      await waitFor('the other one', () => entities.get('vdb')?.allocationBytes === 1_024 * 1_024)
    } finally {
      unsubscribe()
      await lab.host.virsh(['pool-destroy', 'disks'])
    }
  })

  test('what the agent in a guest says is there while it is connected', async () => {
    await lab.host.exec('mkdir -p /run/disks && truncate -s 4M /run/disks/ext4.img && mkfs.ext4 -q /run/disks/ext4.img')
    await prepareAgentGuest(`${lab.sharedDir}/guests`)
    const devices =
      "<disk type='file' device='disk'><source file='/run/disks/ext4.img'/><target dev='vda' bus='virtio'/></disk>"
    const { id: vmId } = await define({ name: 'talks', boots: 'linux', agent: true, devices })
    const { entities, unsubscribe } = look<VmGuest>('vm.guest', vmId)
    try {
      await bench.call('vm.start', { vmId })
      const guest = await waitFor('the agent says something', () => entities.get('guest'), 240_000)
      expect(guest).toMatchObject({ hostName: 'lab-guest', system: 'Lab guest 1', users: [] })
      expect(guest.fileSystems).toMatchObject([{ mountPoint: '/data', type: 'ext4', usedBytes: expect.any(Number) }])
      expect(guest.kernel).toMatch(/^\d+\.\d+/)
      const program = { vmId, path: '/bin/busybox', arguments: ['sh', '-c', 'cat; echo wrong >&2; exit 3'], input: 'ä' }
      expect(await bench.call('vm.guest-exec', program)).toEqual({
        exitCode: 3,
        signal: null,
        stdout: 'ä',
        stderr: 'wrong\n',
        isCut: false,
      })
      expect(await bench.refusal('vm.guest-exec', { vmId, path: '/none' })).toMatchObject({
        code: 'vm.operation-refused',
        params: { action: 'guest-exec' },
      })
      await bench.call('vm.guest-password', { vmId, user: 'kim', password: '$6$hash', hashed: true })
      const told = await bench.call('vm.guest-exec', {
        vmId,
        path: '/bin/busybox',
        arguments: ['cat', '/run/chpasswd'],
      })
      expect(told).toMatchObject({ exitCode: 0, stdout: 'with -e\nkim:$6$hash\n' })
      await bench.call('vm.guest-freeze', { vmId })
      // A guest that stands still is told no other thing.
      expect(await bench.refusal('vm.guest-exec', { ...program })).toMatchObject({ code: 'vm.operation-refused' })
      await bench.call('vm.guest-thaw', { vmId })
      await bench.call('vm.guest-time', { vmId })
      const { stdout } = await bench.call<{ stdout: string }>('vm.guest-exec', {
        vmId,
        path: '/bin/busybox',
        arguments: ['date', '+%Y'],
      })
      expect(Number(stdout)).toBe(new Date().getUTCFullYear())
      await bench.call('vm.poweroff', { vmId })
      await waitFor('it is gone', () => entities.size === 0)
      expect((await bench.refusal('vm.guest-thaw', { vmId })).code).toBe('vm.wrong-status')
    } finally {
      unsubscribe()
    }
  }, 400_000)

  test('snapshots are there with their names and times, and go when they are gone', async () => {
    await lab.host.exec('mkdir -p /run/disks && qemu-img create -q -f qcow2 /run/disks/kept.qcow2 8M')
    const devices =
      "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/run/disks/kept.qcow2'/><target dev='vda' bus='virtio'/></disk>"
    const { id: vmId } = await define({ name: 'kept', devices })
    const { entities, unsubscribe } = look<VmSnapshot>('snapshots', vmId)
    try {
      for (const name of ['before', 'after']) await lab.host.virsh(['snapshot-create-as', 'kept', name])
      // Of a snapshot there is no event; another change of its machine has it read anew.
      await bench.call('vm.autostart', { vmId, enabled: true })
      await waitFor('the snapshots', () => entities.size === 2)
      expect(entities.get('before')).toMatchObject({ state: 'shutoff', parent: null, isCurrent: false })
      expect(entities.get('after')).toMatchObject({ parent: 'before', isCurrent: true, createdAt: expect.any(Number) })
      for (const name of ['before', 'after']) await lab.host.virsh(['snapshot-delete', 'kept', name])
      await bench.call('vm.autostart', { vmId, enabled: false })
      await waitFor('none', () => entities.size === 0)
    } finally {
      unsubscribe()
    }
  })

  test('statistics have their past, say whose word the memory is, and come more often while somebody looks', async () => {
    const memory = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking><devices>"
    await lab.host.defineVm(guestXml({ name: 'busy' }).replace('<devices>', memory))
    const { id: vmId } = await bench.seen('busy', 'down')
    await bench.call('vm.start', { vmId })
    const hostId = bench.hosts()[0]?.id
    const loads = look<VmLoad>('vm.load', hostId)
    try {
      await waitFor('the load of the machine', () => typeof loads.entities.get(vmId)?.cpuPercent === 'number')
      // A Linux guest that is asked tells it; QEMU asks for nothing by itself.
      await waitFor('the guest’s own word', () => loads.entities.get(vmId)?.memorySource === 'guest', 60_000)
      expect((await lab.host.virsh(['dumpxml', 'busy'])).stdout).toContain("<stats period='10'/>")
      expect((await lab.host.virsh(['dumpxml', '--inactive', 'busy'])).stdout).not.toContain('<stats')
    } finally {
      loads.unsubscribe()
    }
    const [samples, hostSamples] = [look<VmSample>('vm.stats', vmId), look<HostSample>('host.stats', hostId)]
    // Without waiting: they were kept. A CPU percentage needs two.
    expect(samples.entities.size).toBeGreaterThan(1)
    expect([...samples.entities.values()].at(-1)).toMatchObject({ memoryTotalKiB: 128 * 1_024, memorySource: 'guest' })
    expect([...hostSamples.entities.values()].some(({ cpuPercent }) => cpuPercent !== null)).toBe(true)
    samples.unsubscribe()
    hostSamples.unsubscribe()
  })
})
