import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type {
  Disk,
  HostId,
  OperationRecord,
  StorageDomain,
  StorageDomainId,
  VmId,
} from '../../src/shared/domain/index.ts'
import { runCommand, waitFor } from './command.ts'
import { type Lab, startLab } from './lab.ts'
import type { SharedFolder } from './shared-folder.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

const FORGET_POOLS =
  'for p in $(virsh pool-list --all --name); do virsh pool-destroy $p; virsh pool-undefine $p; done >/dev/null 2>&1; true'

/** A medium as far as its header says: what firmware makes of it does not matter here. */
function isoImage(volumeId: string): Buffer {
  const image = Buffer.alloc(64 * 1024)
  image.write('\u0001CD001\u0001', 0x8000, 'latin1')
  image.write(volumeId.padEnd(32), 0x8028, 'latin1')
  image.writeUInt32LE(32, 0x8050)
  image.writeUInt32BE(32, 0x8054)
  return image
}

describe('virtual machines of a cluster with shared storage', () => {
  let lab: Lab
  let data: SharedFolder
  let iso: SharedFolder
  let bench: VmBench
  const benches: VmBench[] = []
  let hostIds: readonly HostId[] = []
  let beforeSave: (records: readonly OperationRecord[]) => Promise<void> = async () => undefined
  let clusterId = ''
  let dataId = '' as StorageDomainId

  const model = () => {
    bench.composed.topics.flush()
    return bench.composed.topics.model()
  }
  const files = async () =>
    (await lab.host.exec(`ls -A ${data.path} | grep -v '^\\.virtdeck$'; true`)).stdout
      .split('\n')
      .filter(Boolean)
      .sort()
  const definedOn = async (index: number) =>
    (await lab.hosts[index]?.virsh(['list', '--all', '--name']))?.stdout.split('\n').filter(Boolean) ?? []
  const create = (change: object) =>
    bench.call<{ vmId: string }>('vm.create', { name: 'web', clusterId, memoryMiB: 64, vcpus: 1, ...change })
  const refused = (change: object) =>
    bench.refusal('vm.create', { name: 'web', clusterId, memoryMiB: 64, vcpus: 1, ...change })
  const domain = async (name: string, type: StorageDomain['type'], folder: SharedFolder) => {
    const [datacenter] = model().datacenters.values()
    const { storageDomainId } = await bench.call<{ storageDomainId: StorageDomainId }>('storage.create', {
      datacenterId: datacenter?.id,
      name,
      type,
      criticalFreeBytes: 0,
      storage: { kind: 'posix', path: folder.path },
    })
    await waitFor(`${name} is in use on both`, () => {
      const found = model().storageDomains.get(storageDomainId)
      return (
        found?.status === 'active' &&
        found.availableBytes !== null &&
        found.connections.every(({ status }) => status === 'connected')
      )
    })
    return storageDomainId
  }

  beforeAll(async () => {
    lab = await startLab({ hosts: 2 })
    data = await lab.shareFolder({ path: '/vm-data', sizeMiB: 64 })
    iso = await lab.shareFolder({ path: '/vm-iso', sizeMiB: 64 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    beforeSave = async () => undefined
    bench = await startVmBench(undefined, { beforeSave: (records) => beforeSave(records) })
    benches.push(bench)
    hostIds = [await bench.addHost(lab.host), await bench.addHost(lab.hosts[1] ?? lab.host)]
    const [cluster] = model().clusters.values()
    clusterId = cluster?.id ?? ''
    dataId = await domain('data', 'data', data)
  })
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((each) => each.stop()))
    for (const host of lab.hosts) {
      await host.resetVms()
      await host.exec(FORGET_POOLS)
    }
    for (const { machinePath } of [data, iso]) {
      await runCommand('sh', ['-c', `find ${machinePath} -mindepth 1 -delete`])
    }
  })

  test('are made with a new disk, a medium and a network card, run, and are removed with what is theirs', async () => {
    const isoId = await domain('media', 'iso', iso)
    await writeFile(`${iso.machinePath}/install.iso`, isoImage('INSTALL'))
    await bench.call('storage.refresh', { storageDomainId: isoId })
    const medium = await waitFor('the medium is seen', () =>
      [...model().disks.values()].find(({ fileName }) => fileName === 'install.iso'),
    )
    const { vmId } = await create({
      disks: [{ storageDomainId: dataId, sizeGiB: 0.01 }],
      nics: [{ user: true }],
      cdrom: { diskId: medium.id },
      cloudInit: { user: 'admin', passwordHash: '$6$salt$secret' },
      start: true,
    })
    const vm = await bench.seen('web', 'up')
    expect(vm).toMatchObject({ id: vmId, memoryKiB: 64 * 1024, vcpus: 1, domainType: 'qemu', persistent: true })
    const disk = await waitFor('the disk is known', () =>
      [...model().disks.values()].find((each): each is Disk => each.alias === 'web' && each.usedBy.length === 1),
    )
    const seed = `${data.path}/.seed-${vmId}.iso`
    expect(vm.disks.map(({ source }) => source)).toEqual([disk.path, `${iso.path}/install.iso`, seed])
    expect((await lab.host.exec(`grep -ac '[$]6[$]salt[$]secret' ${seed}`)).stdout.trim()).toBe('1')
    expect(JSON.stringify([...model().tasks.values(), ...bench.trail('web')])).not.toContain('$secret')
    const { from = '', to = '' } = model().clusters.get(clusterId as never)?.settings.macRange ?? {}
    expect(vm.nics[0]?.macAddress).toSatisfy((mac: string) => mac >= from && mac <= to)
    expect(bench.trail('web').map(({ kind, command }) => command ?? kind)).toEqual(['vm.create'])

    expect((await refused({})).code).toBe('vm.name-taken')
    expect((await refused({ name: 'WEB' })).code).toBe('vm.name-taken')
    const macAddress = vm.nics[0]?.macAddress
    expect(await refused({ name: 'other', nics: [{ user: true, macAddress }] })).toMatchObject({
      code: 'vm.mac-taken',
      params: { otherName: 'web' },
    })
    expect((await refused({ name: 'other', disks: [{ diskId: disk.id }] })).code).toBe('disk.in-use')
    expect((await bench.refusal('vm.remove', { vmId })).code).toBe('vm.wrong-status')
    expect((await bench.refusal('disk.remove', { diskId: disk.id })).code).toBe('disk.in-use')

    await bench.call('vm.poweroff', { vmId })
    await bench.call('vm.remove', { vmId, removeDisks: true })
    expect(await files()).toEqual([])
    expect([...(await definedOn(0)), ...(await definedOn(1))]).toEqual([])
    await waitFor(
      'nothing of it is known',
      () => bench.vm('web') === undefined && model().disks.get(disk.id) === undefined,
    )
    // The medium was nobody's own.
    expect(model().disks.get(medium.id)?.fileName).toBe('install.iso')
  })
  /** Nothing of a machine is anywhere. */
  const expectNothingLeft = async (name: string) => {
    expect(await files()).toEqual([])
    expect([...(await definedOn(0)), ...(await definedOn(1))]).toEqual([])
    expect([...model().disks.values()]).toEqual([])
    expect(bench.vm(name)).toBeUndefined()
    expect(model().tasks.size).toBeGreaterThan(0)
    expect(bench.composed.topics.collection('operations').entities.size).toBe(0)
  }

  test('are refused before anything is done where no host can run them', async () => {
    const refusals = (code: string) => [
      { name: 'node1.lab', error: { code } },
      { name: 'node2.lab', error: { code } },
    ]
    expect(await refused({ memoryMiB: 1024 * 1024 })).toMatchObject({
      code: 'vm.no-host',
      params: { name: 'web', refusals: refusals('vm.host-memory-short') },
    })
    expect(await refused({ vcpus: 4_000 })).toMatchObject({ params: { refusals: refusals('vm.host-cpus-short') } })
    expect(await refused({ nics: [{ bridge: 'nowhere' }] })).toMatchObject({
      params: { refusals: refusals('vm.host-network-missing') },
    })
    expect((await refused({ hostId: hostIds[0], nics: [{ libvirtNetwork: 'nowhere' }] })).code).toBe(
      'vm.host-network-missing',
    )
    expect((await refused({ disks: [{ storageDomainId: dataId, sizeGiB: 1, allocation: 'preallocated' }] })).code).toBe(
      'disk.no-space',
    )
    const [network] = model().networks.values()
    expect((await refused({ nics: [{ networkId: network?.id }] })).code).toBe('vm.no-host')
    expect((await refused({ name: 'a/b' })).code).toBe('command.input-invalid')
    expect(await files()).toEqual([])
  })

  test('leave nothing half-made when the host refuses their definition, or cannot start them', async () => {
    const disks = [{ storageDomainId: dataId, sizeGiB: 0.01 }]
    const odd = await refused({ disks, customXml: { devices: '<teapot/>' } })
    expect(odd).toMatchObject({
      code: 'vm.definition-refused',
      params: { message: expect.stringContaining('devices') },
    })
    await expectNothingLeft('web')
    const dead = await refused({ disks, kernel: { kernelPath: '/nonexistent' }, start: true })
    expect(dead).toMatchObject({ code: 'vm.operation-refused', params: { action: 'start' } })
    await expectNothingLeft('web')
  })

  test('leave nothing half-made when their storage is full in the middle', async () => {
    // Only then: who looks before would refuse it at once.
    beforeSave = async ([record]) => {
      if (record?.command !== 'vm.create' || record.steps[0]?.phase !== 'running') return
      beforeSave = async () => undefined
      await data.fillUp({ leaveKiB: 8 * 1024 })
    }
    const small = { storageDomainId: dataId, sizeGiB: 0.001 }
    const large = { storageDomainId: dataId, sizeGiB: 0.04, allocation: 'preallocated' }
    const full = await refused({ disks: [small, large] })
    await data.freeUp()
    expect(full.code).toBe('storage.full')
    await expectNothingLeft('web')
  })

  test('are gone again when their host was lost in the middle and has come back', async () => {
    const [, second = lab.host] = lab.hosts
    beforeSave = async ([record]) => {
      const at = record?.plan.steps.findIndex(({ action }) => action === 'define') ?? -1
      if (record?.command !== 'vm.create' || record.steps[at]?.phase !== 'running') return
      beforeSave = async () => undefined
      await second.powerCut()
    }
    const lost = await refused({ hostId: hostIds[1], disks: [{ storageDomainId: dataId, sizeGiB: 0.01 }] })
    expect(lost.code).toMatch(/^(?:libvirt|ssh|host|vm|operation)\./)
    await second.powerOn()
    for (const folder of [data, iso]) await folder.giveTo(second)
    await waitFor('nothing is open', () => bench.composed.topics.collection('operations').entities.size === 0)
    await waitFor('the host is back', () => bench.hosts().every(({ status }) => status === 'up'))
    await expectNothingLeft('web')
  })

  test.each([
    '\u{c6f9} <\u{c11c}\u{bc84}> & \'x\' "y" $(z) `',
    '\u{1f469}\u{200d}\u{1f467} \u{627}\u{644}',
    '-rf %s ..',
  ])('may be called %s', async (name) => {
    const { vmId } = await create({
      name,
      disks: [{ storageDomainId: dataId, sizeGiB: 0.001 }],
      start: true,
      paused: true,
    })
    await bench.seen(name, 'paused')
    await bench.call('vm.poweroff', { vmId })
    await bench.call('vm.remove', { vmId, removeDisks: true })
    await expectNothingLeft(name)
  })

  test('are made by twenty at once, started by one call, and have twenty addresses', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `vm${at}`)
    const made = await Promise.all(
      names.map((name) =>
        create({ name, memoryMiB: 16, nics: [{ user: true }], disks: [{ storageDomainId: dataId, sizeGiB: 0.001 }] }),
      ),
    )
    const { rows } = await bench.call<{ rows: { status: string }[] }>('vm.start', {
      vmIds: made.map(({ vmId }) => vmId),
      paused: true,
    })
    expect(rows.map(({ status }) => status)).toEqual(names.map(() => 'succeeded'))
    for (const name of names) await bench.seen(name, 'paused')
    const macs = [...model().vms.values()].flatMap(({ nics }) => nics.map(({ macAddress }) => macAddress))
    expect(new Set(macs).size).toBe(20)
  })

  test('are given disks and network cards while they run, and lose them', async () => {
    const { vmId } = await create({
      hostId: hostIds[0],
      disks: [{ storageDomainId: dataId, sizeGiB: 0.001 }],
      nics: [{ user: true }],
      start: true,
      paused: true,
    })
    await bench.seen('web', 'paused')
    const { diskId } = await bench.call<{ diskId: string }>('disk.create', {
      storageDomainId: dataId,
      alias: 'more',
      sizeBytes: 1024 * 1024,
    })
    const path = model().disks.get(diskId as never)?.path ?? 'nowhere'
    const xmlOf = async (...flags: string[]) => (await lab.host.virsh(['dumpxml', ...flags, 'web'])).stdout
    const both = async () => [await xmlOf(), await xmlOf('--inactive')]

    // As its first disk, on SATA: that is for its next start, and libvirt's word is told.
    expect(await bench.call('vm.attach-disk', { vmId, diskId })).toMatchObject({
      waiting: true,
      reason: expect.stringContaining('hotplug'),
    })
    await waitFor('it waits', () => bench.vm('web')?.pending.some(({ device }) => device === 'sdc') === true)
    expect(await bench.call('vm.detach-disk', { vmId, target: 'sdc' })).toMatchObject({ waiting: false })
    await waitFor('it is free', () => model().disks.get(diskId as never)?.usedBy.length === 0)

    const onVirtio = { vmId, diskId, bus: 'virtio', serial: 'S1' }
    expect(await bench.call('vm.attach-disk', onVirtio)).toMatchObject({ waiting: false })
    for (const xml of await both()) expect(xml).toMatch(/<target dev='vda' bus='virtio'\/>\s*<serial>S1<\/serial>/)
    expect(bench.vm('web')?.disks.map(({ source }) => source)).toContain(path)
    await waitFor('it is in use', () => model().disks.get(diskId as never)?.usedBy.length === 1)
    expect((await bench.refusal('vm.attach-disk', { vmId, diskId })).code).toBe('disk.in-use')

    const limits = { totalBytesPerSecond: 1024 * 1024, writeOperationsPerSecond: 500 }
    expect(await bench.call('vm.limit-disk', { vmId, target: 'vda', limits })).toMatchObject({ waiting: false })
    for (const xml of await both()) {
      expect(xml).toContain('<total_bytes_sec>1048576</total_bytes_sec>')
      expect(xml).toContain('<write_iops_sec>500</write_iops_sec>')
    }
    expect(await bench.call('vm.limit-disk', { vmId, target: 'vda', limits: {} })).toMatchObject({ waiting: false })
    for (const xml of await both()) expect(xml).not.toContain('<iotune>')
    await bench.call('disk.resize', { diskId, sizeBytes: 2 * 1024 * 1024 })
    expect((await lab.host.virsh(['domblkinfo', 'web', 'vda'])).stdout).toMatch(/Capacity:\s+2097152\n/)
    expect(model().disks.get(diskId as never)).toMatchObject({ virtualBytes: 2 * 1024 * 1024 })

    expect(await bench.call('vm.add-nic', { vmId, nic: { user: true } })).toMatchObject({ waiting: false })
    const added = bench.vm('web')?.nics.at(-1)?.macAddress ?? ''
    expect(bench.vm('web')?.nics).toHaveLength(2)
    for (const xml of await both()) expect(xml).toContain(added)
    expect(await bench.call('vm.edit-nic', { vmId, macAddress: added, linkUp: false })).toMatchObject({
      waiting: false,
    })
    for (const xml of await both()) expect(xml.match(/<link state='down'\/>/g)).toHaveLength(1)
    expect((await bench.refusal('vm.edit-nic', { vmId, macAddress: added, network: { bridge: 'nowhere' } })).code).toBe(
      'vm.host-network-missing',
    )

    // A guest that stands still lets go of nothing: it waits.
    expect(await bench.call('vm.detach-disk', { vmId, target: 'vda' })).toMatchObject({ waiting: true })
    expect(await xmlOf('--inactive')).not.toContain(path)
    await bench.call('vm.poweroff', { vmId })
    await bench.seen('web', 'down')
    await bench.call('vm.remove-nic', { vmId, macAddress: added })
    await waitFor('the card is gone', () => bench.vm('web')?.nics.length === 1)
    expect((await bench.refusal('vm.remove-nic', { vmId, macAddress: added })).code).toBe('vm.no-such-device')
    await waitFor('the disk is free', () => model().disks.get(diskId as never)?.usedBy.length === 0)
    expect(bench.composed.topics.collection('drifts').entities.size).toBe(0)
  })

  test('run once from a medium, change it while they run, and start on another host', async () => {
    const isoId = await domain('media', 'iso', iso)
    for (const name of ['first', 'second'])
      await writeFile(`${iso.machinePath}/${name}.iso`, isoImage(name.toUpperCase()))
    await bench.call('storage.refresh', { storageDomainId: isoId })
    const medium = (fileName: string) =>
      waitFor(`${fileName} is seen`, () => [...model().disks.values()].find((disk) => disk.fileName === fileName))
    const [first, second] = [await medium('first.iso'), await medium('second.iso')]
    const { vmId } = await create({
      hostId: hostIds[0],
      disks: [{ storageDomainId: dataId, sizeGiB: 0.001 }],
      nics: [{ user: true }],
    })
    const xmlOf = async (...flags: string[]) => (await lab.host.virsh(['dumpxml', ...flags, 'web'])).stdout
    const before = await xmlOf('--inactive')
    const change = { boot: ['cdrom', 'network'], bootMenu: true, cdrom: { diskId: first.id }, paused: true }
    await bench.call('vm.run-once', { vmId, ...change })
    await bench.seen('web', 'paused')
    const live = await xmlOf()
    expect(live).toContain(first.path)
    expect(live).toContain("<bootmenu enable='yes'/>")
    expect(live.match(/<boot order='\d'\/>/g)).toHaveLength(2)
    expect(await xmlOf('--inactive')).toBe(before)

    expect((await bench.refusal('vm.run-once', { vmId })).code).toBe('vm.wrong-status')
    await waitFor('the medium is in use', () => model().disks.get(first.id)?.usedBy.length === 1)
    expect((await bench.refusal('disk.remove', { diskId: first.id })).code).toBe('disk.in-use')
    await bench.call('vm.change-cd', { vmId, diskId: second.id })
    for (const xml of [await xmlOf(), await xmlOf('--inactive')]) expect(xml).toContain(second.path)
    await waitFor('it is kept', async () =>
      (await bench.inventory.vmDefinitions.fetchForVm(vmId as VmId))[0]?.xml.includes(second.path),
    )
    const drifts = [...bench.composed.topics.collection('drifts').entities.values()]
    expect(drifts.filter((drift) => drift.vmId === vmId)).toEqual([])
    await bench.call('vm.change-cd', { vmId, diskId: null })
    for (const xml of [await xmlOf(), await xmlOf('--inactive')]) expect(xml).not.toContain('.iso')
    expect((await bench.refusal('vm.change-cd', { vmId, diskId: dataId })).code).toBe('disk.not-found')

    await bench.call('vm.poweroff', { vmId })
    await bench.seen('web', 'down')
    await bench.call('vm.start', { vmId, hostId: hostIds[1], paused: true })
    const moved = await bench.seen('web', 'paused')
    expect(moved).toMatchObject({ hostId: hostIds[1], alsoDefinedOn: [] })
    expect([await definedOn(0), await definedOn(1)]).toEqual([[], ['web']])
    expect((await bench.refusal('vm.start', { vmId, hostId: hostIds[0] })).code).toBe('vm.wrong-status')

    // Where its host may not run it, it starts on another one that can, by itself; named, its host is what counts.
    await bench.call('vm.poweroff', { vmId })
    await bench.seen('web', 'down')
    await bench.call('host.maintenance', { hostId: hostIds[1] })
    expect((await bench.refusal('vm.start', { vmId, hostId: hostIds[1] })).code).toBe('host.in-maintenance')
    await bench.call('vm.start', { vmId, paused: true })
    expect(await bench.seen('web', 'paused')).toMatchObject({ hostId: hostIds[0], alsoDefinedOn: [] })
    expect([await definedOn(0), await definedOn(1)]).toEqual([['web'], []])
    await bench.call('vm.poweroff', { vmId })
    await bench.seen('web', 'down')
    await bench.call('host.maintenance', { hostId: hostIds[0] })
    const nowhere = await bench.refusal('vm.start', { vmId })
    expect(nowhere).toMatchObject({ code: 'vm.no-host', params: { refusals: { length: 2 } } })
    expect([await definedOn(0), await definedOn(1)]).toEqual([['web'], []])
  })

  test('start on another host when theirs cannot be asked: by a person’s word, and never against the lock of a disk', async () => {
    const { vmId } = await create({
      hostId: hostIds[0],
      disks: [{ storageDomainId: dataId, sizeGiB: 0.001 }],
      start: true,
      paused: true,
    })
    await bench.seen('web', 'paused')
    await waitFor('its definition is kept', async () => {
      const [kept] = await bench.inventory.vmDefinitions.fetchForVm(vmId as VmId)
      return kept?.xml.includes(data.path)
    })
    await lab.host.terminateLibvirtd()
    try {
      await bench.seen('web', 'unknown')
      expect((await bench.refusal('vm.start', { vmId })).code).toBe('vm.status-unknown')
      // Its QEMU runs on: the last word is that of the locks. Nothing half-made stays.
      const locked = await bench.refusal('vm.start', { vmId, confirmed: true, paused: true })
      expect(JSON.stringify(locked)).toContain('lock')
      expect(await definedOn(1)).toEqual([])
      await lab.host.exec("kill -9 $(pgrep -of 'guest=[w]eb')")
      await bench.call('vm.start', { vmId, confirmed: true, paused: true })
      expect(await bench.seen('web', 'paused')).toMatchObject({ hostId: hostIds[1] })
      expect(await definedOn(1)).toEqual(['web'])
    } finally {
      await lab.host.startLibvirtd()
    }
    // The host that comes back has its definition still, and the machine stays where it runs.
    await waitFor('it is back', () => bench.hosts().every(({ status, stale }) => status === 'up' && !stale))
    await waitFor('it is seen on both', () => bench.vm('web')?.alsoDefinedOn.length === 1)
    expect(bench.vm('web')).toMatchObject({ hostId: hostIds[1], status: 'paused' })
    await bench.call('vm.poweroff', { vmId })
    await bench.seen('web', 'down')
    await bench.call('vm.remove', { vmId, removeDisks: true })
    expect([await definedOn(0), await definedOn(1)]).toEqual([[], []])
  })
})
