import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { parseDisplays } from '../../../../src/main/xml/index.ts'
import { aMachineXml, aWorld, openDaemon, openSimulatedRoute } from './a-world.ts'

const UUID = '6a1b1a34-0000-4000-8000-00000000000a'

/** Reads so many bytes, however they come. */
async function read(stream: Duplex, length: number): Promise<Buffer> {
  for (;;) {
    const bytes = stream.read(length) as Buffer | null
    if (bytes !== null) return bytes
    await once(stream, 'readable')
  }
}

interface Update {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly pixels: Buffer
}

async function readUpdate(stream: Duplex): Promise<Update[]> {
  const head = await read(stream, 4)
  expect(head[0]).toBe(0)
  const parts: Update[] = []
  for (let index = 0; index < head.readUInt16BE(2); index += 1) {
    const place = await read(stream, 12)
    const [x, y, width, height] = [0, 2, 4, 6].map((at) => place.readUInt16BE(at)) as [number, number, number, number]
    expect(place.readInt32BE(8)).toBe(0)
    parts.push({ x, y, width, height, pixels: await read(stream, width * height * 4) })
  }
  return parts
}

function updateRequest(incremental: boolean): Buffer {
  return Buffer.from([3, incremental ? 1 : 0, 0, 0, 0, 0, 2, 128, 1, 104])
}

async function openScreen() {
  const world = aWorld('one.demo')
  const connection = await openDaemon(world, 'one.demo')
  const { dom } = await connection.call('DOMAIN_DEFINE_XML_FLAGS', { xml: aMachineXml('web', UUID), flags: 0 })
  await connection.call('DOMAIN_CREATE_WITH_FLAGS', { dom, flags: 0 })
  const { xml } = await connection.call('DOMAIN_GET_XML_DESC', { dom, flags: 0 })
  const listener = parseDisplays(xml)[0]?.listener
  if (listener?.kind !== 'tcp') throw new Error('no display')
  const route = openSimulatedRoute(world, 'one.demo')
  const stream = await route.forwardTcp(listener.host, listener.port)
  expect((await read(stream, 12)).toString()).toBe('RFB 003.008\n')
  stream.write('RFB 003.008\n')
  expect([...(await read(stream, 2))]).toEqual([1, 1])
  stream.write(Buffer.from([1]))
  expect((await read(stream, 4)).readUInt32BE()).toBe(0)
  stream.write(Buffer.from([1]))
  const init = await read(stream, 24)
  expect([init.readUInt16BE(0), init.readUInt16BE(2)]).toEqual([640, 360])
  expect((await read(stream, init.readUInt32BE(20))).toString()).toBe('web')
  return { stream, connection, route, dom }
}

describe('what is seen of a simulated machine', () => {
  it('is a test card that moves, and shows the keys that are pressed', async () => {
    const { stream, connection, route, dom } = await openScreen()
    stream.write(updateRequest(false))
    const [whole] = await readUpdate(stream)
    expect(whole).toMatchObject({ x: 0, y: 0, width: 640, height: 360 })
    // The first bar, blue first, as the server offers it; and something of the name below the bars.
    expect([...(whole?.pixels.subarray(0, 3) ?? [])]).toEqual([0xc0, 0xc0, 0xc0])
    const nameRows = whole?.pixels.subarray(186 * 640 * 4, 214 * 640 * 4) ?? Buffer.alloc(0)
    expect(nameRows.includes(Buffer.from([0xf8, 0xf4, 0xf0]))).toBe(true)

    stream.write(updateRequest(true))
    const [first] = await readUpdate(stream)
    stream.write(updateRequest(true))
    const [second] = await readUpdate(stream)
    expect(first?.pixels.equals(second?.pixels ?? Buffer.alloc(0))).toBe(false)

    // A key goes down and up again, and Ctrl+Alt+Delete comes by libvirt: the line of keys is drawn anew.
    stream.write(Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61, 4, 0, 0, 0, 0, 0, 0, 0x61]))
    const keysLine = async () => {
      stream.write(updateRequest(true))
      const line = (await readUpdate(stream)).find(({ y }) => y === 256)
      expect(line).toBeDefined()
      return line?.pixels ?? Buffer.alloc(0)
    }
    const typed = await vi.waitFor(keysLine)
    const keycodes = [29, 56, 111]
    await connection.call('DOMAIN_SEND_KEY', { dom, codeset: 0, holdtime: 0, keycodes, flags: 0 })
    const sent = await vi.waitFor(keysLine)
    expect(typed.equals(sent)).toBe(false)
    await route.close()
    await connection.close()
  })

  it('takes the pixels as the client wants them, and hangs up on what is no message', async () => {
    const { stream, connection } = await openScreen()
    // 16 bits, big-endian, 5-6-5.
    const format = Buffer.from([16, 16, 1, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0])
    stream.write(Buffer.concat([Buffer.from([0, 0, 0, 0]), format, Buffer.from([2, 0, 0, 1, 0, 0, 0, 0])]))
    stream.write(updateRequest(false))
    await read(stream, 16)
    const pixels = await read(stream, 640 * 360 * 2)
    const level = (max: number) => Math.round((0xc0 * max) / 255)
    expect(pixels.readUInt16BE(0)).toBe((level(31) << 11) | (level(63) << 5) | level(31))
    const closed = once(stream, 'close')
    stream.write(Buffer.from([0x77]))
    stream.resume()
    await closed
    await connection.close()
  })

  it('echoes what is typed on its serial port, and says so', async () => {
    const { connection, dom, route } = await openScreen()
    const console = await connection.duplexStream('DOMAIN_OPEN_CONSOLE', { dom, dev_name: 'serial0', flags: 2 })
    let shown = ''
    console.on('data', (chunk: Buffer) => {
      shown += chunk.toString()
    })
    await vi.waitFor(() => expect(shown).toContain('simulated'))
    console.write('ls\r')
    await vi.waitFor(() => expect(shown).toMatch(/web:~# ls\r\nweb:~# $/))
    console.end()
    await once(console, 'close')
    const missing = connection.duplexStream('DOMAIN_OPEN_CONSOLE', { dom, dev_name: 'serial7', flags: 2 })
    await expect(missing).rejects.toMatchObject({ code: 'libvirt.call-failed' })
    await route.close()
    await connection.close()
  })
})
