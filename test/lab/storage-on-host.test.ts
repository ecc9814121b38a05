import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { onHost } from '../../src/main/storage/on-host/index.ts'
import type { DomainDescriptor, DomainPool, WantedStorage } from '../../src/main/storage/on-host/types.ts'
import type { DomainStorage, HostId, StorageDomainId } from '../../src/shared/domain/index.ts'
import type { AppError } from '../../src/shared/errors/index.ts'
import { waitFor } from './command.ts'
import type { GlusterVolume } from './gluster.ts'
import type { LabHost } from './host.ts'
import { type LinkBench, startLinkBench } from './host-link-bench.ts'
import { type Lab, startLab } from './lab.ts'

const SECOND_HOST_ID = '33333333-3333-4333-8333-333333333333' as HostId
const KIM = { id: 'engine-kim', name: 'kim@desk' }
const LEE = { id: 'engine-lee', name: 'lee "the boss"' }
const none = {}

describe('a storage domain on real hosts', () => {
  let lab: Lab
  let first: LabHost
  let second: LabHost
  let benches: readonly LinkBench[]
  let path: string
  let pool: DomainPool

  const linkOf = (number: 0 | 1) => {
    const bench = benches[number]
    if (bench === undefined) throw new Error('there are two hosts')
    return bench.link
  }
  const wanted = (storage: DomainStorage, purpose: WantedStorage['purpose'] = 'create'): WantedStorage => ({
    type: 'data',
    storage,
    purpose,
    pool: null,
  })
  const posix = (place = path): DomainStorage => ({ kind: 'posix', path: place })
  const examine = (storage: DomainStorage, purpose?: WantedStorage['purpose']) =>
    onHost.examine(linkOf(0), wanted(storage, purpose), none)
  const codes = async (...args: Parameters<typeof examine>) => (await examine(...args)).errors.map(({ code }) => code)
  const descriptor = (id: string = pool.id): DomainDescriptor => ({
    format: 1,
    id: id as StorageDomainId,
    type: 'data',
    name: 'fast',
    description: '',
    datacenter: null,
    isMaster: true,
    masterVersion: 1,
    generation: 1,
    engine: KIM,
  })
  const refusal = async (call: Promise<unknown>): Promise<AppError> => {
    try {
      await call
    } catch (error) {
      return error as AppError
    }
    throw new Error('it succeeded')
  }

  beforeAll(async () => {
    lab = await startLab({ hosts: 2, host: { qemuUser: 'libvirt-qemu' } })
    const [one, two] = lab.hosts
    if (one === undefined || two === undefined) throw new Error('the lab has two hosts')
    first = one
    second = two
    benches = [await startLinkBench(first), await startLinkBench(second, { hostId: SECOND_HOST_ID })]
    for (const { link } of benches) await link.whenLive(20_000)
  })
  afterAll(async () => {
    for (const bench of benches) await bench.stop()
    await lab.stop()
  })
  beforeEach(async () => {
    path = `/mnt/domain ${randomUUID().slice(0, 8)}`
    pool = {
      id: randomUUID() as StorageDomainId,
      poolName: `p-${randomUUID().slice(0, 8)}`,
      targetPath: path,
      storage: posix(),
    }
    await first.exec(`mkdir "${path}" && chown 64055:107 "${path}"`)
    onTestFinished(async () => {
      for (const number of [0, 1] as const) await onHost.disconnect(linkOf(number), pool, none)
      await first.exec(`rm -rf "${path}"`)
    })
  })

  test('is examined before anything is written, and nothing is left of it', async () => {
    const good = await examine(posix())
    expect(good.errors).toEqual([])
    expect(good.capacityBytes).toBeGreaterThan(good.availableBytes ?? Number.POSITIVE_INFINITY)
    expect((await first.exec(`ls -A "${path}"`)).stdout).toBe('')
    expect(await codes(posix('relative'))).toEqual(['storage.path-not-absolute'])
    expect(await codes(posix('/mnt/../etc'))).toEqual(['storage.path-not-absolute'])
    expect(await codes(posix(`${path}/none`))).toEqual(['storage.path-missing'])
    expect(await codes(posix('/etc/passwd'))).toEqual(['storage.path-not-folder'])
    await first.exec(`touch "${path}/it's here"`)
    const [filled] = (await examine(posix())).errors
    expect(filled).toMatchObject({ code: 'storage.path-not-empty', params: { entries: "it's here" } })
    expect(await codes(posix(), 'import')).toEqual(['storage.no-descriptor'])
  })

  test('tells which command makes a folder that QEMU may write', async () => {
    const command = async () => {
      const [error] = (await examine(posix())).errors
      expect(error?.code).toBe('storage.not-writable')
      return (error as AppError<'storage.not-writable'>).params.remedy
    }
    await first.exec(`chown root:root "${path}"; chmod 755 "${path}"`)
    expect(await command()).toBe(`chown 64055:64055 '${path}'`)
    await first.exec(await command())
    expect(await codes(posix())).toEqual([])
    await first.exec(`chmod 500 "${path}"`)
    await first.exec(await command())
    expect(await codes(posix())).toEqual([])
    await first.exec('mkdir -p /root/closed/deep; chmod 700 /root; chown 64055:107 /root/closed/deep')
    const [blocked] = (await examine(posix('/root/closed/deep'))).errors
    expect(blocked).toMatchObject({ code: 'storage.not-writable', params: { remedy: 'chmod o+x /root' } })
  })

  test('sees a file system that is read-only, and one that is full', async () => {
    await first.exec(
      'mkdir -p /srv/ro /srv/full; mount -t tmpfs -o size=20m,mode=777 none /srv/full; mount -t tmpfs -o ro none /srv/ro',
    )
    onTestFinished(async () => {
      await first.exec('umount /srv/ro /srv/full')
    })
    expect(await codes({ kind: 'local', path: '/srv/ro' })).toEqual(['storage.read-only'])
    await first.exec('mkdir -m 777 /srv/full/data; head -c 20M /dev/zero > /srv/full/filler || true')
    expect(await codes({ kind: 'local', path: '/srv/full/data' })).toEqual(['storage.full'])
  })

  test('refuses a place that holds a domain, lies in one, or contains one', async () => {
    await onHost.writeDescriptor(linkOf(0), pool, descriptor(), none)
    const [holds] = (await examine(posix())).errors
    expect(holds).toMatchObject({ code: 'storage.holds-domain', params: { name: 'fast', storageDomainId: pool.id } })
    await first.exec(`mkdir "${path}/inner"`)
    const [inner] = (await examine(posix(`${path}/inner`))).errors
    expect(inner).toMatchObject({ code: 'storage.path-nested', params: { other: 'fast', otherPath: path } })
    const [outer] = (await examine(posix('/mnt'))).errors
    expect(outer?.code).toBe('storage.path-nested')
    expect(await codes(posix(), 'import')).toEqual([])
    expect((await examine(posix(), 'import')).descriptor).toEqual(descriptor())
    expect(await codes(posix(), { connect: pool.id })).toEqual([])
    expect(await codes(posix(), { connect: randomUUID() as StorageDomainId })).toEqual(['storage.other-domain'])
    await first.exec(`echo '{"format":7,"name":"later"}' > "${path}/.virtdeck/domain.json"`)
    expect(await codes(posix(), 'import')).toEqual(['storage.format-newer'])
    await first.exec(`head -c 100000 /dev/urandom > "${path}/.virtdeck/domain.json"`)
    expect(await codes(posix())).toEqual(['storage.descriptor-unreadable'])
  })

  test('keeps its descriptor whole, follows no symbolic link, and takes nothing of others away', async () => {
    expect(await onHost.fetchDescriptor(linkOf(0), pool, none)).toBeNull()
    await onHost.writeDescriptor(linkOf(0), pool, descriptor(), none)
    const next = { ...descriptor(), generation: 2, description: 'it\'s "2"\n$HOME `id`' }
    await onHost.writeDescriptor(linkOf(1), pool, next, none)
    expect(await onHost.fetchDescriptor(linkOf(0), pool, none)).toEqual(next)
    expect((await first.exec(`cd "${path}/.virtdeck"; ls -A . vms disks`)).stdout).not.toContain('.tmp-')
    const stranger = { ...pool, id: randomUUID() as StorageDomainId }
    for (const call of [onHost.removeDescriptor, onHost.format]) {
      expect((await refusal(call(linkOf(0), stranger, none))).code).toBe('storage.other-domain')
    }
    await first.exec(
      `touch "${path}/disk.raw"; mkdir /mnt/elsewhere; mv "${path}/.virtdeck/vms" /mnt/elsewhere/vms; ln -s /mnt/elsewhere/vms "${path}/.virtdeck/vms"`,
    )
    expect((await refusal(onHost.writeDescriptor(linkOf(0), pool, next, none))).code).toBe('storage.host-failed')
    await onHost.removeDescriptor(linkOf(0), pool, none)
    await onHost.removeDescriptor(linkOf(0), pool, none)
    expect((await first.exec(`ls -A "${path}"; ls /mnt/elsewhere`)).stdout).toBe('disk.raw\nvms\n')
    await onHost.writeDescriptor(linkOf(0), pool, descriptor(), none)
    await onHost.format(linkOf(0), pool, none)
    expect((await first.exec(`ls -A "${path}"; rm -r /mnt/elsewhere`)).stdout).toBe('')
  })

  test('keeps the definitions of machines, also where a host dies while they are written', async () => {
    expect(await onHost.fetchFiles(linkOf(0), pool, 'vms', none)).toEqual(new Map())
    const fileName = `${pool.id}.xml`
    const write = (number: 0 | 1, text: string | null) =>
      onHost.writeFiles(
        linkOf(number),
        pool,
        [
          { folder: 'vms', fileName, text },
          { folder: 'disks', fileName: 'a.json', text: '{}' },
        ],
        none,
      )
    const old = `<domain>${'x'.repeat(300_000)}이</domain>`
    await write(0, old)
    const cut = write(0, `<domain>${'y'.repeat(900_000)}</domain>`)
    await Promise.all([cut.catch(() => undefined), first.killSshSessions()])
    const [text = ''] = (await onHost.fetchFiles(linkOf(1), pool, 'vms', none)).values()
    expect(text === old || (text.startsWith('<domain>yyy') && text.endsWith('y</domain>'))).toBe(true)
    await linkOf(0).whenLive(20_000)
    await first.exec(
      `ln -s /etc/passwd "${path}/.virtdeck/vms/other.xml"; head -c 2M /dev/zero > "${path}/.virtdeck/vms/long.xml"`,
    )
    expect([...(await onHost.fetchFiles(linkOf(0), pool, 'vms', none)).keys()]).toEqual([fileName])
    await write(1, null)
    await first.exec(`cd "${path}/.virtdeck/vms"; rm other.xml long.xml`)
    expect(await onHost.fetchFiles(linkOf(0), pool, 'vms', none)).toEqual(new Map())
  })

  test('is one pool on every host, made once and gone without a trace', async () => {
    for (const number of [0, 1, 0, 1] as const) await onHost.connect(linkOf(number), pool, none)
    expect(await onHost.fetchPoolState(linkOf(0), pool, none)).toBe('running')
    expect((await second.virsh(['pool-info', pool.poolName])).stdout).toMatch(/Autostart:\s+no/)
    await second.virsh(['pool-destroy', pool.poolName])
    expect(await onHost.fetchPoolState(linkOf(1), pool, none)).toBe('defined')
    await onHost.connect(linkOf(1), pool, none)
    const twin = { ...pool, id: randomUUID() as StorageDomainId }
    const sameTarget = { ...twin, poolName: 'another' }
    for (const other of [twin, sameTarget]) {
      expect(await onHost.fetchPoolState(linkOf(1), other, none)).toBe('other')
      expect(await refusal(onHost.connect(linkOf(1), other, none))).toMatchObject({
        code: 'storage.pool-conflict',
        params: { poolName: pool.poolName },
      })
      expect((await onHost.examine(linkOf(1), { ...wanted(posix()), pool: other }, none)).errors[0]?.code).toBe(
        'storage.pool-conflict',
      )
    }
    expect((await refusal(onHost.fetchSpace(linkOf(0), pool, none))).code).toBe('storage.no-descriptor')
    await onHost.writeDescriptor(linkOf(0), pool, descriptor(), none)
    const space = await onHost.fetchSpace(linkOf(1), pool, none)
    expect(space.availableBytes).toBeGreaterThan(0)
    // What QEMU could write when it came into use, it may not any more.
    await first.exec(`chown root:root "${path}"; chmod 755 "${path}"`)
    const denied = await refusal(onHost.fetchSpace(linkOf(1), pool, none))
    expect(denied).toMatchObject({
      code: 'storage.not-writable',
      params: { qemuUser: 'libvirt-qemu', remedy: `chown 64055:64055 '${path}'` },
    })
    await first.exec((denied as AppError<'storage.not-writable'>).params.remedy)
    expect((await onHost.fetchSpace(linkOf(1), pool, none)).availableBytes).toBeGreaterThan(0)
    // Libvirt looks into no pool in which it is making a volume for somebody. The domain is none the worse for it.
    await second.exec(`cd /usr/bin && mv qemu-img qemu-img.away
      printf '#!/bin/sh\\nwhile [ ! -e /run/go ]; do sleep 0.1; done; exit 1\\n' > qemu-img; chmod +x qemu-img
      virsh vol-create-as ${pool.poolName} slow 1M --format qcow2 > /dev/null 2>&1 & echo $! > /run/slow.pid`)
    await waitFor('libvirt is at it', async () =>
      (await second.exec(`virsh pool-refresh ${pool.poolName} 2>&1; true`)).stdout.includes('asynchronous'),
    )
    expect((await onHost.fetchSpace(linkOf(1), pool, none)).availableBytes).toBeGreaterThan(0)
    await second.exec(
      'touch /run/go; while kill -0 $(cat /run/slow.pid) 2>/dev/null; do sleep 0.1; done; mv /usr/bin/qemu-img.away /usr/bin/qemu-img',
    )
    await onHost.writeDescriptor(linkOf(0), pool, descriptor(twin.id), none)
    expect((await refusal(onHost.fetchSpace(linkOf(1), pool, none))).code).toBe('storage.other-domain')
    for (const number of [0, 1, 0] as const) await onHost.disconnect(linkOf(number), pool, none)
    expect(await onHost.fetchPoolState(linkOf(0), pool, none)).toBe('absent')
    expect((await first.virsh(['pool-list', '--all', '--name'])).stdout.trim()).toBe('')
    const gone = { ...pool, targetPath: `${path}/none` }
    expect((await refusal(onHost.connect(linkOf(0), gone, none))).code).toBe('storage.host-failed')
    expect(await onHost.fetchPoolState(linkOf(0), gone, none)).toBe('absent')
  })

  test('is proved to be shared, and proved not to be', async () => {
    expect(await onHost.proveShared(linkOf(0), [linkOf(0), linkOf(1)], pool, none)).toEqual(new Map())
    const own = { ...pool, targetPath: '/srv/own' }
    for (const host of [first, second]) await host.exec('mkdir -p /srv/own')
    const found = await onHost.proveShared(linkOf(0), [linkOf(0), linkOf(1)], own, none)
    expect([...found.values()].map(({ code }) => code)).toEqual(['storage.not-shared'])
    expect((await first.exec(`find "${path}" /srv/own -type f`)).stdout).toBe('')
  })

  test('has its locks proved by QEMU itself, and leaves no image', async () => {
    expect(await onHost.proveLocks(linkOf(0), linkOf(1), pool, null, none)).toEqual({
      verdict: 'exclusive',
      leaseSeconds: null,
    })
    expect((await first.exec(`find "${path}" -type f`)).stdout).toBe('')
    await second.exec('mv /usr/bin/qemu-io /usr/bin/qemu-io.away')
    onTestFinished(async () => {
      await second.exec('mv /usr/bin/qemu-io.away /usr/bin/qemu-io')
    })
    expect((await refusal(onHost.proveLocks(linkOf(0), linkOf(1), pool, null, none))).code).toBe(
      'storage.lock-tools-missing',
    )
  })

  test('has one owner, until it lets go, its connection ends, or a person takes it over', async () => {
    expect((await refusal(onHost.holdOwnerLock(linkOf(0), pool, KIM, none))).code).toBe('storage.no-descriptor')
    await onHost.writeDescriptor(linkOf(0), pool, descriptor(), none)
    const hold = async (number: 0 | 1, engine: typeof KIM, takeOver = false) => {
      const attempt = await onHost.holdOwnerLock(linkOf(number), pool, engine, { takeOver })
      if (attempt.status !== 'ours') throw new Error(`owned by ${attempt.engine?.name}`)
      return attempt.lock
    }
    const mine = await hold(0, KIM)
    expect(await onHost.holdOwnerLock(linkOf(1), pool, LEE, none)).toEqual({ status: 'foreign', engine: KIM })
    await mine.release()
    expect(await mine.lost).toBeNull()
    const theirs = await hold(1, LEE)
    expect(await onHost.holdOwnerLock(linkOf(0), pool, KIM, none)).toEqual({ status: 'foreign', engine: LEE })
    const taken = await hold(0, KIM, true)
    const write = (owner: typeof KIM) => onHost.writeDescriptor(linkOf(1), pool, descriptor(), { owner })
    expect(await refusal(write(LEE))).toMatchObject({
      code: 'storage.owned-elsewhere',
      params: { engineName: KIM.name },
    })
    await write(KIM)
    expect((await theirs.lost)?.code).toBe('storage.host-failed')
    await first.killSshSessions()
    expect(await taken.lost).not.toBeNull()
    const after = await waitFor('the lock is free', async () => {
      const attempt = await onHost.holdOwnerLock(linkOf(1), pool, LEE, none)
      return attempt.status === 'ours' ? attempt.lock : undefined
    })
    await after.release()
    await linkOf(0).whenLive(20_000)
  })

  test('is worked on by a user who may become root, and by no other', async () => {
    const user = lab.host.users.find(({ name }) => name === 'admin')
    if (user === undefined) throw new Error('the lab has the user')
    const bench = await startLinkBench(first, { user: user.name, password: user.password })
    onTestFinished(() => bench.stop())
    await bench.link.whenLive(20_000)
    expect(await refusal(onHost.examine(bench.link, wanted(posix()), none))).toMatchObject({
      code: 'storage.needs-root',
      params: { user: 'admin' },
    })
    await first.exec('printf "admin ALL=(ALL) NOPASSWD: ALL\\n" > /etc/sudoers.d/admin; chmod 440 /etc/sudoers.d/admin')
    expect((await onHost.examine(bench.link, wanted(posix()), none)).errors).toEqual([])
    await onHost.writeDescriptor(bench.link, pool, descriptor(), none)
    const attempt = await onHost.holdOwnerLock(bench.link, pool, KIM, none)
    expect(attempt.status).toBe('ours')
    if (attempt.status === 'ours') await attempt.lock.release()
  })

  describe('on GlusterFS, which each host mounts by itself', () => {
    let volume: GlusterVolume
    let source: DomainStorage
    const finding = async () => {
      await onHost.writeDescriptor(linkOf(0), pool, descriptor(), none)
      return onHost.proveLocks(linkOf(0), linkOf(1), pool, await onHost.fetchMounted(linkOf(0), pool, none), none)
    }

    beforeAll(async () => {
      const storage = await lab.startStorageServer()
      volume = await storage.startGluster('gold')
      await volume.setOwner('64055:64055', '0755')
      source = { kind: 'posix', path: '/ignored', source: volume.source, fileSystem: 'glusterfs' }
    })
    beforeEach(() => {
      pool = { ...pool, targetPath: `/var/lib/virtdeck/domains/${pool.id}`, storage: source }
    })

    test('is mounted by libvirt on every host, proved, and leaves nothing', async () => {
      const { errors, mounted } = await examine(source)
      expect(errors).toEqual([])
      expect(mounted?.options).toContain('rw')
      expect((await first.exec('grep -c glusterfs /proc/mounts || true; pgrep -c glusterfs || true')).stdout).toBe(
        '0\n0\n',
      )
      for (const number of [0, 1] as const) expect(await onHost.connect(linkOf(number), pool, none)).not.toBeNull()
      onTestFinished(async () => {
        await onHost.disconnect(linkOf(1), pool, none)
      })
      expect(await onHost.proveShared(linkOf(0), [linkOf(1)], pool, none)).toEqual(new Map())
      expect(await finding()).toEqual({ verdict: 'exclusive-and-fencing', leaseSeconds: 5 })
      await onHost.removeDescriptor(linkOf(0), pool, none)
      await onHost.disconnect(linkOf(0), pool, none)
      expect((await first.exec('grep -c glusterfs /proc/mounts || true; ls /var/lib/virtdeck/domains')).stdout).toBe(
        '0\n',
      )
    })

    test('gives the lock of a host that lost its power to another', async () => {
      for (const number of [0, 1] as const) await onHost.connect(linkOf(number), pool, none)
      await onHost.writeDescriptor(linkOf(0), pool, descriptor(), none)
      expect((await onHost.holdOwnerLock(linkOf(0), pool, KIM, none)).status).toBe('ours')
      expect((await onHost.holdOwnerLock(linkOf(1), pool, LEE, none)).status).toBe('foreign')
      await first.powerCut()
      const lock = await waitFor('the lock is free', async () => {
        const attempt = await onHost.holdOwnerLock(linkOf(1), pool, LEE, none)
        return attempt.status === 'ours' ? attempt.lock : undefined
      })
      await lock.release()
      await first.powerOn()
      await linkOf(0).reconnect()
      await onHost.removeDescriptor(linkOf(1), pool, none)
    })

    test('says so when the file system does not answer, and is asked for nothing else meanwhile', async () => {
      for (const number of [0, 1] as const) await onHost.connect(linkOf(number), pool, none)
      await onHost.writeDescriptor(linkOf(0), pool, descriptor(), none)
      await volume.hang(first, pool.targetPath)
      const hung = refusal(onHost.fetchSpace(linkOf(0), pool, none))
      expect((await onHost.fetchSpace(linkOf(1), pool, none)).availableBytes).toBeGreaterThan(0)
      expect((await hung).code).toBe('storage.not-answering')
      await volume.release(first, pool.targetPath)
      expect((await onHost.fetchSpace(linkOf(0), pool, none)).availableBytes).toBeGreaterThan(0)
      await first.exec(`umount -l ${pool.targetPath}`)
      expect((await refusal(onHost.fetchSpace(linkOf(0), pool, none))).code).toBe('storage.not-mounted')
      await onHost.removeDescriptor(linkOf(1), pool, none)
    }, 240_000)

    test('leaves nothing where the server is away', async () => {
      await volume.stop()
      onTestFinished(() => volume.start())
      const [error] = (await examine(source)).errors
      expect(['storage.mount-failed', 'storage.server-unreachable']).toContain(error?.code)
      const refused = await refusal(onHost.connect(linkOf(0), pool, none))
      expect(['storage.mount-failed', 'storage.server-unreachable']).toContain(refused.code)
      expect(await onHost.fetchPoolState(linkOf(0), pool, none)).toBe('absent')
      expect((await first.exec('grep -c glusterfs /proc/mounts || true; ls /var/lib/virtdeck/domains')).stdout).toBe(
        '0\n',
      )
    })
  })
})
