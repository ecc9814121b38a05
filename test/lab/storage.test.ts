import { randomUUID } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CommandName, CommandOutput } from '../../src/shared/contract/index.ts'
import type { Datacenter, DiskId, HostId, StorageDomain } from '../../src/shared/domain/index.ts'
import { runCommand, waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import type { LabHost } from './host.ts'
import { killDuring } from './killed-engine.ts'
import { type Lab, startLab } from './lab.ts'
import type { SharedFolder } from './shared-folder.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

const PATIENCE_MS = 3_000

function domains(bench: VmBench): readonly StorageDomain[] {
  bench.composed.topics.flush()
  return [...bench.composed.topics.model().storageDomains.values()]
}

function datacenterOf(bench: VmBench): Datacenter {
  bench.composed.topics.flush()
  const [datacenter] = bench.composed.topics.model().datacenters.values()
  if (datacenter === undefined) throw new Error('the inventory has no datacenter')
  return datacenter
}

/** Waits until a storage domain is as asked for. */
function domainSeen(
  bench: VmBench,
  what: string,
  name: string,
  check: (domain: StorageDomain) => boolean,
): Promise<StorageDomain> {
  return waitFor(what, () => domains(bench).find((domain) => domain.name === name && check(domain)))
}

const connected = ({ connections }: StorageDomain) => connections.filter(({ status }) => status === 'connected').length

describe('storage domains of real hosts', () => {
  let lab: Lab
  let data: SharedFolder
  let iso: SharedFolder
  let bench: VmBench
  const benches: VmBench[] = []
  let hostIds: readonly HostId[] = []

  beforeAll(async () => {
    lab = await startLab({ hosts: 2 })
    data = await lab.shareFolder({ path: '/vm-data', sizeMiB: 64 })
    iso = await lab.shareFolder({ path: '/vm-iso', sizeMiB: 64 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    bench = await startVmBench()
    benches.push(bench)
    hostIds = [await bench.addHost(lab.host), await bench.addHost(lab.hosts[1] ?? lab.host)]
    await bench.call('settings.set', { storagePatienceMs: PATIENCE_MS })
  })
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((each) => each.stop()))
    for (const host of lab.hosts) await host.exec(FORGET_POOLS)
    for (const { machinePath } of [data, iso]) await runCommand('find', [machinePath, '-mindepth', '1', '-delete'])
  })

  const create = (name: string, type: StorageDomain['type'], folder: SharedFolder) =>
    bench.call<{ storageDomainId: string }>('storage.create', {
      datacenterId: datacenterOf(bench).id,
      name,
      type,
      criticalFreeBytes: 1_048_576,
      storage: { kind: 'posix', path: folder.path },
    })

  test('come into use on every host, and bring their datacenter up', async () => {
    const { storageDomainId } = await create('data', 'data', data)
    const domain = await domainSeen(
      bench,
      'it is active on both',
      'data',
      (each) => each.status === 'active' && connected(each) === 2,
    )
    const lines = bench.composed.topics.collection('events').entities.values()
    expect([...lines].find(({ command }) => command === 'storage.create')?.subject.id).toBe(storageDomainId)
    expect(domain).toMatchObject({
      id: storageDomainId,
      isMaster: true,
      locks: { verdict: 'exclusive' },
      owner: { status: 'ours' },
    })
    await waitFor('the datacenter is up', () => datacenterOf(bench).status === 'up')
    expect(datacenterOf(bench)).toMatchObject({ activation: { next: null }, storageManagerHostId: expect.any(String) })
    expect(bench.hosts().filter(({ isStorageManager }) => isStorageManager)).toHaveLength(1)
    expect(await refused('storage.create', { name: 'data 2', type: 'data', folder: data })).toBe('storage.place-taken')
    await create('media', 'iso', iso)
    expect(await refused('storage.create', { name: 'more media', type: 'iso', path: '/srv/other' })).toBe(
      'storage.type-taken',
    )
    expect(await refusal('datacenter.remove', { datacenterId: datacenterOf(bench).id })).toMatchObject({
      code: 'datacenter.not-empty',
      params: {
        references: expect.arrayContaining([expect.objectContaining({ kind: 'storage-domain', name: 'media' })]),
      },
    })

    // Out of use, out of the datacenter, and back: the master goes last.
    const media = (await domainSeen(bench, 'media', 'media', () => true)).id
    expect(await refusal('storage.maintenance', { storageDomainId })).toMatchObject({ code: 'storage.master-in-use' })
    await bench.call('storage.maintenance', { storageDomainId: media })
    expect(await poolsOf(lab.host)).toHaveLength(1)
    await bench.call('storage.maintenance', { storageDomainId })
    expect(datacenterOf(bench).status).toBe('maintenance')
    for (const host of lab.hosts) expect(await poolsOf(host)).toEqual([])
    expect(await refusal('storage.detach', { storageDomainId })).toMatchObject({ code: 'storage.master-last' })
    await bench.call('storage.detach', { storageDomainId: media })
    await bench.call('storage.detach', { storageDomainId })
    await waitFor('the datacenter has nothing', () => datacenterOf(bench).status === 'uninitialized')
    await bench.call('storage.attach', { storageDomainId, datacenterId: datacenterOf(bench).id })
    await domainSeen(bench, 'it is back', 'data', (each) => each.status === 'active' && connected(each) === 2)

    // Another engine on the same hosts sees whose it is.
    const other = await startVmBench()
    benches.push(other)
    for (const host of lab.hosts) await other.addHost(host)
    const there = { datacenterId: datacenterOf(other).id, storage: { kind: 'posix', path: data.path } }
    const { code, params } = await other.refusal('storage.import', there)
    expect({ code, params }).toMatchObject({ code: 'storage.owned-elsewhere', params: { name: 'data' } })
    expect(await other.refusal('storage.create', { ...there, name: 'mine', type: 'data' })).toMatchObject({
      code: 'storage.holds-domain',
    })
    expect(domains(other)).toEqual([])

    // Detached here, it is imported there by what it says of itself.
    await bench.call('storage.maintenance', { storageDomainId })
    await bench.call('storage.detach', { storageDomainId })
    await bench.call('storage.remove', { storageDomainId })
    expect(domains(bench).map(({ name }) => name)).toEqual(['media'])
    const imported = await other.call<{ storageDomainId: string }>('storage.import', there)
    expect(imported).toEqual({ storageDomainId })
    await domainSeen(other, 'it is in use there', 'data', (each) => each.status === 'active' && connected(each) === 2)
  })

  test('are found wanting before anything is written, and leave nothing behind', async () => {
    const [, second = lab.host] = lab.hosts
    const path = data.path
    await lab.host.exec(`touch ${path}/somebody-elses`)
    expect(await refused('storage.create', { name: 'data', type: 'data', folder: data })).toBe('storage.path-not-empty')
    await lab.host.exec(`rm ${path}/somebody-elses`)
    await data.takeFrom(second)
    await second.exec(`mkdir -p ${path}`)
    // The second host has an empty folder of its own there: it sees nothing of what the first writes.
    await bench.call('storage.create', {
      datacenterId: datacenterOf(bench).id,
      name: 'data',
      type: 'data',
      criticalFreeBytes: 0,
      storage: { kind: 'posix', path },
    })
    await waitFor('the second host is not operational', () =>
      bench.hosts().find(({ id, status }) => id === hostIds[1] && status === 'non-operational'),
    )
    expect(bench.hosts().find(({ id }) => id === hostIds[1])?.statusError).toMatchObject({ code: 'storage.not-shared' })
    expect(bench.hosts().find(({ id }) => id === hostIds[0])?.status).toBe('up')
    expect(await poolsOf(second)).toEqual([])
    expect((await second.exec(`ls -A ${path}`)).stdout.trim()).toBe('')
    await data.giveTo(second)
    await waitFor('it is up again by itself', () =>
      bench.hosts().find(({ id, status }) => id === hostIds[1] && status === 'up'),
    )
  })

  // The end of each step, done but not on record: every second write. Host by host, then what is written into the domain.
  test.each([5, 7, 9, 11, 13, 15, 17])('are whole or gone when their engine is killed at write %i', async (at) => {
    const input = {
      datacenterId: datacenterOf(bench).id,
      name: 'data',
      type: 'data',
      criticalFreeBytes: 0,
      storage: { kind: 'posix', path: data.path },
    }
    const next = await killDuring(bench, 'storage.create', input, { at, when: 'before' })
    benches.push(next)
    const task = next.tasks().find(({ command }) => command === 'storage.create')
    if (task?.status === 'succeeded') {
      await domainSeen(
        next,
        'it is active on both',
        'data',
        (each) => each.status === 'active' && connected(each) === 2,
      )
    } else {
      expect(task?.status).toBe('failed')
      expect(domains(next)).toEqual([])
      for (const host of lab.hosts) expect(await poolsOf(host)).toEqual([])
      expect((await lab.host.exec(`ls -A ${data.path}`)).stdout.trim()).toBe('')
    }
    expect(task?.status).toBe(at === 17 ? 'succeeded' : 'failed')
  })

  test('go inactive when no host reaches them for too long, hand mastery on, and come back by themselves', async () => {
    const [, second = lab.host] = lab.hosts
    await create('data', 'data', data)
    await bench.call('storage.create', {
      datacenterId: datacenterOf(bench).id,
      name: 'more',
      type: 'data',
      criticalFreeBytes: 0,
      storage: { kind: 'posix', path: iso.path },
    })
    await domainSeen(bench, 'both are in use', 'more', (each) => each.status === 'active' && connected(each) === 2)

    // On one host only: that host runs no machines then.
    await iso.takeFrom(second)
    const cutOff = await waitFor('the second host is not operational', () =>
      bench.hosts().find(({ id, status }) => id === hostIds[1] && status === 'non-operational'),
    )
    expect(cutOff.statusError?.code).toMatch(/^storage\.(not-shared|host-cut-off)$/)
    await iso.giveTo(second)
    await waitFor('it is up again', () => bench.hosts().find(({ id, status }) => id === hostIds[1] && status === 'up'))

    // It still reaches it, and may not write there any more.
    await iso.setReadOnly(second, true)
    await domainSeen(bench, 'the second host says so', 'more', ({ connections }) =>
      connections.some(({ hostId, error }) => hostId === hostIds[1] && error?.code === 'storage.read-only'),
    )
    await waitFor('the second host is not operational', () =>
      bench.hosts().find(({ id, status }) => id === hostIds[1] && status === 'non-operational'),
    )
    await iso.setReadOnly(second, false)
    await waitFor('it is up once more', () =>
      bench.hosts().find(({ id, status }) => id === hostIds[1] && status === 'up'),
    )

    // On all of them: the master is inactive, and the other one becomes it.
    for (const host of lab.hosts) await data.takeFrom(host)
    const lost = await domainSeen(bench, 'it is inactive', 'data', ({ status }) => status === 'inactive')
    expect(lost.problems.map(({ error }) => error.code)).toContain('storage.unreachable')
    await domainSeen(bench, 'the other one is master', 'more', ({ isMaster }) => isMaster)
    await waitFor('the datacenter is up with it', () => datacenterOf(bench).status === 'up')
    expect(bench.hosts().map(({ status }) => status)).toEqual(['up', 'up'])
    for (const host of lab.hosts) await data.giveTo(host)
    const back = await domainSeen(
      bench,
      'it is back',
      'data',
      (each) => each.status === 'active' && connected(each) === 2,
    )
    expect(back.isMaster).toBe(false)
    const kindsOf = (name: string) => bench.trail(name).map(({ kind }) => kind)
    expect(kindsOf('data')).toEqual(expect.arrayContaining(['storage.lost', 'storage.regained']))
    expect(kindsOf('more')).toContain('storage.master-elected')
  })

  test('are whole on the others when a host loses power in the middle, which gets them when it is back', async () => {
    const [first, second = lab.host] = lab.hosts
    const creating = create('data', 'data', data).then(
      () => 'made',
      () => 'undone',
    )
    await waitFor('it is being connected', () => domains(bench).length === 1)
    await second.powerCut()
    const outcome = await creating
    if (outcome === 'undone') {
      await waitFor('what was made is undone', () => domains(bench).length === 0)
    } else {
      await domainSeen(bench, 'it is in use', 'data', (each) => each.status === 'active' && connected(each) >= 1)
    }
    await second.powerOn()
    await data.giveTo(second)
    await waitFor('the host is back', () =>
      bench.hosts().find(({ id, status }) => id === hostIds[1] && status === 'up'),
    )
    if (outcome === 'made') {
      await domainSeen(bench, 'it has it, too', 'data', (each) => connected(each) === 2)
    } else {
      for (const host of lab.hosts) expect(await poolsOf(host)).toEqual([])
      expect((await (first ?? lab.host).exec(`ls -A ${data.path}`)).stdout.trim()).toBe('')
    }
  })

  test('keep the definitions of the machines whose disks they hold, also what changes while nobody can write there', async () => {
    await create('data', 'data', data)
    await domainSeen(bench, 'it is ours', 'data', ({ status, owner }) => status === 'active' && owner.status === 'ours')
    const folder = `${data.machinePath}/.virtdeck/vms`
    const uuid = randomUUID()
    const diskIn = (path: string) =>
      `<disk type='file' device='disk'><source file='${path}/kept.raw'/><target dev='vdb' bus='virtio'/></disk>`
    const define = (title: string) =>
      lab.host.defineVm(guestXml({ name: 'kept', uuid, title, devices: diskIn(data.path) }))
    const titled = (title: string) =>
      waitFor(`the definition is the one called ${title}`, async () => {
        const text = await readFile(`${folder}/${uuid}.xml`, 'utf8').catch(() => '')
        return text.includes(`<title>${title}</title>`)
      })
    // Another's, as it lies in a domain that was imported: it may be all that there is of that machine.
    const stranger = `${folder}/${randomUUID()}.xml`
    await writeFile(stranger, '<domain/>')
    await lab.host.defineVm(guestXml({ name: 'elsewhere', devices: diskIn('/srv') }))
    await define('one')
    await titled('one')
    await data.fillUp()
    await define('two')
    await bench.seen('kept', 'down')
    await data.freeUp()
    await titled('two')
    await bench.composed.stop()
    await define('three')
    bench = await startVmBench(bench.dataDir)
    benches.splice(0, benches.length, bench)
    await titled('three')
    expect((await readdir(folder)).toSorted()).toEqual(
      [`${uuid}.json`, `${uuid}.xml`, stranger.slice(folder.length + 1)].toSorted(),
    )
    // Removed while the domain is out of use, and no engine that saw it runs any more when it is back.
    const { id: storageDomainId } = await domainSeen(bench, 'it is in use', 'data', ({ status }) => status === 'active')
    await bench.call('storage.maintenance', { storageDomainId })
    await lab.host.virsh(['undefine', 'kept'])
    await waitFor('the machine is gone', () => {
      bench.composed.topics.flush()
      return ![...bench.composed.topics.model().vms.values()].some(({ name }) => name === 'kept')
    })
    expect(await readdir(folder)).toHaveLength(3)
    await bench.composed.stop()
    bench = await startVmBench(bench.dataDir)
    benches.splice(0, benches.length, bench)
    await waitFor('a host is up', () => bench.hosts().some(({ status }) => status === 'up'))
    await bench.call('storage.activate', { storageDomainId })
    await waitFor('only the other is there', async () => (await readdir(folder)).length === 1)
    await lab.host.resetVms()
  })

  test('describe machines and disks so that another engine can register them, but nothing that reaches beyond them', async () => {
    const first = await create('data', 'data', data)
    await domainSeen(
      bench,
      'it is in use',
      'data',
      ({ status, owner }) => status === 'active' && owner.status === 'ours',
    )
    const { diskId } = await bench.call<{ diskId: string }>('disk.create', {
      ...first,
      alias: 'root of web',
      sizeBytes: 4_194_304,
    })
    const floating = await bench.call<{ diskId: string }>('disk.create', {
      ...first,
      alias: 'spare',
      sizeBytes: 4_194_304,
    })
    await bench.call('disk.edit', { ...floating, description: 'kept for later' })
    const pathOf = (id: string) => bench.composed.topics.model().disks.get(id as DiskId)?.path ?? ''
    const uuid = randomUUID()
    const evil = randomUUID()
    const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${pathOf(diskId)}'/><target dev='vdb' bus='virtio'/></disk>`
    await lab.host.defineVm(guestXml({ name: 'web', uuid, boots: 'firmware', devices: disk }))
    await waitFor('it is described', async () =>
      (await readdir(`${data.machinePath}/.virtdeck/vms`)).includes(`${uuid}.json`),
    )
    const stolen = disk.replace(pathOf(diskId), '/etc/shadow')
    await writeFile(
      `${data.machinePath}/.virtdeck/vms/${evil}.xml`,
      guestXml({ name: 'evil', uuid: evil, boots: 'firmware', devices: stolen }),
    )
    await lab.host.virsh(['undefine', 'web'])
    await bench.composed.stop()

    const other = await startVmBench()
    benches.splice(0, benches.length, other)
    for (const host of lab.hosts) await other.addHost(host)
    const storage = { kind: 'posix', path: data.path }
    const imported = await other.call('storage.import', {
      datacenterId: datacenterOf(other).id,
      storage,
      takeOver: true,
    })
    expect(imported).toEqual(first)
    await waitFor('its files are listed', () => {
      other.composed.topics.flush()
      return other.composed.topics.model().disks.size === 2
    })
    const found = await other.call<CommandOutput<'storage.candidates'>>('storage.candidates', first)
    expect(found.vms.toSorted((one, another) => (one.name < another.name ? -1 : 1))).toMatchObject([
      { vmId: evil, name: 'evil', unfit: ['disk vdb: /etc/shadow'] },
      { vmId: uuid, name: 'web', unfit: [], clusterName: 'Default', disks: [pathOf(diskId)] },
    ])
    expect(found.disks.map(({ diskId: id }) => id).toSorted()).toEqual([diskId, floating.diskId].toSorted())
    const [cluster] = other.composed.topics.model().clusters.values()
    const register = (vmId: string) => ({ ...first, vmId, clusterId: cluster?.id })
    expect(await other.refusal('storage.register-vm', register(evil))).toMatchObject({ code: 'storage.vm-unfit' })
    expect(await other.call('storage.register-vm', register(uuid))).toEqual({ vmId: uuid })
    const web = await other.seen('web', 'down')
    expect(web.id).toBe(uuid)
    const spare = found.disks.find(({ diskId: id }) => id === floating.diskId)
    expect(await other.call('disk.adopt', { ...first, fileName: spare?.fileName })).toEqual(floating)
    other.composed.topics.flush()
    const disks = [...other.composed.topics.model().disks.values()]
    expect(disks.find(({ id }) => id === diskId)).toMatchObject({ alias: 'root of web', registered: true })
    expect(disks.find(({ id }) => id === diskId)?.usedBy.map(({ name }) => name)).toEqual(['web'])
    expect(disks.find(({ id }) => id === floating.diskId)).toMatchObject({
      alias: 'spare',
      description: 'kept for later',
    })
    expect(await other.refusal('storage.register-vm', register(uuid))).toMatchObject({ code: 'storage.vm-registered' })
    expect((await other.call<CommandOutput<'storage.candidates'>>('storage.candidates', first)).disks).toEqual([])
    await lab.host.resetVms()
    for (const host of lab.hosts) await host.exec('virsh undefine web >/dev/null 2>&1; true')
  })

  test('leave a host in maintenance, and an engine from which another one has taken them over', async () => {
    const [, second = lab.host] = lab.hosts
    const { storageDomainId } = await create('data', 'data', data)
    await domainSeen(bench, 'it is in use', 'data', (each) => each.status === 'active' && connected(each) === 2)
    const hostId = hostIds[1]
    await bench.call('host.maintenance', { hostId })
    await waitFor('the host gave it up', async () => (await poolsOf(second)).length === 0)
    await bench.call('host.activate', { hostId })
    await domainSeen(bench, 'it is back there', 'data', (each) => connected(each) === 2)

    const other = await startVmBench()
    benches.push(other)
    for (const host of lab.hosts) await other.addHost(host)
    const storage = { kind: 'posix', path: data.path }
    await other.call('storage.import', { datacenterId: datacenterOf(other).id, storage, takeOver: true })
    await domainSeen(other, 'the other engine has it', 'data', ({ owner }) => owner.status === 'ours')
    const lost = await domainSeen(bench, 'this one sees it', 'data', ({ owner }) => owner.status === 'foreign')
    expect(lost.problems.map(({ error }) => error.code)).toContain('storage.owned-elsewhere')
    await bench.call('storage.take-over', { storageDomainId })
    await domainSeen(bench, 'it is taken back', 'data', ({ owner }) => owner.status === 'ours')
    await domainSeen(other, 'the other one sees that', 'data', ({ owner }) => owner.status !== 'ours')
  })

  test('are deleted, destroyed, and made on those hosts alone that can have them', async () => {
    const [, second = lab.host] = lab.hosts
    const { storageDomainId } = await create('data', 'data', data)
    await domainSeen(bench, 'it is in use', 'data', (each) => each.status === 'active' && connected(each) === 2)
    await lab.host.exec(`mkdir ${data.path}/images && touch ${data.path}/images/a ${data.path}/.hidden`)
    expect(await refusal('storage.remove', { storageDomainId, format: true })).toMatchObject({
      code: 'storage.attached',
    })
    await bench.call('storage.maintenance', { storageDomainId })
    await bench.call('storage.detach', { storageDomainId })
    await bench.call('storage.remove', { storageDomainId, format: true })
    expect(domains(bench)).toEqual([])
    expect((await lab.host.exec(`find ${data.path} -mindepth 1 ! -name lost+found`)).stdout).toBe('')
    for (const host of lab.hosts) expect(await poolsOf(host)).toEqual([])

    // One host has nothing there: that stops it, unless a person says to go on.
    await data.takeFrom(second)
    await second.exec(`rmdir ${data.path}`)
    expect(await refused('storage.create', { name: 'data', type: 'data', folder: data })).toBe('storage.path-missing')
    const forced = await bench.call<{ storageDomainId: string }>('storage.create', {
      datacenterId: datacenterOf(bench).id,
      name: 'data',
      type: 'data',
      criticalFreeBytes: 0,
      force: true,
      storage: { kind: 'posix', path: data.path },
    })
    await domainSeen(
      bench,
      'it is in use on the first',
      'data',
      (each) => each.status === 'active' && connected(each) === 1,
    )
    await waitFor('the second may run no machines', () =>
      bench.hosts().find(({ id, status }) => id === hostIds[1] && status === 'non-operational'),
    )
    expect(await refusal('storage.destroy', forced)).toMatchObject({ code: 'storage.wrong-status' })
    await data.takeFrom(lab.host)
    await domainSeen(bench, 'nobody reaches it', 'data', ({ status }) => status === 'inactive')
    await bench.call('storage.destroy', forced)
    expect(domains(bench)).toEqual([])
    for (const host of lab.hosts) expect(await poolsOf(host)).toEqual([])
    for (const host of lab.hosts) await data.giveTo(host)
    await waitFor('both are up', () => bench.hosts().every(({ status }) => status === 'up'))
    // Nothing in it was deleted: it can be taken back by what it says of itself.
    const storage = { kind: 'posix', path: data.path }
    expect(await bench.call('storage.import', { datacenterId: datacenterOf(bench).id, storage })).toEqual(forced)
  })

  const refusal = (command: CommandName, input: object) => bench.refusal(command, input)
  const refused = async (
    command: CommandName,
    { name, type, folder, path = folder?.path }: { name: string; type: string; folder?: SharedFolder; path?: string },
  ) => {
    const { code } = await bench.refusal(command, {
      datacenterId: datacenterOf(bench).id,
      name,
      type,
      storage: { kind: 'posix', path },
    })
    return code
  }
})

/** Names of the storage pools of a host. */
async function poolsOf(host: LabHost): Promise<string[]> {
  const { stdout } = await host.virsh(['-q', 'pool-list', '--all', '--name'])
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

/** Pools of this engine: a test that failed must not stand in the way of the next. */
const FORGET_POOLS =
  'for p in $(virsh -q pool-list --all --name); do virsh pool-destroy "$p"; virsh pool-undefine "$p"; done >/dev/null 2>&1; true'
