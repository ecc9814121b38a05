import { describe, expect, it } from 'vitest'
import { KEEPALIVE } from '../../../../src/main/libvirt/protocol/procedure.ts'
import { header, openPair, rawPacket } from './fake-daemon.ts'

const NOTHING = new Uint8Array(0)
const ping = rawPacket(header({ program: KEEPALIVE, procedure: 1, type: 2 }), NOTHING)
const pong = rawPacket(header({ program: KEEPALIVE, procedure: 2, type: 2 }), NOTHING)

describe('keepalive', () => {
  it('answers a ping with a pong', async () => {
    const { connection, daemon } = await openPair({ keepalive: { intervalMs: 60_000, count: 5 } })
    daemon.send(ping)
    const answer = await daemon.next()
    expect(answer.header).toEqual({ program: KEEPALIVE, version: 1, procedure: 2, type: 2, serial: 0, status: 0 })
    await connection.close()
  })

  it('asks a silent daemon and is content with an answer', async () => {
    const { connection, daemon } = await openPair({ keepalive: { intervalMs: 5, count: 1 } })
    for (let round = 0; round < 5; round += 1) {
      expect((await daemon.next()).header).toMatchObject({ program: KEEPALIVE, procedure: 1 })
      daemon.send(pong)
    }
    const call = connection.call('CONNECT_GET_HOSTNAME', {})
    for (let received = await daemon.next(); ; received = await daemon.next()) {
      if (received.header.program === KEEPALIVE) daemon.send(pong)
      else {
        daemon.send(daemon.reply(received, { hostname: 'node1' }))
        break
      }
    }
    await expect(call).resolves.toEqual({ hostname: 'node1' })
    await connection.close()
  })

  it('ends the connection of a daemon that does not answer, and tells every pending call', async () => {
    const { connection, daemon, transport } = await openPair({ keepalive: { intervalMs: 5, count: 3 } })
    const call = connection.call('CONNECT_GET_HOSTNAME', {})
    const outcome = expect(call).rejects.toMatchObject({ code: 'libvirt.outcome-unknown', retry: 'after-refresh' })
    await expect(connection.closed).resolves.toMatchObject({
      code: 'libvirt.keepalive-lost',
      params: { intervalMs: 5, missed: 3 },
    })
    await outcome
    const received = [await daemon.next(), await daemon.next(), await daemon.next(), await daemon.next()]
    expect(received.filter((each) => each.header.program === KEEPALIVE)).toHaveLength(3)
    expect(transport.destroyed).toBe(true)
  })
})
