import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Disk, StorageDomain } from '../../src/shared/domain/index.ts'
import type { TransferSource } from '../../src/shared/transfer/index.ts'
import { runCommand, waitFor } from './command.ts'
import { downloadFile, uploadFile } from './disk-client.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'
import { startVmBench, type VmBench } from './vm-bench.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function sourceOf(
  bytes: Uint8Array,
  onRead: (offset: number) => Promise<void> | void = () => undefined,
): TransferSource {
  return {
    async *open(offset) {
      for (let at = offset; at < bytes.length; at += MIB) {
        await onRead(at)
        yield { data: bytes.slice(at, at + MIB) }
      }
    },
  }
}

describe('disks of a real host', () => {
  let lab: Lab
  let bench: VmBench
  let data: StorageDomain['id']
  /** Folders of this test: the pools of those before it are still there. */
  let dataPath: string
  let mediaPath: string
  let count = 0
  let media: StorageDomain['id']

  async function makeDomain(type: 'data' | 'iso', path: string, name: string = type): Promise<StorageDomain['id']> {
    const [datacenter] = bench.composed.topics.model().datacenters.values()
    const input = {
      datacenterId: datacenter?.id,
      name,
      type,
      storage: { kind: 'posix', path },
      criticalFreeBytes: 0,
    }
    const { storageDomainId } = await bench.call<{ storageDomainId: StorageDomain['id'] }>('storage.create', input)
    await waitFor(
      `${name} is active`,
      () => bench.composed.topics.model().storageDomains.get(storageDomainId)?.status === 'active',
    )
    return storageDomainId
  }

  const disks = (storageDomainId = data) =>
    bench.composed.topics.model().disks.where('storageDomainId', storageDomainId)
  const disk = (fileName: string, storageDomainId = data) =>
    disks(storageDomainId).find((one) => one.fileName === fileName)
  const seenDisk = (what: string, check: (disk: Disk) => boolean) =>
    waitFor(what, () => disks().find((one) => check(one)))
  const poolOf = (id: StorageDomain['id']) => bench.composed.topics.model().storageDomains.get(id)?.poolName ?? ''
  /** But for the domain's own. */
  const files = async (folder = dataPath) =>
    (await lab.host.exec(`ls -A ${folder}`)).stdout.split('\n').filter((name) => name !== '' && name !== '.virtdeck')
  const hashOn = async (path: string) => (await lab.host.exec(`sha256sum ${path}`)).stdout.split(' ')[0]
  const upload = (fileName: string, bytes: Uint8Array, storageDomainId = data, more: object = {}) =>
    uploadFile(bench, { storageDomainId, fileName, sizeBytes: bytes.length, ...more }, sourceOf(bytes))

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    await lab.host.resetVms()
    count++
    dataPath = `/var/lib/disks/data-${count}`
    mediaPath = `/var/lib/disks/media-${count}`
    await lab.host.exec(`mkdir -p ${dataPath} ${mediaPath} && mount -t tmpfs -o size=80m none ${mediaPath}`)
    bench = await startVmBench()
    await bench.addHost(lab.host)
    await waitFor('the host is up', () => bench.hosts().some(({ status }) => status === 'up'))
    data = await makeDomain('data', dataPath)
    media = await makeDomain('iso', mediaPath)
  })
  afterEach(async () => {
    await bench.stop()
  })

  test('a sparse image goes up and down, with its holes, and is compared with what the host has', async () => {
    const bytes = Buffer.alloc(48 * MIB)
    randomBytes(3 * MIB).copy(bytes, 5 * MIB)
    randomBytes(MIB).copy(bytes, 40 * MIB)
    const { diskId } = await upload('web server.img', bytes, data, { sha256: hash(bytes) }).done
    const found = disks().find(({ id }) => id === diskId)
    expect(found).toMatchObject({
      alias: 'web server',
      fileName: `web-server-${diskId.slice(0, 8)}.raw`,
      format: 'raw',
      kind: 'disk',
      registered: true,
      virtualBytes: 48 * MIB,
      status: 'ok',
    })
    expect(found?.allocatedBytes).toBeLessThan(6 * MIB)
    expect(await hashOn(found?.path ?? '')).toBe(hash(bytes))
    expect(await files()).toEqual([found?.fileName])
    expect((await lab.host.virsh(['vol-list', poolOf(data)])).stdout).toContain(found?.fileName)

    const down = await downloadFile(bench, diskId)
    expect(hash(down.bytes)).toBe(hash(bytes))
    expect(down.holeBytes).toBeGreaterThan(40 * MIB)

    await expect(upload('other.img', bytes, data, { sha256: hash(Buffer.from('x')) }).done).rejects.toMatchObject({
      code: 'disk.checksum-differs',
    })
    expect(await files()).toEqual([found?.fileName])
  })

  test('formats are told by what is in the file: packed ones are unpacked, foreign ones converted, hostile ones refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vd-disks-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const image = async (...args: string[]) => {
      const path = join(folder, 'image')
      await rm(path, { force: true })
      await runCommand('qemu-img', ['create', '-q', ...args.slice(0, -1), path, ...args.slice(-1).filter(Boolean)])
      return readFile(path)
    }
    const raw = Buffer.alloc(6 * MIB)
    randomBytes(MIB).copy(raw, 2 * MIB)
    await writeFile(join(folder, 'raw'), raw)
    await runCommand('xz', ['-k', '-0', join(folder, 'raw')])
    for (const [name, packed] of [
      ['gz', gzipSync(raw)],
      ['zst', zstdCompressSync(raw)],
      ['xz', await readFile(join(folder, 'raw.xz'))],
    ] as const) {
      const { diskId } = await upload(`packed.img.${name}`, packed, data, { sha256: hash(packed) }).done
      const found = disks().find(({ id }) => id === diskId)
      expect(found, name).toMatchObject({ format: 'raw', alias: 'packed', virtualBytes: raw.length })
      expect(await hashOn(found?.path ?? ''), name).toBe(hash(raw))
      expect(found?.allocatedBytes, name).toBeLessThan(3 * MIB)
    }

    const { diskId } = await upload('old.vmdk', await image('-f', 'vmdk', '10M'), data, { alias: 'old' }).done
    expect(disks().find(({ id }) => id === diskId)).toMatchObject({ format: 'qcow2', virtualBytes: 10 * MIB })

    const hostile = await image('-f', 'qcow2', '-u', '-b', '/etc/shadow', '-F', 'raw', '10M')
    await expect(upload('harmless.iso', hostile).done).rejects.toMatchObject({
      code: 'disk.image-refers-elsewhere',
      params: { names: '/etc/shadow' },
    })
    await expect(upload('a.img.gz', gzipSync(hostile)).done).rejects.toMatchObject({
      code: 'disk.image-refers-elsewhere',
    })
    await expect(upload('disk.iso', await image('-f', 'qcow2', '1M'), media).done).rejects.toMatchObject({
      code: 'disk.not-a-medium',
    })
    // Somebody laid it into the folder: it is seen, and not adopted.
    await lab.host.exec(`base64 -d > ${dataPath}/evil.qcow2`, { input: hostile.toString('base64') })
    await bench.call('disk.edit', { diskId, description: 'looked at' })
    await lab.host.virsh(['pool-refresh', poolOf(data)])
    expect(await seenDisk('the stray file is seen', ({ fileName }) => fileName === 'evil.qcow2')).toMatchObject({
      registered: false,
      backingPath: '/etc/shadow',
    })
    expect(await bench.refusal('disk.adopt', { storageDomainId: data, fileName: 'evil.qcow2' })).toMatchObject({
      code: 'disk.image-refers-elsewhere',
    })
    expect((await files()).filter((name) => name.startsWith('.virtdeck'))).toEqual([])
  })

  test('an upload goes on where it was after its socket, and after sshd, was killed; cancelled it leaves nothing', async () => {
    const bytes = randomBytes(64 * MIB)
    let reads = 0
    let client: ReturnType<typeof uploadFile> | undefined
    const reached = Promise.withResolvers<void>()
    const killed = Promise.withResolvers<void>()
    const source = sourceOf(bytes, async (at) => {
      reads++
      if (at === 24 * MIB && reads < 30) client?.cut()
      if (at !== 40 * MIB) return
      reached.resolve()
      await killed.promise
    })
    client = uploadFile(bench, { storageDomainId: data, fileName: 'big.img', sizeBytes: bytes.length }, source)
    await reached.promise
    await lab.host.killSshd()
    await lab.host.killSshSessions()
    killed.resolve()
    await waitFor('the upload is paused', () => bench.tasks().some(({ step }) => step?.key === 'receiving-paused'))
    await lab.host.startSshd()
    const { diskId } = await client.done
    const found = disks().find(({ id }) => id === diskId)
    expect(await hashOn(found?.path ?? '')).toBe(hash(bytes))

    const held = Promise.withResolvers<void>()
    const stuck = uploadFile(
      bench,
      { storageDomainId: data, fileName: 'stuck.img', sizeBytes: bytes.length },
      sourceOf(bytes, (at) => {
        if (at >= 16 * MIB) {
          held.resolve()
          return new Promise(() => undefined)
        }
        return undefined
      }),
    )
    await held.promise
    expect((await files()).some((name) => name.startsWith('.virtdeck-part-'))).toBe(true)
    // Nobody waits for its end without knowing: the domain stays in use, and that is said at once.
    expect(await bench.refusal('storage.maintenance', { storageDomainId: data })).toMatchObject({
      code: 'storage.busy',
    })
    const task = bench.tasks().find(({ command, status }) => command === 'disk.upload' && status === 'running')
    await bench.call('task.cancel', { taskId: task?.id })
    await expect(stuck.done).rejects.toMatchObject({ code: 'task.cancelled' })
    expect(await files()).toEqual([found?.fileName])
  })

  test('a full file system ends it with that reason, and nothing is left', async () => {
    const freeBytes = () => bench.composed.topics.model().storageDomains.get(media)?.availableBytes ?? 0
    const source = sourceOf(randomBytes(96 * MIB), async (at) => {
      if (at !== 72 * MIB) return
      // Somebody looks just then.
      await bench.call('storage.refresh', { storageDomainId: media })
      expect(freeBytes()).toBeLessThan(40 * MIB)
    })
    await expect(
      uploadFile(bench, { storageDomainId: media, fileName: 'big.iso', sizeBytes: 96 * MIB }, source).done,
    ).rejects.toMatchObject({ code: 'storage.full' })
    expect(await files(mediaPath)).toEqual([])
    expect(freeBytes()).toBeGreaterThan(70 * MIB)
    const { diskId } = await upload('small.iso', randomBytes(4 * MIB), media).done
    expect(disk('small.iso', media)).toMatchObject({ id: diskId, kind: 'image', readOnly: true })
  })

  test('disks are made, grown, copied, used, removed; what a machine uses is not', async () => {
    const { diskId } = await bench.call<{ diskId: string }>('disk.create', {
      storageDomainId: data,
      alias: 'root',
      sizeBytes: GIB,
    })
    const root = await seenDisk('the disk is seen', ({ id }) => id === diskId)
    expect(root).toMatchObject({ format: 'qcow2', virtualBytes: GIB, alias: 'root', registered: true })
    expect(root.allocatedBytes).toBeLessThan(MIB)
    await bench.call('disk.resize', { diskId, sizeBytes: 2 * GIB })
    expect(disk(root.fileName)).toMatchObject({ virtualBytes: 2 * GIB })
    expect(await bench.refusal('disk.resize', { diskId, sizeBytes: GIB })).toMatchObject({
      code: 'disk.shrink-refused',
    })

    const copied = await bench.call<{ diskId: string }>('disk.copy', { diskId, storageDomainId: data, alias: 'copy' })
    expect(
      disks()
        .map(({ alias }) => alias)
        .sort(),
    ).toEqual(['copy', 'root'])

    await lab.host.exec(
      `cd ${dataPath} && qemu-img create -q -f qcow2 -b ${root.path} -F qcow2 layer.qcow2 && virsh pool-refresh ${poolOf(data)}`,
    )
    await lab.host.defineVm(
      guestXml({ name: 'user', boots: 'firmware' }).replace(
        '</devices>',
        `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${dataPath}/layer.qcow2'/><target dev='vdz' bus='virtio'/></disk></devices>`,
      ),
    )
    await seenDisk(
      'the layer below is used too',
      ({ id, usedBy }) => id === diskId && usedBy.some(({ name }) => name === 'user'),
    )
    expect(await bench.refusal('disk.remove', { diskId })).toMatchObject({
      code: 'disk.in-use',
      params: { references: [expect.objectContaining({ name: 'user' })] },
    })
    await bench.call('disk.remove', copied)
    const adopted = await bench.call<{ diskId: string }>('disk.adopt', {
      storageDomainId: data,
      fileName: 'layer.qcow2',
    })
    expect(disk('layer.qcow2')).toMatchObject({ id: adopted.diskId, registered: true, backingPath: root.path })
    expect((await files()).sort()).toEqual(['layer.qcow2', root.fileName].sort())

    const full = await bench.call<{ diskId: string }>('disk.create', {
      storageDomainId: data,
      alias: 'full',
      sizeBytes: 16 * MIB,
      format: 'raw',
      allocation: 'preallocated',
    })
    const preallocated = disks().find(({ id }) => id === full.diskId)
    expect(preallocated?.allocatedBytes).toBeGreaterThanOrEqual(16 * MIB)
    await lab.host.exec(`dd if=/dev/zero of=${preallocated?.path} bs=1M count=16 conv=notrunc status=none`)
    await bench.call('disk.sparsify', full)
    expect(disks().find(({ id }) => id === full.diskId)?.allocatedBytes).toBeLessThan(MIB)
  })

  test('a disk is moved to another domain, keeps its id, and leaves nothing where it was', async () => {
    const otherPath = `/var/lib/disks/other-${count}`
    await lab.host.exec(`mkdir -p ${otherPath}`)
    const other = await makeDomain('data', otherPath, 'other')
    const bytes = randomBytes(3 * MIB)
    const { diskId } = await upload('moved.img', bytes).done
    const before = disks().find(({ id }) => id === diskId)
    await bench.call('disk.move', { diskId, storageDomainId: other })
    expect(disks(other)).toMatchObject([{ id: diskId, fileName: before?.fileName, alias: 'moved', registered: true }])
    expect(disks()).toEqual([])
    expect(await hashOn(`${otherPath}/${before?.fileName}`)).toBe(hash(bytes))
    expect(await files()).toEqual([])
    await waitFor('each domain describes what it has', async () => {
      const described = await lab.host.exec(`cd / && ls ${dataPath}/.virtdeck/disks ${otherPath}/.virtdeck/disks`)
      return (
        described.stdout.trim().split('\n').filter(Boolean).join(' ') ===
        `${dataPath}/.virtdeck/disks: ${otherPath}/.virtdeck/disks: ${diskId}.json`
      )
    })
    expect(await bench.refusal('disk.move', { diskId, storageDomainId: other })).toMatchObject({
      code: 'disk.same-domain',
    })
  })

  test('a host fetches an image by itself, over redirects, as large and as right as it may be', async () => {
    const bytes = Buffer.alloc(6 * MIB)
    randomBytes(2 * MIB).copy(bytes, MIB)
    const server = createServer(({ url }, response) => {
      const [, hops = ''] = /^\/hops\/(\d+)$/.exec(url ?? '') ?? []
      if (url === '/image.img') response.end(bytes)
      else if (hops !== '')
        response.writeHead(302, { location: hops === '0' ? '/image.img' : `/hops/${Number(hops) - 1}` }).end()
      else if (url === '/leads-to-a-file') response.writeHead(302, { location: 'file:///etc/passwd' }).end()
      else response.writeHead(404).end()
    })
    server.listen(0, '10.77.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const fetching = (path: string, more: object = {}) => ({
      storageDomainId: data,
      url: `http://10.77.0.1:${port}${path}`,
      allowHttp: true,
      ...more,
    })
    const { diskId } = await bench.call<{ diskId: string }>(
      'disk.upload-url',
      fetching('/hops/4', { fileName: 'fetched.img', sha256: hash(bytes) }),
    )
    const found = disks().find(({ id }) => id === diskId)
    expect(found).toMatchObject({ alias: 'fetched', format: 'raw', virtualBytes: 6 * MIB, registered: true })
    expect(found?.allocatedBytes).toBeLessThan(4 * MIB)
    expect(await hashOn(found?.path ?? '')).toBe(hash(bytes))
    for (const [call, code] of [
      [fetching('/image.img', { limitBytes: 5 * MIB }), 'disk.url-too-large'],
      [fetching('/image.img', { sha256: hash(Buffer.from('x')) }), 'disk.checksum-differs'],
      [fetching('/hops/5'), 'disk.url-failed'],
      [fetching('/nothing.img'), 'disk.url-failed'],
      [fetching('/leads-to-a-file'), 'disk.url-failed'],
      [fetching('/image.img', { allowHttp: false }), 'disk.url-not-https'],
    ] as const) {
      expect(await bench.refusal('disk.upload-url', call), JSON.stringify(call)).toMatchObject({ code })
    }
    expect(await files()).toEqual([found?.fileName])
  })
})
