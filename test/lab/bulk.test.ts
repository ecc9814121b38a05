import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startBulkThread } from '../../src/main/hosts/bulk/bulk-session.ts'
import { waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type LinkBench, type LinkBenchOptions, startLinkBench } from './host-link-bench.ts'
import { type Lab, startLab } from './lab.ts'

const CHILD = fileURLToPath(new URL('./uploading-engine.ts', import.meta.url))
const PATH = '/var/lib/bulk/disk.raw'
const MIB = 1024 * 1024
const SIZE = 48 * MIB

describe('bulk data of a real host', () => {
  let lab: Lab
  let bench: LinkBench
  let threads: Worker[]

  const start = async (options: LinkBenchOptions = {}) => {
    threads = []
    bench = await startLinkBench(lab.host, {
      startBulkThread: (data) => {
        const thread = startBulkThread(data)
        threads.push(thread)
        return thread
      },
      ...options,
    })
    await bench.link.whenLive(20_000)
  }
  const volume = async () => {
    const { vol } = await bench.link.family('storage').call('STORAGE_VOL_LOOKUP_BY_PATH', { path: PATH })
    return vol
  }
  const openUpload = async (signal?: AbortSignal) =>
    bench.link.bulk.openUpload({ vol: await volume(), offset: 0n, length: 0n, flags: 0 }, { signal })
  /** Writes until the other side has had enough; resolves with why. */
  const writeForEver = async (upload: Awaited<ReturnType<typeof openUpload>>): Promise<unknown> => {
    try {
      for (;;) await upload.write(new Uint8Array(256 * 1024))
    } catch (error) {
      return error
    }
  }
  const hashOf = async (path: string) => (await lab.host.exec(`sha256sum ${path}`)).stdout.split(' ')[0]
  /** SSH connections to the host that are there. */
  const sessions = async () => {
    const { stdout } = await lab.host.exec(`awk '$2 ~ /:0016$/ && $4 == "01"' /proc/net/tcp | wc -l`)
    return Number(stdout)
  }
  const sessionsAre = (count: number) => waitFor(`${count} sessions`, async () => (await sessions()) === count)

  beforeAll(async () => {
    lab = await startLab({ hosts: 1 })
    await lab.host.exec('mkdir -p /var/lib/bulk')
    await lab.host.virsh(['pool-create-as', 'bulk', 'dir', '--target', '/var/lib/bulk'])
    await lab.host.virsh(['vol-create-as', 'bulk', 'disk.raw', String(SIZE), '--format', 'raw'])
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(() => start())
  afterEach(async () => {
    await bench.stop()
    await sessionsAre(0)
  })

  test('goes up and down whole, by a session of its own that ends when it is idle, while events keep coming', async () => {
    await bench.stop()
    await start({ bulkIdleMs: 200 })
    expect(await sessions()).toBe(1)
    const upload = await openUpload()
    expect(await sessions()).toBe(2)
    const hash = createHash('sha256')
    const halves = { first: Promise.withResolvers<void>() }
    const uploading = (async () => {
      for (let at = 0; at < SIZE; at += MIB) {
        const part = randomBytes(MIB)
        hash.update(part)
        await upload.write(part)
        if (at === SIZE / 2) halves.first.resolve()
      }
      await upload.finish()
    })()
    await halves.first.promise
    await lab.host.defineVm(guestXml({ name: 'meanwhile', boots: 'firmware' }))
    await waitFor('the machine is seen', () =>
      [...bench.link.domains.values()].some((record) => record.name === 'meanwhile'),
    )
    await uploading
    const expected = hash.digest('hex')
    expect(await hashOf(PATH)).toBe(expected)

    const download = await bench.link.bulk.openDownload({ vol: await volume(), offset: 0n, length: 0n, flags: 0 })
    const read = createHash('sha256')
    for await (const { data } of download) read.update(data ?? '')
    expect(read.digest('hex')).toBe(expected)
    await sessionsAre(1)
    expect(bench.link.bulk.isOpen).toBe(false)
  })

  test('a command takes and gives much, as fast as it is read, and says how it ended', async () => {
    const { bulk } = bench.link
    const copy = await bulk.openCommand('cat; echo told >&2; exit 3')
    const hash = createHash('sha256')
    const writing = (async () => {
      for (let count = 0; count < 16; count++) {
        const part = randomBytes(MIB)
        hash.update(part)
        await copy.input.write(part)
      }
      await copy.input.finish()
    })()
    const read = createHash('sha256')
    for await (const data of copy.output) read.update(data)
    await writing
    expect(read.digest('hex')).toBe(hash.digest('hex'))
    expect(await copy.ended).toEqual({ exitCode: 3, stderr: 'told\n' })

    // It may close its output long before it ends.
    const closed = await bulk.openCommand('exec >&- 2>&-; read -r line; exit "$line"')
    for await (const data of closed.output) expect(data).toHaveLength(0)
    await closed.input.write(Buffer.from('7\n'))
    expect(await closed.ended).toEqual({ exitCode: 7, stderr: '' })

    // It fails while much is on its way to it: how it ended is what it says, not that its channel is gone.
    for (let count = 0; count < 12; count++) {
      const failing = await bulk.openCommand('head -c 3000000 >/dev/null; echo no room >&2; exit 1')
      const flood = (async () => {
        for (let parts = 0; parts < 24; parts++) await failing.input.write(Buffer.alloc(MIB))
      })()
      flood.catch(() => undefined)
      for await (const data of failing.output) expect(data).toHaveLength(0)
      expect(await failing.ended).toEqual({ exitCode: 1, stderr: 'no room\n' })
    }

    // Endless, and left: the host has nothing of it afterwards.
    const endless = await bulk.openCommand('exec yes endless')
    for await (const data of endless.output) if (data.length > 0) break
    await expect(endless.ended).rejects.toMatchObject({ code: 'ssh.aborted' })
    await waitFor('yes is gone', async () => (await lab.host.exec('pgrep -x yes', { allowFailure: true })).code !== 0)

    const silent = await bulk.openCommand('sleep 1000', { idleTimeoutMs: 300 })
    await expect(silent.ended).rejects.toMatchObject({ code: 'ssh.exec-timed-out' })
  })

  test('signs in with what the engine gives, and only to the key that the link knows', async () => {
    const admin = lab.host.users.find((user) => user.inLibvirtGroup)
    if (admin === undefined) throw new Error('the lab has no such user')
    await bench.stop()
    await start({ user: admin.name, password: admin.password })
    const whoami = await bench.link.bulk.openCommand('id -un')
    const told: Uint8Array[] = []
    for await (const data of whoami.output) told.push(data)
    expect(Buffer.concat(told).toString().trim()).toBe(admin.name)
    // A key that is trusted too, but not the one that this link was connected with.
    await bench.stop()
    await start({ startBulkThread: (data) => startBulkThread({ ...data, hostKey: 'SHA256:another' }) })
    await expect(bench.link.bulk.openCommand('id')).rejects.toMatchObject({
      code: 'ssh.host-key-changed',
      params: { fingerprint: lab.host.hostKeyFingerprint, source: 'inventory' },
    })
    await sessionsAre(1)
    expect(bench.link.isLive).toBe(true)
  })

  test('a thread that dies in the midst of an upload: said, and the engine and its link go on', async () => {
    const upload = await openUpload()
    await upload.write(new Uint8Array(MIB))
    const ended = writeForEver(upload)
    await threads[0]?.terminate()
    expect(await ended).toMatchObject({ code: 'host.bulk-lost', retry: 'after-refresh' })
    await expect(upload.finish()).rejects.toMatchObject({ code: 'host.bulk-lost' })
    expect(bench.link.isLive).toBe(true)
    await sessionsAre(1)
    const again = await openUpload()
    await again.write(new Uint8Array(MIB))
    await again.finish()
    expect(threads).toHaveLength(2)
  })

  test('an upload that is aborted, or that the host refuses, ends by itself alone', async () => {
    const controller = new AbortController()
    const [aborted, other] = await Promise.all([openUpload(controller.signal), bench.link.bulk.openCommand('cat')])
    const ended = writeForEver(aborted)
    controller.abort()
    expect(await ended).toMatchObject({ code: expect.stringMatching(/^(libvirt\.stream-aborted|ssh\.aborted)$/) })
    const missing = { pool: 'bulk', name: 'none', key: '/var/lib/bulk/none' }
    await expect(bench.link.bulk.openUpload({ vol: missing, offset: 0n, length: 0n, flags: 0 })).rejects.toMatchObject({
      code: 'libvirt.call-failed',
    })
    await other.input.write(Buffer.from('still here'))
    await other.input.finish()
    const told: Uint8Array[] = []
    for await (const data of other.output) told.push(data)
    expect(Buffer.concat(told).toString()).toBe('still here')
    expect(threads).toHaveLength(1)
  })

  test('ends with the link, and with the engine, however that ends', async () => {
    const ended = writeForEver(await openUpload())
    const vol = await volume()
    await bench.registry.stop()
    expect(await ended).toMatchObject({ code: 'engine.stopping' })
    await sessionsAre(0)
    await expect(bench.link.bulk.openCommand('id')).rejects.toMatchObject({ code: 'host.not-connected' })

    const { address, user, privateKeyPath, hostKeyFingerprint, name } = lab.host
    const host = JSON.stringify({ address, user, privateKeyPath, hostKeyFingerprint, name })
    const child = spawn(process.execPath, [CHILD, host, JSON.stringify(vol)], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    for await (const line of createInterface({ input: child.stdout })) if (line === 'uploading') break
    expect(await sessions()).toBe(2)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await sessionsAre(0)
  })
})
