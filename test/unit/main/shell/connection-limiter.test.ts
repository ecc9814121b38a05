import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attemptKeyOf } from '../../../../src/main/shell/server/attempt-key.ts'
import { createConnectionLimiter } from '../../../../src/main/shell/server/connection-limiter.ts'
import { CONNECTION_LIMITS } from '../../../../src/main/shell/server/server.ts'
import { startServed } from './served-fixture.ts'

function createLimiter() {
  const dropped: string[] = []
  const gone: string[] = []
  const limiter = createConnectionLimiter({
    perAddress: 2,
    inAll: 4,
    keyOf: attemptKeyOf,
    onDropped: (address) => dropped.push(address),
  })
  const closers = new Map<string, () => void>()
  const come = (remoteAddress: string, remotePort: number) => {
    const name = `${remoteAddress} ${remotePort}`
    limiter.add({
      remoteAddress,
      remotePort,
      destroy: () => gone.push(name),
      once: (_event, listener) => closers.set(name, listener),
    })
  }
  return { limiter, dropped, gone, come, close: (name: string) => closers.get(name)?.() }
}

describe('connections on which nobody has signed in', () => {
  it('are bounded for each address: the oldest of it goes', () => {
    const { gone, dropped, come, limiter } = createLimiter()
    for (const port of [1, 2, 3, 4]) come('192.0.2.1', port)
    come('192.0.2.2', 1)
    expect(gone).toEqual(['192.0.2.1 1', '192.0.2.1 2'])
    expect(dropped).toEqual(['192.0.2.1', '192.0.2.1'])
    expect(limiter.size).toBe(3)
  })

  it('are bounded in all, whatever number of addresses somebody has', () => {
    const { gone, come } = createLimiter()
    for (const last of [1, 2, 3, 4, 5]) come(`192.0.2.${last}`, 1)
    expect(gone).toEqual(['192.0.2.1 1'])
    // A network of IPv6 is one address.
    for (const last of [1, 2, 3]) come(`2001:db8::${last}`, 1)
    expect(gone.at(-1)).toBe('2001:db8::1 1')
  })

  it('do not count once somebody has signed in on them, or when they are closed', () => {
    const { limiter, gone, come, close } = createLimiter()
    for (const port of [1, 2, 3, 4, 5]) {
      come('192.0.2.1', port)
      if (port % 2 === 0) limiter.admit({ remoteAddress: '192.0.2.1', remotePort: port })
      else close(`192.0.2.1 ${port}`)
    }
    expect([gone, limiter.size]).toEqual([[], 0])
  })
})

describe('the server', () => {
  it('cuts the oldest of too many silent connections of an address, says so once, and serves who signs in', async () => {
    const warnings: string[] = []
    const served = await startServed({ onWarning: (line) => warnings.push(line) })
    onTestFinished(() => served.stop())
    const ends: number[] = []
    const sockets: Socket[] = []
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
    })
    const tooMany = 20
    for (let index = 0; index < CONNECTION_LIMITS.perAddress + tooMany; index += 1) {
      const socket = connect(served.port, '127.0.0.1')
      sockets.push(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => ends.push(index))
      await new Promise((resolve) => socket.once('connect', resolve))
    }
    await expect.poll(() => ends.length).toBe(tooMany)
    expect([...ends].sort((a, b) => a - b)).toEqual(Array.from({ length: tooMany }, (_unused, index) => index))
    const headers = served.pageHeaders(await served.signIn())
    expect((await served.send({ path: '/api/topics/hosts', headers })).status).toBe(200)
    expect(warnings.filter((line) => line.includes('connections'))).toHaveLength(1)
  })
})
