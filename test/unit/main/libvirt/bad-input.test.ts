import { describe, expect, it } from 'vitest'
import { KEEPALIVE, REMOTE } from '../../../../src/main/libvirt/protocol/procedure.ts'
import { header, openPair, rawPacket } from './fake-daemon.ts'

/** Big-endian words, as XDR has them. */
function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4)
  return bytes
}

const LIST = 273
const HOSTNAME = 59
const STATS = 344
const EVENT = 318
/** The serial of the call under way: AUTH_LIST and CONNECT_OPEN came before. */
const SERIAL = 3

const cases: readonly [string, Buffer, RegExp][] = [
  ['a packet shorter than a header', words(27), /packet of 27 bytes/],
  ['a packet over the maximum', words(33_554_437), /packet of 33554437 bytes/],
  ['a program that it never asked for', rawPacket(header({ program: 0x1234 }), words()), /unknown program 0x1234/],
  ['another version of the program', rawPacket(header({ version: 2 }), words()), /version 2/],
  ['a reply to no call', rawPacket(header({ procedure: LIST, serial: 999 }), words()), /reply to no call.*serial 999/],
  [
    'a reply for another procedure',
    rawPacket(header({ procedure: 1, serial: SERIAL }), words()),
    /CONNECT_LIST_ALL_DOM/,
  ],
  ['a reply with file descriptors', rawPacket(header({ type: 5, serial: SERIAL }), words()), /type 5/],
  ['a call', rawPacket(header({ type: 0, serial: SERIAL }), words()), /type 0/],
  ['a packet of no known type', rawPacket(header({ type: 7 }), words()), /type 7/],
  [
    'a status that a reply cannot have',
    rawPacket(header({ procedure: LIST, serial: SERIAL, status: 2 }), words()),
    /status 2/,
  ],
  ['a truncated reply', rawPacket(header({ procedure: LIST, serial: SERIAL }), words(1, 5)), /DOMAINS: truncated/],
  [
    'a list over its limit',
    rawPacket(header({ procedure: LIST, serial: SERIAL }), words(16_385)),
    /list of 16385, limit/,
  ],
  [
    'a list longer than its packet',
    rawPacket(header({ procedure: LIST, serial: SERIAL }), words(16_384)),
    /truncated: list/,
  ],
  [
    'a string over its limit',
    rawPacket(header({ procedure: LIST, serial: SERIAL }), words(1, 0x7fffffff, 0, 0, 0, 0, 0)),
    /string of 2147483647/,
  ],
  [
    'data after the end',
    rawPacket(header({ procedure: LIST, serial: SERIAL }), words(0, 0, 0)),
    /4 bytes after the end/,
  ],
  ['a truncated error', rawPacket(header({ procedure: LIST, serial: SERIAL, status: 1 }), words(38)), /truncated/],
  [
    'an optional value that is neither',
    rawPacket(header({ procedure: LIST, serial: SERIAL, status: 1 }), words(38, 7, 2)),
    /flag 2/,
  ],
  [
    'an event that the protocol does not have',
    rawPacket(header({ procedure: 9_999, type: 2 }), words()),
    /unknown procedure 9999/,
  ],
  ['a truncated event', rawPacket(header({ procedure: EVENT, type: 2 }), words(1)), /truncated/],
  [
    'data for no stream',
    rawPacket(header({ procedure: 201, type: 3, serial: 77, status: 2 }), words()),
    /data for no stream/,
  ],
  [
    'a keepalive of no known kind',
    rawPacket(header({ program: KEEPALIVE, procedure: 3, type: 2 }), words()),
    /keepalive/,
  ],
]

describe('bytes that the protocol does not allow', () => {
  it.each(cases)('end the connection with an error that names them: %s', async (_, bytes, detail) => {
    const { connection, daemon, transport } = await openPair()
    const call = connection.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, flags: 0 })
    const outcome = call.catch((error: unknown) => error)
    await daemon.next()
    daemon.send(bytes)
    const reason = await connection.closed
    expect(reason).toMatchObject({
      code: 'libvirt.protocol-violation',
      params: { detail: expect.stringMatching(detail) },
    })
    expect(await outcome).toMatchObject({ code: expect.stringMatching(/protocol-violation|outcome-unknown/) })
    expect(transport.destroyed).toBe(true)
  })

  it('include more data than is kept for a stream that is not open yet', async () => {
    const { connection, daemon } = await openPair()
    const vol = { pool: 'images', name: 'disk', key: '/images/disk' }
    const opening = connection.readStream('STORAGE_VOL_DOWNLOAD', { vol, offset: 0n, length: 0n, flags: 0 })
    const outcome = opening.catch((error: unknown) => error)
    const call = await daemon.next()
    const early = rawPacket({ ...call.header, type: 3, status: 2 }, new Uint8Array(17_000_000))
    daemon.send(early)
    daemon.send(early)
    expect(await connection.closed).toMatchObject({
      code: 'libvirt.protocol-violation',
      params: { detail: expect.stringMatching(/bytes of streams that are not open yet/) },
    })
    expect(await outcome).toMatchObject({ code: 'libvirt.outcome-unknown' })
  })

  it('include an arm that the union does not have', async () => {
    const { connection, daemon } = await openPair()
    const call = connection.call('CONNECT_GET_ALL_DOMAIN_STATS', { doms: [], stats: 0, flags: 0 })
    const outcome = call.catch((error: unknown) => error)
    await daemon.next()
    // One record: domain "", UUID, id; one parameter "" of kind 8.
    const payload = words(1, 0, 0, 0, 0, 0, 1, 1, 0, 8, 0)
    daemon.send(rawPacket(header({ procedure: STATS, serial: SERIAL }), payload))
    expect(await connection.closed).toMatchObject({
      params: { detail: expect.stringMatching(/STATS: typed parameter of the unknown kind 8/) },
    })
    expect(await outcome).toMatchObject({ code: 'libvirt.protocol-violation' })
  })

  it('are told from the end of the transport in mid-packet', async () => {
    const { connection, daemon } = await openPair()
    daemon.send(words(100, REMOTE))
    daemon.transport.end()
    expect(await connection.closed).toMatchObject({ code: 'libvirt.connection-closed' })
  })

  it('do not count what comes after them in the same chunk', async () => {
    const { connection, daemon } = await openPair()
    const call = connection.call('CONNECT_GET_HOSTNAME', {})
    const outcome = call.catch((error: unknown) => error)
    const received = await daemon.next()
    daemon.send(words(3), daemon.reply(received, { hostname: 'too late' }))
    expect(await outcome).toMatchObject({ code: 'libvirt.outcome-unknown' })
    expect(HOSTNAME).toBe(received.header.procedure)
  })
})

describe('packets', () => {
  it('may come one byte at a time', async () => {
    const { connection, daemon } = await openPair()
    const call = connection.call('CONNECT_GET_HOSTNAME', {})
    const reply = daemon.reply(await daemon.next(), { hostname: 'node1.lab' })
    for (const byte of reply) daemon.transport.write(Buffer.of(byte))
    await expect(call).resolves.toEqual({ hostname: 'node1.lab' })
    await connection.close()
  })

  it('may come several in one chunk, the last one incomplete', async () => {
    const { connection, daemon } = await openPair()
    const calls = [1, 2, 3].map(() => connection.call('CONNECT_GET_HOSTNAME', {}))
    const replies: Buffer[] = []
    for (const hostname of ['one', 'two', 'three']) replies.push(daemon.reply(await daemon.next(), { hostname }))
    const bytes = Buffer.concat(replies)
    daemon.send(bytes.subarray(0, -5))
    await calls[1]
    daemon.send(bytes.subarray(-5))
    const hostnames = (await Promise.all(calls)).map((result) => result.hostname)
    expect(hostnames).toEqual(['one', 'two', 'three'])
    await connection.close()
  })

  it('may be as large as 16 MiB of strings', async () => {
    const { connection, daemon } = await openPair()
    const call = connection.call('DOMAIN_GET_MESSAGES', { dom: { name: 'a', uuid: UUID, id: 1 }, flags: 0 })
    const msgs = Array.from({ length: 4 }, (_, index) => String(index).repeat(4_194_304))
    daemon.send(daemon.reply(await daemon.next(), { msgs }))
    expect((await call).msgs).toEqual(msgs)
    await connection.close()
  })

  it('with events of a connection that subscribed to none are passed over', async () => {
    const { connection, daemon } = await openPair()
    const msg = { dom: { name: 'a', uuid: UUID, id: 1 }, event: 2, detail: 0 }
    const call = connection.call('CONNECT_GET_HOSTNAME', {})
    const received = await daemon.next()
    daemon.send(daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', { callbackID: 3, msg }))
    daemon.send(daemon.reply(received, { hostname: 'node1' }))
    await expect(call).resolves.toEqual({ hostname: 'node1' })
    await connection.close()
  })
})

const UUID = '6695eb01-f6a4-8304-79aa-97f2502e193f'
