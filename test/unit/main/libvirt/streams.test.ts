import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { PacketHeader } from '../../../../src/main/libvirt/packet/packet.ts'
import { packetStatus, packetType } from '../../../../src/main/libvirt/packet/packet.ts'
import { streamHoleCodec } from '../../../../src/main/libvirt/streams/stream-table.ts'
import { type FakeDaemon, openPair, packet, type Received, rawPacket } from './fake-daemon.ts'

const VOLUME = { pool: 'images', name: 'disk', key: '/images/disk' }
const TRANSFER = { vol: VOLUME, offset: 0n, length: 0n, flags: 1 }
const DOMAIN = { name: 'web-01', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 7 }
const CONSOLE = { dom: DOMAIN, dev_name: null, flags: 0 }

function streamHeader(call: Received, status: number, type: number = packetType.stream): PacketHeader {
  return { ...call.header, type, status }
}

function data(call: Received, text: string): Buffer {
  return rawPacket(streamHeader(call, packetStatus.continue), Buffer.from(text))
}

function hole(call: Received, length: bigint): Buffer {
  return packet(streamHeader(call, packetStatus.continue, packetType.streamHole), streamHoleCodec, { length, flags: 0 })
}

function end(call: Received): Buffer {
  return rawPacket(streamHeader(call, packetStatus.ok), Buffer.alloc(0))
}

/** The next packet, which must be of the stream with this status. */
async function expectStatus(daemon: FakeDaemon, status: number): Promise<Received> {
  const received = await daemon.next()
  expect(received.header).toMatchObject({ type: packetType.stream, status })
  return received
}

describe('a read stream', () => {
  it('gives data and holes in order, finishes, and waits for the confirmation', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', TRANSFER)
    const call = await daemon.next()
    // All in the chunk of the reply: nothing of it may be lost.
    daemon.send(daemon.reply(call, undefined), data(call, 'one'), hole(call, 4_096n), data(call, 'two'), data(call, ''))
    const parts: unknown[] = []
    const stream = await opening
    const reading = (async () => {
      for await (const part of stream)
        parts.push(part.data === undefined ? part.holeBytes : String(Buffer.from(part.data)))
    })()
    await expectStatus(daemon, packetStatus.ok)
    daemon.send(end(call))
    await reading
    expect(parts).toEqual(['one', 4_096n, 'two'])
    await connection.close()
  })

  it('loses nothing that overtakes the reply to its opening', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', TRANSFER)
    const call = await daemon.next()
    daemon.send(data(call, 'early'), hole(call, 512n), daemon.reply(call, undefined), data(call, ''))
    const iterator = (await opening)[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toEqual({ data: Buffer.from('early') })
    expect((await iterator.next()).value).toEqual({ holeBytes: 512n })
    await connection.close()
  })

  it('gives what the opening call returned', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.readStream('DOMAIN_SCREENSHOT', { dom: DOMAIN, screen: 0, flags: 0 })
    await daemon.answer('DOMAIN_SCREENSHOT', { mime: 'image/png' })
    expect((await opening).result).toEqual({ mime: 'image/png' })
    await connection.close()
  })

  it('aborts when its loop is left early, and drops what was on its way', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', TRANSFER)
    const call = await daemon.next()
    daemon.send(daemon.reply(call, undefined), data(call, 'one'))
    const stream = await opening
    const loop = (async () => {
      for await (const part of stream) return part
      return undefined
    })()
    await expectStatus(daemon, packetStatus.error)
    daemon.send(data(call, 'late'), daemon.failure(call, { code: 39 }, packetType.stream), data(call, 'later'))
    expect(await loop).toMatchObject({ data: Buffer.from('one') })
    const next = connection.call('CONNECT_GET_HOSTNAME', {})
    await daemon.answer('CONNECT_GET_HOSTNAME', { hostname: 'still here' })
    await expect(next).resolves.toEqual({ hostname: 'still here' })
    await connection.close()
  })

  it("fails with the daemon's error", async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', TRANSFER)
    const call = await daemon.next()
    daemon.send(
      daemon.reply(call, undefined),
      daemon.failure(call, { code: 38, message: 'disk gone' }, packetType.stream),
    )
    const stream = await opening
    const reading = stream[Symbol.asyncIterator]().next()
    await expect(reading).rejects.toMatchObject({ params: { libvirtCode: 38, message: 'disk gone' } })
    await connection.close()
  })

  it('fails as outcome unknown when the connection ends', async () => {
    const { connection, daemon, transport } = await openPair()
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', TRANSFER)
    daemon.send(daemon.reply(await daemon.next(), undefined))
    const reading = (await opening)[Symbol.asyncIterator]().next()
    transport.destroy(new Error('cable cut'))
    await expect(reading).rejects.toMatchObject({ code: 'libvirt.outcome-unknown' })
  })

  it('gives up when nothing comes for the idle time', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', TRANSFER, { idleTimeoutMs: 20 })
    daemon.send(daemon.reply(await daemon.next(), undefined))
    const reading = (await opening)[Symbol.asyncIterator]().next()
    const outcome = expect(reading).rejects.toMatchObject({ code: 'libvirt.stream-stalled', params: { timeoutMs: 20 } })
    const aborted = await expectStatus(daemon, packetStatus.error)
    daemon.send(daemon.failure(aborted, { code: 39 }, packetType.stream))
    await outcome
    await connection.close()
  })

  it('aborts at its signal', async () => {
    const { connection, daemon } = await openPair()
    const controller = new AbortController()
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', TRANSFER, { signal: controller.signal })
    daemon.send(daemon.reply(await daemon.next(), undefined))
    const reading = (await opening)[Symbol.asyncIterator]().next()
    const outcome = expect(reading).rejects.toMatchObject({ code: 'libvirt.stream-aborted' })
    controller.abort()
    const aborted = await expectStatus(daemon, packetStatus.error)
    daemon.send(daemon.failure(aborted, { code: 39 }, packetType.stream))
    await outcome
    await connection.close()
  })

  it('holds the transport back while it is not read, and loses nothing', async () => {
    const { connection, daemon, transport } = await openPair()
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', TRANSFER)
    const call = await daemon.next()
    daemon.send(daemon.reply(call, undefined))
    const stream = await opening
    const block = Buffer.alloc(262_120, 'x')
    const blocks = 64
    const sending = (async () => {
      for (let index = 0; index < blocks; index += 1) {
        const more = daemon.transport.write(rawPacket(streamHeader(call, packetStatus.continue), block))
        if (!more) await once(daemon.transport, 'drain')
      }
      daemon.send(data(call, ''))
    })()
    while (!transport.isPaused()) await turn()
    await turn()
    // What the stream holds and what Node's own buffers hold, far from the 16 MiB that the daemon has.
    expect(transport.isPaused()).toBe(true)
    let received = 0
    const reading = (async () => {
      for await (const part of stream) received += part.data?.byteLength ?? 0
    })()
    await sending
    await expectStatus(daemon, packetStatus.ok)
    daemon.send(end(call))
    await reading
    expect(received).toBe(blocks * block.byteLength)
    await connection.close()
  })

  it('that was given up before its opening was answered is aborted then', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', TRANSFER, { timeoutMs: 20 })
    const call = await daemon.next()
    await expect(opening).rejects.toMatchObject({ code: 'libvirt.call-timed-out' })
    daemon.send(daemon.reply(call, undefined), data(call, 'unwanted'))
    await expectStatus(daemon, packetStatus.error)
    await connection.close()
  })
})

describe('a write stream', () => {
  it('sends data and holes in order and finishes', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.writeStream('STORAGE_VOL_UPLOAD', TRANSFER)
    const call = await daemon.answer('STORAGE_VOL_UPLOAD', undefined)
    const stream = await opening
    await stream.write(Buffer.from('one'))
    await stream.hole(1_048_576n)
    await stream.write(new Uint8Array(262_121))
    const finishing = stream.finish()
    expect(await expectStatus(daemon, packetStatus.continue)).toMatchObject({ body: Buffer.from('one') })
    const sparse = await daemon.next()
    expect(sparse.header).toMatchObject({ type: packetType.streamHole, serial: call.header.serial })
    const sizes = [await expectStatus(daemon, 2), await expectStatus(daemon, 2)].map(
      (received) => (received.body as Uint8Array).byteLength,
    )
    expect(sizes).toEqual([262_120, 1])
    await expectStatus(daemon, packetStatus.ok)
    daemon.send(end(call))
    await finishing
    await connection.close()
  })

  it('waits when the transport is full', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.writeStream('STORAGE_VOL_UPLOAD', TRANSFER)
    await daemon.answer('STORAGE_VOL_UPLOAD', undefined)
    const stream = await opening
    daemon.transport.pause()
    const writing = (async () => {
      for (let index = 0; index < 4; index += 1) await stream.write(new Uint8Array(262_120))
      return 'written'
    })()
    expect(await Promise.race([writing, turn('waiting')])).toBe('waiting')
    daemon.transport.resume()
    expect(await writing).toBe('written')
    await connection.close()
  })

  it("rejects the next write with the daemon's error", async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.writeStream('STORAGE_VOL_UPLOAD', TRANSFER)
    const call = await daemon.answer('STORAGE_VOL_UPLOAD', undefined)
    const stream = await opening
    daemon.send(daemon.failure(call, { code: 38, message: 'No space left on device' }, packetType.stream))
    await daemonHeard(connection, daemon)
    const message = 'No space left on device'
    await expect(stream.write(Buffer.from('more'))).rejects.toMatchObject({ params: { message } })
    await expect(stream.finish()).rejects.toMatchObject({ params: { message } })
    await expect(stream.abort()).resolves.toBeUndefined()
    await connection.close()
  })

  it('reports an error that comes instead of the confirmation', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.writeStream('STORAGE_VOL_UPLOAD', TRANSFER)
    const call = await daemon.answer('STORAGE_VOL_UPLOAD', undefined)
    const finishing = (await opening).finish()
    await expectStatus(daemon, packetStatus.ok)
    daemon.send(daemon.failure(call, { code: 38, message: 'flush failed' }, packetType.stream))
    await expect(finishing).rejects.toMatchObject({ params: { message: 'flush failed' } })
    await connection.close()
  })
})

describe('a console', () => {
  it('is a Duplex that finishes when it is ended', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.duplexStream('DOMAIN_OPEN_CONSOLE', CONSOLE)
    const call = await daemon.answer('DOMAIN_OPEN_CONSOLE', undefined)
    const console = await opening
    daemon.send(data(call, 'login: '))
    const [chunk] = await once(console, 'data')
    expect(String(chunk)).toBe('login: ')
    console.end('root\n')
    expect(String(Buffer.from((await expectStatus(daemon, 2)).body as Uint8Array))).toBe('root\n')
    await expectStatus(daemon, packetStatus.ok)
    daemon.send(end(call))
    await once(console, 'close')
    await connection.close()
  })

  it('ends when the guest does', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.duplexStream('DOMAIN_OPEN_CONSOLE', CONSOLE)
    const call = await daemon.answer('DOMAIN_OPEN_CONSOLE', undefined)
    const console = await opening
    console.resume()
    daemon.send(data(call, ''))
    await once(console, 'end')
    await expectStatus(daemon, packetStatus.ok)
    daemon.send(end(call))
    await once(console, 'close')
    await connection.close()
  })

  it("is destroyed with the daemon's error", async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.duplexStream('DOMAIN_OPEN_CONSOLE', CONSOLE)
    const call = await daemon.answer('DOMAIN_OPEN_CONSOLE', undefined)
    const console = await opening
    console.resume()
    const failed = once(console, 'error')
    daemon.send(daemon.failure(call, { code: 38, message: 'another session took it' }, packetType.stream))
    expect((await failed)[0]).toMatchObject({ params: { message: 'another session took it' } })
    await connection.close()
  })

  it('aborts when it is destroyed', async () => {
    const { connection, daemon } = await openPair()
    const opening = connection.duplexStream('DOMAIN_OPEN_CONSOLE', CONSOLE)
    const call = await daemon.answer('DOMAIN_OPEN_CONSOLE', undefined)
    const console = await opening
    console.destroy()
    await expectStatus(daemon, packetStatus.error)
    daemon.send(daemon.failure(call, { code: 39 }, packetType.stream))
    await once(console, 'close')
    await connection.close()
  })
})

/** Resolves when the client has handled everything that the daemon sent so far. */
async function daemonHeard(
  connection: Awaited<ReturnType<typeof openPair>>['connection'],
  daemon: FakeDaemon,
): Promise<void> {
  const call = connection.call('CONNECT_GET_HOSTNAME', {})
  await daemon.answer('CONNECT_GET_HOSTNAME', { hostname: 'node1' })
  await call
}
