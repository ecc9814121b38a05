import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { CLIENT_FRAME_LIMIT_BYTES, type ServerFrame, socketProtocols } from '../../../../src/shared/contract/index.ts'
import { defaultSettings } from '../../../../src/shared/domain/index.ts'
import { type Served, startServed } from './served-fixture.ts'

let served: Served
const sockets: WebSocket[] = []
beforeEach(async () => {
  served = await startServed()
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await served.stop()
})

interface Client {
  readonly socket: WebSocket
  readonly closed: Promise<number>
  next(): Promise<ServerFrame>
}

function open(headers: Readonly<Record<string, string>>, path: string): WebSocket {
  const { 'sec-websocket-protocol': protocols, ...others } = headers
  const socket = new WebSocket(`ws://${served.authority}${path}`, protocols?.split(', '), { headers: others })
  sockets.push(socket)
  return socket
}

function connect(headers: Readonly<Record<string, string>>, path = '/api/socket'): Client {
  const socket = open(headers, path)
  const frames: ServerFrame[] = []
  const waiting: ((frame: ServerFrame) => void)[] = []
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as ServerFrame
    const waiter = waiting.shift()
    if (waiter === undefined) frames.push(frame)
    else waiter(frame)
  })
  socket.on('error', () => undefined)
  return {
    socket,
    closed: new Promise((resolve) => socket.on('close', resolve)),
    next: () => {
      const frame = frames.shift()
      return frame === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(frame)
    },
  }
}

/** The HTTP status of an upgrade that was refused. */
function refusalOf(headers: Readonly<Record<string, string>>, path = '/api/socket'): Promise<number> {
  const socket = open(headers, path)
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    socket.on('open', () => reject(new Error('the upgrade was not refused')))
    socket.on('error', () => undefined)
  })
}

/** What the own page sends of a session with a WebSocket. */
const page = (session: string): Readonly<Record<string, string>> => ({
  origin: `http://${served.authority}`,
  'sec-websocket-protocol': socketProtocols(session).join(', '),
})
const bearer = () => ({ authorization: `Bearer ${served.token}` })

describe('the frame connection', () => {
  it('greets, answers calls and streams a topic', async () => {
    const client = connect(bearer())
    expect(await client.next()).toMatchObject({ t: 'hello', epoch: 'epoch-1', version: '0.0.0' })
    client.socket.send(JSON.stringify({ t: 'subscribe', id: 1, topic: 'settings' }))
    expect(await client.next()).toMatchObject({ t: 'snapshot', id: 1, entities: [] })
    client.socket.send(JSON.stringify({ t: 'call', id: 2, command: 'settings.set', input: { auditDays: 9 } }))
    expect(await client.next()).toMatchObject({ t: 'reply', id: 2, result: { ok: true } })
    served.topics.collection('settings').upsert({
      ...defaultSettings,
      id: 'settings',
      auditDays: 9,
    })
    expect(await client.next()).toMatchObject({ t: 'patch', id: 1, upsert: [{ id: 'settings', auditDays: 9 }] })
  })

  it('takes the session of a signed-in browser on the own page, and does not say it back', async () => {
    const client = connect(page(await served.signIn()))
    expect(await client.next()).toMatchObject({ t: 'hello' })
    expect(client.socket.protocol).toBe('virtdeck')
  })

  it.each(['/api/socket', '/console/some-ticket'])('is refused to everybody else: %s', async (path) => {
    const session = await served.signIn()
    const { origin, ...secret } = page(session)
    const own = { origin: origin ?? '' }
    expect(await refusalOf(own, path)).toBe(401)
    expect(await refusalOf({ ...own, authorization: 'Bearer wrong' }, path)).toBe(401)
    expect(await refusalOf({ ...own, 'sec-websocket-protocol': 'virtdeck, virtdeck.session.x' }, path)).toBe(401)
    expect(await refusalOf({ ...own, cookie: `virtdeck=${session}; virtdeck.session=${session}` }, path)).toBe(401)
    expect(await refusalOf(secret, path)).toBe(403)
    expect(await refusalOf({ ...secret, origin: 'http://evil.example' }, path)).toBe(403)
    expect(await refusalOf({ ...secret, origin: 'null' }, path)).toBe(403)
    expect(await refusalOf({ ...secret, ...own, host: `evil.example:${served.port}` }, path)).toBe(403)
    expect(served.consoles).toEqual([])
  })

  it('ends when a frame is larger than a client may send', async () => {
    const client = connect(bearer())
    await client.next()
    client.socket.send(JSON.stringify({ t: 'ping', id: 1, padding: 'x'.repeat(CLIENT_FRAME_LIMIT_BYTES) }))
    expect(await client.closed).toBe(1009)
  })

  it.each([
    ['not JSON', '{', 1007],
    ['not a frame', '{"t":"launch","id":1}', 1008],
    ['binary', Buffer.from('{"t":"ping","id":1}'), 1003],
  ])('ends when what comes is %s', async (_, data, code) => {
    const client = connect(bearer())
    await client.next()
    client.socket.send(data)
    expect(await client.closed).toBe(code)
  })

  it('ends with the session it belongs to, and no other does', async () => {
    const session = await served.signIn()
    const leaving = connect(page(session))
    const staying = connect(page(await served.signIn()))
    await Promise.all([leaving.next(), staying.next()])
    await served.send({ method: 'POST', path: '/api/sign-out', headers: served.pageHeaders(session) })
    expect(await leaving.closed).toBe(4401)
    staying.socket.send(JSON.stringify({ t: 'ping', id: 5 }))
    expect(await staying.next()).toMatchObject({ t: 'pong', id: 5 })
  })

  it('ends in good order when the server stops', async () => {
    const client = connect(bearer())
    await client.next()
    await served.server.stop(1_000)
    expect(await client.closed).toBe(1001)
  })

  it('is cut when a client does not answer the end', async () => {
    const client = connect(bearer())
    await client.next()
    client.socket.pause()
    const started = Date.now()
    await served.server.stop(300)
    expect(Date.now() - started).toBeLessThan(3_000)
  })
})

describe('a console', () => {
  it('is handed over with its ticket and who asks', async () => {
    const client = connect(page(await served.signIn()), '/console/abc')
    expect(await client.closed).toBe(4000)
    expect(served.consoles).toEqual([{ ticket: 'abc', user: 'ada' }])
  })
})
