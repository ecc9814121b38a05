import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CommandName } from '../../src/shared/contract/index.ts'
import type { Disk, StorageDomain, StorageDomainId } from '../../src/shared/domain/index.ts'
import { waitFor } from './command.ts'
import { type Death, killDuring } from './killed-engine.ts'
import { type Lab, startLab } from './lab.ts'
import type { SharedFolder } from './shared-folder.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

const MIB = 1024 * 1024

/** Each goes on where the one before it has left the two domains, "data" and "more". */
interface Killed {
  readonly command: CommandName
  readonly input: () => object | Promise<object>
  /** A step is "before" its end is on record: what it does is done, and nobody knows. */
  readonly death: Death
  readonly becomes: 'succeeded' | 'failed'
  /** What is to be seen then. */
  readonly leaves: () => Promise<void>
}

describe('an engine that is killed in the midst of an operation on storage', () => {
  let lab: Lab
  let folders: Readonly<Record<'data' | 'more', SharedFolder>>
  let bench: VmBench
  let data: StorageDomainId
  let more: StorageDomainId

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
    folders = {
      data: await lab.shareFolder({ path: '/vm-data', sizeMiB: 64 }),
      more: await lab.shareFolder({ path: '/vm-more', sizeMiB: 64 }),
    }
    bench = await startVmBench()
    await bench.addHost(lab.host)
    data = await create('data')
    more = await create('more')
    await inUse('data')
    await inUse('more')
  })
  afterAll(async () => {
    await bench?.stop()
    await lab?.stop()
  })

  const model = () => {
    bench.composed.topics.flush()
    return bench.composed.topics.model()
  }
  const datacenterId = () => [...model().datacenters.values()][0]?.id
  const domain = (name: string) => [...model().storageDomains.values()].find((each) => each.name === name)
  const domainSeen = (what: string, name: string, check: (domain: StorageDomain) => boolean) =>
    waitFor(
      `${name} ${what}`,
      () => {
        const found = domain(name)
        return found !== undefined && check(found)
      },
      60_000,
    )
  const inUse = (name: string) =>
    domainSeen(
      'is in use',
      name,
      ({ status, connections }) => status === 'active' && connections.some((each) => each.status === 'connected'),
    )
  /** The disks of a domain once its folder was looked through. */
  const disksOf = async (storageDomainId: StorageDomainId, what: string, check: (disks: readonly Disk[]) => boolean) =>
    waitFor(
      what,
      () => {
        const disks = model().disks.where('storageDomainId', storageDomainId)
        return disks.every(({ asOf }) => asOf !== null) && check(disks) ? disks : undefined
      },
      60_000,
    )
  const onlyDisk = async (storageDomainId: StorageDomainId, check: (disk: Disk) => boolean = () => true) => {
    const [disk] = await disksOf(
      storageDomainId,
      'its only disk is registered and whole',
      (disks) => disks.length === 1 && disks.every((each) => each.registered && each.status === 'ok' && check(each)),
    )
    if (disk === undefined) throw new Error('it has none')
    return disk
  }
  const noDisks = (storageDomainId: StorageDomainId) =>
    disksOf(storageDomainId, 'it has no disk', ({ length }) => length === 0)
  /** All that lies in the two folders but for what the domains say of themselves. */
  const files = async () => {
    const { stdout } = await lab.host.exec(`ls -A ${folders.data.path} ${folders.more.path}`)
    return stdout.split('\n').filter((name) => name !== '' && !/^\/|^\.virtdeck$|^lost\+found$/.test(name))
  }
  const poolsAre = async (count: number) => {
    for (const host of lab.hosts) {
      await waitFor(`${host.name} has ${count} pools`, async () => {
        const { stdout } = await host.virsh(['-q', 'pool-list', '--all', '--name'])
        return stdout.trim().split('\n').filter(Boolean).length === count
      })
    }
  }

  const storageOf = (name: 'data' | 'more') => ({ kind: 'posix', path: folders[name].path })
  async function create(name: 'data' | 'more'): Promise<StorageDomainId> {
    const what = { datacenterId: datacenterId(), name, type: 'data', criticalFreeBytes: 0, storage: storageOf(name) }
    return (await bench.call<{ storageDomainId: StorageDomainId }>('storage.create', what)).storageDomainId
  }
  const onDisk = async (storageDomainId: StorageDomainId) => ({ diskId: (await onlyDisk(storageDomainId)).id })

  const TABLE: readonly Killed[] = [
    {
      command: 'disk.upload',
      input: () => ({ storageDomainId: data, fileName: 'root.img', sizeBytes: 8 * MIB }),
      death: { at: 3, when: 'bytes' },
      becomes: 'failed',
      leaves: async () => {
        await noDisks(data)
        expect(await files()).toEqual([])
      },
    },
    {
      command: 'disk.create',
      input: () => ({ storageDomainId: data, alias: 'root', sizeBytes: MIB }),
      // The file has its name, and nobody knows the disk.
      death: { at: 1, when: 'disks' },
      becomes: 'succeeded',
      leaves: async () => expect(await files()).toEqual([(await onlyDisk(data)).fileName]),
    },
    {
      command: 'disk.resize',
      input: async () => ({ ...(await onDisk(data)), sizeBytes: 2 * MIB }),
      death: { at: 1, when: 'disks' },
      becomes: 'succeeded',
      leaves: async () => {
        await onlyDisk(data, ({ virtualBytes, revision }) => virtualBytes === 2 * MIB && revision === 2)
      },
    },
    {
      command: 'disk.copy',
      input: async () => ({ ...(await onDisk(data)), storageDomainId: more }),
      death: { at: 3, when: 'before' },
      becomes: 'failed',
      leaves: async () => {
        await noDisks(more)
        expect(await files()).toEqual([(await onlyDisk(data)).fileName])
      },
    },
    {
      command: 'disk.move',
      input: async () => ({ ...(await onDisk(data)), storageDomainId: more }),
      // It is at both places, and known at the old one.
      death: { at: 1, when: 'disks' },
      becomes: 'succeeded',
      leaves: async () => {
        await noDisks(data)
        expect(await files()).toEqual([(await onlyDisk(more)).fileName])
      },
    },
    {
      command: 'disk.move',
      input: async () => ({ ...(await onDisk(more)), storageDomainId: data }),
      // Gone from the old place.
      death: { at: 7, when: 'before' },
      becomes: 'succeeded',
      leaves: async () => {
        await noDisks(more)
        expect(await files()).toEqual([(await onlyDisk(data)).fileName])
      },
    },
    {
      command: 'storage.maintenance',
      input: () => ({ storageDomainId: more }),
      // Off its host.
      death: { at: 7, when: 'before' },
      becomes: 'succeeded',
      leaves: async () => {
        await domainSeen('is out of use', 'more', ({ status }) => status === 'maintenance')
        await poolsAre(1)
      },
    },
    {
      command: 'storage.activate',
      input: () => ({ storageDomainId: more }),
      death: { at: 3, when: 'before' },
      becomes: 'succeeded',
      leaves: async () => {
        await inUse('more')
        await bench.call('storage.maintenance', { storageDomainId: more })
      },
    },
  ]

  test.each(TABLE.map((row) => [`${row.command} at ${row.death.at} ${row.death.when}`, row] as const))(
    'ends or undoes it when it is back: %s',
    async (_name, { command, input: inputOf, death, becomes, leaves }) => {
      bench = await killDuring(bench, command, await inputOf(), death)
      // The newest of that command.
      const task = bench
        .tasks()
        .filter((each) => each.command === command)
        .sort((a, b) => b.queuedAt - a.queuedAt)[0]
      await inUse('data')
      expect({ status: task?.status, error: task?.error ?? null }).toMatchObject({ status: becomes })
      await leaves()
    },
    240_000,
  )
})
