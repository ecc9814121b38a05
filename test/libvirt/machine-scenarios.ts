import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Domain, LibvirtConnection, OpenOptions, StoragePool, StorageVol } from '../../src/main/libvirt/index.ts'
import { isAppError } from '../../src/shared/errors/index.ts'
import { echoGuestDisk, echoGuestXml, GREETING } from './echo-guest.ts'

/** A host whose QEMU machines and storage the scenarios use. */
export interface MachineHost {
  open(options?: OpenOptions): Promise<LibvirtConnection>
  /** A folder on the host for the pool; it exists. */
  poolPath(): string
}

const SPARSE = 1
const MIB = 1_048_576
/** `VIR_DOMAIN_UNDEFINE_*` of what a plain machine may have. */
const UNDEFINE_ALL = 0b111
const NAME = 'echo'

async function readAll(
  reading: AsyncIterable<{ data?: Uint8Array | undefined; holeBytes?: bigint | undefined }>,
): Promise<{
  bytes: Buffer
  holes: bigint
}> {
  const chunks: Uint8Array[] = []
  let holes = 0n
  for await (const part of reading) {
    if (part.data !== undefined) chunks.push(part.data)
    else {
      holes += part.holeBytes ?? 0n
      chunks.push(new Uint8Array(Number(part.holeBytes)))
    }
  }
  return { bytes: Buffer.concat(chunks), holes }
}

function readUntil(console: Duplex, wanted: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    // Listens all the time: of two packets in one piece of data, both events come before anybody who awaits the first.
    const onData = (chunk: unknown): void => {
      text += String(chunk)
      if (!text.includes(wanted)) return
      console.off('data', onData).off('close', onClose)
      resolve(text)
    }
    const onClose = (): void => reject(new Error(`the console ended after: ${text}`))
    console.on('data', onData).once('close', onClose)
  })
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Resolves when a call gets no answer any more, because the stream before it fills everything up. */
async function untilBlocked(connection: LibvirtConnection): Promise<void> {
  const deadlineMs = performance.now() + 20_000
  while (performance.now() < deadlineMs) {
    const answer = await connection
      .call('CONNECT_GET_LIB_VERSION', {}, { timeoutMs: 300 })
      .catch((error: unknown) => error)
    if (isAppError(answer, 'libvirt.call-timed-out')) return
    expect(answer).toHaveProperty('lib_ver')
  }
  throw new Error('calls were answered all the time')
}

/** What the client must do with real machines and real storage; run against whatever host `getHost` gives. */
export function describeMachines(title: string, getHost: () => MachineHost): void {
  describe(title, () => {
    let control: LibvirtConnection
    let pool: StoragePool

    beforeEach(async () => {
      control = await getHost().open()
      const xml = `<pool type='dir'><name>scenarios</name><target><path>${getHost().poolPath()}</path></target></pool>`
      pool = (await control.call('STORAGE_POOL_CREATE_XML', { xml, flags: 0 })).pool
    })

    afterEach(async () => {
      const { vols } = await control.call('STORAGE_POOL_LIST_ALL_VOLUMES', { pool, need_results: 1, flags: 0 })
      for (const vol of vols) await control.call('STORAGE_VOL_DELETE', { vol, flags: 0 })
      await control.call('STORAGE_POOL_DESTROY', { pool })
      const { domains } = await control.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, flags: 0 })
      for (const dom of domains) {
        if (dom.id >= 0) await control.call('DOMAIN_DESTROY_FLAGS', { dom, flags: 0 })
        await control.call('DOMAIN_UNDEFINE_FLAGS', { dom, flags: UNDEFINE_ALL })
      }
      await control.close()
    })

    async function createVolume(name: string, capacityBytes: number): Promise<StorageVol> {
      const xml = `<volume><name>${name}</name><capacity>${capacityBytes}</capacity><allocation>0</allocation></volume>`
      return (await control.call('STORAGE_VOL_CREATE_XML', { pool, xml, flags: 0 })).vol
    }

    async function upload(vol: StorageVol, bytes: Uint8Array): Promise<void> {
      const connection = await getHost().open({ keepalive: 'off' })
      const stream = await connection.writeStream('STORAGE_VOL_UPLOAD', { vol, offset: 0n, length: 0n, flags: 0 })
      await stream.write(bytes)
      await stream.finish()
      await connection.close()
    }

    async function defineGuest(): Promise<Domain> {
      const vol = await createVolume('echo.img', 512)
      await upload(vol, echoGuestDisk())
      const xml = echoGuestXml(NAME, vol.key)
      return (await control.call('DOMAIN_DEFINE_XML_FLAGS', { xml, flags: 0 })).dom
    }

    it('defines, starts and ends a machine, and hears of each step', async () => {
      const events = await control.subscribe({ events: ['domain-lifecycle'] })
      const defined = await defineGuest()
      const { dom } = await control.call('DOMAIN_CREATE_WITH_FLAGS', { dom: defined, flags: 0 })
      expect(dom.id).toBeGreaterThan(0)
      await control.call('DOMAIN_DESTROY_FLAGS', { dom, flags: 0 })
      await control.call('DOMAIN_UNDEFINE_FLAGS', { dom, flags: 0 })
      const seen: string[] = []
      for await (const event of events) {
        expect(event.domain).toMatchObject({ name: NAME, uuid: defined.uuid })
        // QEMU may or may not have time to say that it shuts down.
        if (event.event !== 'shutdown') seen.push(event.event)
        if (event.event === 'undefined') break
      }
      expect(seen).toEqual(['defined', 'resumed', 'started', 'stopped', 'undefined'])
    })

    it("talks with the guest on its console, and the console ends with the guest's power", async () => {
      const dom = await defineGuest()
      // Paused, so that its greeting can't come before anybody listens.
      await control.call('DOMAIN_CREATE_WITH_FLAGS', { dom, flags: 1 })
      const connection = await getHost().open({ keepalive: 'off' })
      const console = await connection.duplexStream('DOMAIN_OPEN_CONSOLE', { dom, dev_name: null, flags: 1 })
      await control.call('DOMAIN_RESUME', { dom })
      expect(await readUntil(console, GREETING)).toContain(GREETING)
      console.write('Hello')
      expect(await readUntil(console, 'hELLO')).toContain('hELLO')
      console.resume()
      const closed = once(console, 'close')
      await control.call('DOMAIN_DESTROY_FLAGS', { dom, flags: 0 })
      await closed
      await connection.close()
    })

    it('takes a picture of the screen', async () => {
      const dom = await defineGuest()
      await control.call('DOMAIN_CREATE_WITH_FLAGS', { dom, flags: 0 })
      const connection = await getHost().open({ keepalive: 'off' })
      const picture = await connection.readStream('DOMAIN_SCREENSHOT', { dom, screen: 0, flags: 0 })
      const { bytes } = await readAll(picture)
      const mime = picture.result.mime
      expect(['image/png', 'image/x-portable-pixmap']).toContain(mime)
      const magic = mime === 'image/png' ? '\x89PNG\r\n\x1a\n' : 'P6'
      expect(bytes.toString('latin1', 0, magic.length)).toBe(magic)
      await connection.close()
    })

    it('uploads and downloads with holes, and the checksums are equal', async () => {
      const vol = await createVolume('sparse.img', 24 * MIB)
      const head = randomBytes(MIB)
      const tail = randomBytes(MIB)
      const content = Buffer.concat([head, Buffer.alloc(22 * MIB), tail])
      const connection = await getHost().open({ keepalive: 'off' })
      const args = { vol, offset: 0n, length: 0n, flags: SPARSE }
      const uploading = await connection.writeStream('STORAGE_VOL_UPLOAD', args)
      await uploading.write(head)
      await uploading.hole(BigInt(22 * MIB))
      await uploading.write(tail)
      await uploading.finish()

      const info = await control.call('STORAGE_VOL_GET_INFO', { vol })
      expect(info.capacity).toBe(BigInt(24 * MIB))
      expect(info.allocation).toBeLessThan(BigInt(4 * MIB))
      const sparse = await readAll(await connection.readStream('STORAGE_VOL_DOWNLOAD', args))
      expect(sparse.holes).toBeGreaterThan(BigInt(20 * MIB))
      const dense = await readAll(await connection.readStream('STORAGE_VOL_DOWNLOAD', { ...args, flags: 0 }))
      expect(dense.holes).toBe(0n)
      expect([sha256(sparse.bytes), sha256(dense.bytes)]).toEqual([sha256(content), sha256(content)])
      await connection.close()
    })

    it('aborts a download half-way, and the connection goes on', async () => {
      const vol = await createVolume('big.img', 64 * MIB)
      const connection = await getHost().open({ keepalive: 'off' })
      const args = { vol, offset: 0n, length: 0n, flags: 0 }
      let received = 0
      for await (const part of await connection.readStream('STORAGE_VOL_DOWNLOAD', args)) {
        received += part.data?.byteLength ?? 0
        if (received > 8 * MIB) break
      }
      const { bytes } = await readAll(await connection.readStream('STORAGE_VOL_DOWNLOAD', { ...args, length: 4096n }))
      expect(bytes.byteLength).toBe(4096)
      expect(received).toBeLessThan(64 * MIB)
      await connection.close()
    })

    it('aborts an upload half-way, and the connection goes on', async () => {
      const vol = await createVolume('half.img', 8 * MIB)
      const connection = await getHost().open({ keepalive: 'off' })
      const uploading = await connection.writeStream('STORAGE_VOL_UPLOAD', { vol, offset: 0n, length: 0n, flags: 0 })
      await uploading.write(randomBytes(MIB))
      await uploading.abort()
      await expect(uploading.write(randomBytes(1))).rejects.toMatchObject({ code: /^libvirt\./ })
      await expect(connection.call('CONNECT_GET_LIB_VERSION', {})).resolves.toBeDefined()
      await connection.close()
    })

    it('lets an unread stream block its own connection and no other one', async () => {
      const vol = await createVolume('big.img', 64 * MIB)
      const connection = await getHost().open({ keepalive: 'off' })
      const stream = await connection.readStream('STORAGE_VOL_DOWNLOAD', { vol, offset: 0n, length: 0n, flags: 0 })
      await untilBlocked(connection)
      await expect(control.call('CONNECT_GET_LIB_VERSION', {})).resolves.toBeDefined()
      const { bytes } = await readAll(stream)
      expect(bytes.byteLength).toBe(64 * MIB)
      await expect(connection.call('CONNECT_GET_LIB_VERSION', {})).resolves.toBeDefined()
      await connection.close()
    })
  })
}
