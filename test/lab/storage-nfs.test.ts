import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { discoverTargets, scanLuns } from '../../src/main/storage/on-host/block/index.ts'
import { onHost } from '../../src/main/storage/on-host/index.ts'
import type { DomainDescriptor, DomainPool } from '../../src/main/storage/on-host/types.ts'
import type { DomainStorage, HostId, StorageDomainId } from '../../src/shared/domain/index.ts'
import type { AppError } from '../../src/shared/errors/index.ts'
import { waitFor } from './command.ts'
import type { LabHost } from './host.ts'
import { type LinkBench, startLinkBench } from './host-link-bench.ts'
import type { IscsiTarget } from './iscsi-target.ts'
import { type Lab, startLab } from './lab.ts'
import type { NfsServer } from './nfs-server.ts'

// Hosts with a kernel of their own, under emulation, on a machine that does other things as well.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const SECOND_HOST_ID = '33333333-3333-4333-8333-333333333333' as HostId
/** Signing in to an emulated host. */
const SLOW = { connectTimeoutMs: 60_000 }
const KIM = { id: 'engine-kim', name: 'kim' }
const LEE = { id: 'engine-lee', name: 'lee' }
const CHAP = { user: 'vd', password: 'secret-12-chars' }
const none = {}

describe('storage of hosts with a kernel of their own', () => {
  let lab: Lab
  let first: LabHost
  let second: LabHost
  let benches: readonly LinkBench[]
  let nfs: NfsServer
  let iscsi: IscsiTarget
  let server: string
  let pool: DomainPool

  const linkOf = (number: 0 | 1) => {
    const bench = benches[number]
    if (bench === undefined) throw new Error('there are two hosts')
    return bench.link
  }
  const on = (name: string, version: 'auto' | '4.2' | '4.1' | '3' = 'auto'): DomainStorage => ({
    kind: 'nfs',
    server,
    export: `/exports/${name}`,
    version,
  })
  const examine = (storage: DomainStorage) =>
    onHost.examine(linkOf(0), { type: 'data', storage, purpose: 'create', pool: null }, none)
  const descriptor = (): DomainDescriptor => ({
    format: 1,
    id: pool.id,
    type: 'data',
    name: 'deep',
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

  /** What is mounted there, and folders to mount on. */
  const tracesOn = async (host: LabHost) =>
    (await host.exec('grep -c " nfs4\\? " /proc/mounts || true; ls -A /var/lib/virtdeck/domains 2>/dev/null || true'))
      .stdout

  beforeAll(async () => {
    lab = await startLab({ hosts: 2, host: { kernel: 'own', qemuUser: 'libvirt-qemu' } })
    const [one, two] = lab.hosts
    if (one === undefined || two === undefined) throw new Error('the lab has two hosts')
    first = one
    second = two
    const storage = await lab.startStorageServer()
    server = storage.address
    nfs = await storage.startNfs({
      exports: [
        { name: 'data', owner: '64055:64055' },
        { name: 'old', versions: [3], owner: '64055:64055' },
        { name: 'read-only', readOnly: true },
        { name: 'squashed', rootSquash: true, owner: '64055:64055' },
        { name: 'foreign', owner: '36:36', mode: '0700' },
      ],
    })
    iscsi = await storage.startIscsi({ name: 'luns', lunsMiB: [64, 64], chap: CHAP })
    // The first mount of a boot loads the kernel's modules, which takes an emulated host a minute.
    await Promise.all(
      lab.hosts.map((host) =>
        host.exec(`mount -t nfs -o vers=4.2 ${nfs.sourceOf('data')} /media && umount /media`, { timeoutMs: 300_000 }),
      ),
    )
    benches = await Promise.all([startLinkBench(one, SLOW), startLinkBench(two, { ...SLOW, hostId: SECOND_HOST_ID })])
    for (const { link } of benches) expect(await link.whenLive(120_000)).toBe(true)
    const id = randomUUID() as StorageDomainId
    pool = { id, poolName: 'deep', targetPath: `/var/lib/virtdeck/domains/${id}`, storage: on('data') }
  })
  afterAll(async () => {
    for (const bench of benches ?? []) await bench.stop()
    await lab.stop()
  })

  test('on an iSCSI target: it is found and its LUNs are listed, and the hosts are as they were', async () => {
    const { portal, iqn } = iscsi
    const targets = [{ portal, target: iqn }]
    const access = { targets, chapUser: CHAP.user, chapPassword: CHAP.password }
    // A record of the target that the first host has for itself, without a session.
    await first.exec(`iscsiadm -m node -T ${iqn} -p ${portal} -o new`)
    const tracesOf = async (host: LabHost) =>
      (
        await host.exec(
          'iscsiadm -m session 2>/dev/null; ls /tmp | grep "^tmp\\."; cd /etc/iscsi/nodes 2>/dev/null && find . -type f -exec sha256sum {} +; true',
        )
      ).stdout
    const before = await Promise.all(lab.hosts.map(tracesOf))
    expect(before[0]).toContain(iqn)
    expect(await discoverTargets(linkOf(0), portal, none)).toEqual(targets)
    const wrong = scanLuns(linkOf(0), { ...access, chapPassword: 'wrong-12-chars' }, none)
    expect((await refusal(wrong)).code).toBe('storage.chap-refused')
    const [one, two] = await Promise.all([scanLuns(linkOf(0), access, none), scanLuns(linkOf(1), access, none)])
    const free = expect.objectContaining({
      sizeBytes: 64 * 1024 ** 2,
      use: { kind: 'free', name: null },
      vendor: 'IET',
    })
    expect(one).toEqual({ luns: [free, free], hasLvm: true })
    expect(two.luns.map(({ lunId }) => lunId)).toEqual(one.luns.map(({ lunId }) => lunId))
    expect(await Promise.all(lab.hosts.map(tracesOf))).toEqual(before)
    expect((await scanLuns(linkOf(0), { targets: [] }, none)).luns).toEqual([])
  })

  test('on NFS is examined from a mount that nobody else sees; what stands in the way is told, each for itself', async () => {
    const good = await examine(on('data'))
    expect(good).toMatchObject({ errors: [], mounted: { version: '4.2' } })
    expect((await examine(on('old', '3'))).errors).toEqual([])
    const expected: readonly [DomainStorage, object][] = [
      [on('old'), { code: 'storage.nfs-version-offered', params: { version: '4.2, 4.1', offered: '3' } }],
      [on('data', '3'), { code: 'storage.nfs-version-offered', params: { version: '3', offered: '4.2' } }],
      [on('missing'), { code: 'storage.export-missing', params: { path: '/exports/missing' } }],
      [on('read-only'), { code: 'storage.read-only' }],
      [on('squashed'), { code: 'storage.root-squash', params: { remedy: 'all_squash,anonuid=64055,anongid=64055' } }],
      [on('foreign'), { code: 'storage.not-writable', params: { remedy: 'chown 64055:64055 /exports/foreign' } }],
    ]
    for (const [storage, error] of expected) {
      expect((await examine(storage)).errors[0]).toMatchObject(error)
    }
    expect(await tracesOn(first)).toBe('0\n')
  })

  test('on NFS is mounted with the best version, and its locks exclude and fence', async () => {
    for (const number of [0, 1] as const) {
      expect(await onHost.connect(linkOf(number), pool, none)).toMatchObject({ version: '4.2' })
    }
    await onHost.writeDescriptor(linkOf(0), pool, descriptor(), none)
    expect(await onHost.proveShared(linkOf(0), [linkOf(1)], pool, none)).toEqual(new Map())
    const mounted = await onHost.fetchMounted(linkOf(0), pool, none)
    expect(await onHost.proveLocks(linkOf(0), linkOf(1), pool, mounted, none)).toEqual({
      verdict: 'exclusive-and-fencing',
      leaseSeconds: 10,
    })
    expect((await first.exec(`cd ${pool.targetPath}; find . -type f`)).stdout).toBe('./.virtdeck/domain.json\n')
  })

  test('tells a server that does not answer from one that is back', async () => {
    await nfs.hang()
    expect((await refusal(onHost.fetchSpace(linkOf(0), pool, none))).code).toBe('storage.not-answering')
    await nfs.release()
    await waitFor(
      'the server answers',
      async () => {
        const answer = await onHost.fetchSpace(linkOf(0), pool, none).catch(() => null)
        return answer !== null
      },
      120_000,
    )
  })

  test('has one owner; a take-over is seen, and a host that lost its power loses the lock after the lease', async () => {
    const theirs = await onHost.holdOwnerLock(linkOf(1), pool, LEE, none)
    if (theirs.status !== 'ours') throw new Error('nobody else holds it')
    expect(await onHost.holdOwnerLock(linkOf(0), pool, KIM, none)).toEqual({ status: 'foreign', engine: LEE })
    const mine = await onHost.holdOwnerLock(linkOf(0), pool, KIM, { takeOver: true })
    expect(mine.status).toBe('ours')
    expect(await theirs.lock.lost).not.toBeNull()
    const write = onHost.writeDescriptor(linkOf(1), pool, descriptor(), { owner: LEE })
    expect(await refusal(write)).toMatchObject({ code: 'storage.owned-elsewhere', params: { engineName: 'kim' } })
    await first.powerCut()
    const lock = await waitFor(
      'the lease of the dead host ends',
      async () => {
        const attempt = await onHost.holdOwnerLock(linkOf(1), pool, LEE, none)
        return attempt.status === 'ours' ? attempt.lock : undefined
      },
      120_000,
    )
    await lock.release()
    await onHost.removeDescriptor(linkOf(1), pool, none)
    await onHost.disconnect(linkOf(1), pool, none)
    expect(await tracesOn(second)).toBe('0\n')
    const gone = { ...pool, storage: on('missing') }
    expect((await refusal(onHost.connect(linkOf(1), gone, none))).code).toBe('storage.export-missing')
    expect(await onHost.fetchPoolState(linkOf(1), gone, none)).toBe('absent')
  })
})
