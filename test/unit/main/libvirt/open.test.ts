import { duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type LibvirtConnection, openLibvirt } from '../../../../src/main/libvirt/index.ts'
import { FakeDaemon, openPair } from './fake-daemon.ts'

function start(options: Parameters<typeof openLibvirt>[1]): {
  opening: Promise<LibvirtConnection>
  daemon: FakeDaemon
} {
  const [clientSide, daemonSide] = duplexPair()
  const opening = openLibvirt(clientSide, options)
  opening.catch(() => undefined)
  return { opening, daemon: new FakeDaemon(daemonSide) }
}

describe('opening a connection', () => {
  it('asks for authentication, then keepalive, then opens the URI', async () => {
    const { opening, daemon } = start({ uri: 'qemu:///session', readOnly: true })
    await daemon.answer('AUTH_LIST', { types: [0] })
    const feature = await daemon.answer('CONNECT_SUPPORTS_FEATURE', { supported: 1 })
    const open = await daemon.answer('CONNECT_OPEN', undefined)
    expect(feature.body).toEqual({ feature: 10 })
    expect(open.body).toEqual({ name: 'qemu:///session', flags: 1 })
    await expect(opening).resolves.toBeDefined()
  })

  it('does not ask for keepalive when it is off, since the daemon would then ping', async () => {
    const { connection, daemon } = await openPair({ keepalive: 'off' })
    expect(daemon.unread).toBe(0)
    await connection.close()
  })

  it('asks to be told when the driver behind the daemon is lost, where the daemon can', async () => {
    const { opening, daemon } = start({ keepalive: 'off', closeEvents: true })
    await daemon.answer('AUTH_LIST', { types: [0] })
    await daemon.answer('CONNECT_OPEN', undefined)
    await daemon.answer('CONNECT_REGISTER_CLOSE_CALLBACK', undefined)
    const connection = await opening
    daemon.send(daemon.event('CONNECT_EVENT_CONNECTION_CLOSED', { reason: 1 }))
    await expect(connection.closed).resolves.toMatchObject({
      code: 'libvirt.driver-lost',
      params: { reason: 'end-of-file' },
    })

    const old = start({ keepalive: 'off', closeEvents: true })
    await old.daemon.answer('AUTH_LIST', { types: [0] })
    await old.daemon.answer('CONNECT_OPEN', undefined)
    old.daemon.send(old.daemon.failure(await old.daemon.next(), { code: 3, message: 'not supported' }))
    await expect(old.opening).resolves.toBeDefined()
  })

  it('lets polkit decide when the daemon asks for it', async () => {
    const { opening, daemon } = start({ keepalive: 'off' })
    await daemon.answer('AUTH_LIST', { types: [2] })
    await daemon.answer('AUTH_POLKIT', { complete: 1 })
    await daemon.answer('CONNECT_OPEN', undefined)
    await expect(opening).resolves.toBeDefined()
  })

  it('says that polkit refused, in its words', async () => {
    const { opening, daemon } = start({ keepalive: 'off' })
    await daemon.answer('AUTH_LIST', { types: [2] })
    daemon.send(daemon.failure(await daemon.next(), { code: 45, message: 'no agent to ask' }))
    await expect(opening).rejects.toMatchObject({
      code: 'libvirt.authentication-denied',
      params: { message: 'no agent to ask' },
    })
  })

  it('refuses a daemon that wants SASL, names it, and lets go of the transport', async () => {
    const { opening, daemon } = start({})
    const ended = new Promise((resolve) => daemon.transport.once('end', resolve))
    await daemon.answer('AUTH_LIST', { types: [1] })
    await expect(opening).rejects.toMatchObject({
      code: 'libvirt.authentication-unsupported',
      params: { offered: 'sasl' },
    })
    await ended
  })

  it('keeps code, domain and message of an error', async () => {
    const { opening, daemon } = start({ keepalive: 'off' })
    await daemon.answer('AUTH_LIST', { types: [0] })
    daemon.send(daemon.failure(await daemon.next(), { code: 5, domain: 20, message: 'no such driver', level: 2 }))
    await expect(opening).rejects.toMatchObject({
      code: 'libvirt.call-failed',
      params: { procedure: 'CONNECT_OPEN', libvirtCode: 5, libvirtDomain: 20, message: 'no such driver', level: 2 },
    })
  })

  it('fails at once over a transport that is closed already', async () => {
    const [clientSide] = duplexPair()
    clientSide.destroy()
    await expect(openLibvirt(clientSide)).rejects.toMatchObject({ code: 'libvirt.connection-closed' })
  })

  it('gives up on a daemon that says nothing', async () => {
    const { opening } = start({ timeoutMs: 20 })
    await expect(opening).rejects.toMatchObject({
      code: 'libvirt.call-timed-out',
      params: { procedure: 'AUTH_LIST', timeoutMs: 20 },
    })
  })
})
