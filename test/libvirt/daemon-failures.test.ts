import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLibvirt } from '../../src/main/libvirt/index.ts'
import { type Daemon, startDaemon } from './daemon.ts'

let daemon: Daemon

describe('a daemon that fails', () => {
  beforeEach(async () => {
    daemon = await startDaemon()
  })
  afterEach(() => daemon.stop())

  it('killed in mid-call leaves the outcome of every call unknown, and says so at once', async () => {
    const connection = await daemon.open()
    // Stopped first, so that the calls are certainly under way when it dies.
    daemon.signal('SIGSTOP')
    const calls = Array.from({ length: 6 }, () => connection.call('CONNECT_GET_HOSTNAME', {}))
    const outcomes = Promise.allSettled(calls)
    daemon.signal('SIGKILL')
    for (const [index, outcome] of (await outcomes).entries()) {
      const retry = index < 4 ? 'after-refresh' : 'safe'
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'libvirt.outcome-unknown', retry } })
    }
    expect(await connection.closed).toMatchObject({ code: 'libvirt.connection-closed' })
    await expect(connection.call('CONNECT_GET_HOSTNAME', {})).rejects.toMatchObject({
      code: 'libvirt.connection-closed',
    })
  })

  it('killed ends event sequences with the reason', async () => {
    const connection = await daemon.open()
    const events = await connection.subscribe({ events: ['domain-lifecycle'] })
    const next = events.next()
    daemon.signal('SIGKILL')
    await expect(next).rejects.toMatchObject({ code: 'libvirt.connection-closed' })
  })

  it('stopped is noticed by keepalive', async () => {
    const connection = await daemon.open({ keepalive: { intervalMs: 500, count: 3 } })
    daemon.signal('SIGSTOP')
    const call = connection.call('CONNECT_GET_HOSTNAME', {})
    await expect(call).rejects.toMatchObject({ code: 'libvirt.outcome-unknown', retry: 'after-refresh' })
    expect(await connection.closed).toMatchObject({
      code: 'libvirt.keepalive-lost',
      params: { intervalMs: 500, missed: 3 },
    })
  })

  it('stopped lets calls time out, and the connection goes on when it continues', async () => {
    const connection = await daemon.open({ keepalive: 'off' })
    daemon.signal('SIGSTOP')
    const call = connection.call('CONNECT_GET_HOSTNAME', {}, { timeoutMs: 100 })
    await expect(call).rejects.toMatchObject({ code: 'libvirt.call-timed-out', retry: 'after-refresh' })
    daemon.signal('SIGCONT')
    await expect(connection.call('CONNECT_GET_HOSTNAME', {})).resolves.toHaveProperty('hostname')
    await connection.close()
  })

  it('stopped does not hold up closing', async () => {
    const connection = await daemon.open({ keepalive: 'off' })
    daemon.signal('SIGSTOP')
    await connection.close()
    expect(await connection.closed).toBeNull()
  })

  it('does not die of connections that close with events registered', async () => {
    for (let round = 0; round < 30; round += 1) {
      const connection = await daemon.open({ keepalive: 'off' })
      await connection.subscribe({ events: ['domain-lifecycle', 'network-lifecycle', 'storage-pool-lifecycle'] })
      await connection.close()
    }
    const connection = await daemon.open()
    await expect(connection.call('CONNECT_GET_HOSTNAME', {})).resolves.toHaveProperty('hostname')
    await connection.close()
  })

  it('answers keepalive for as long as it is alive', async () => {
    const transport = await daemon.dial()
    const keepalive = { intervalMs: 300, count: 5 }
    const connection = await openLibvirt(transport, { uri: 'test:///default', keepalive })
    // Nothing is called: what arrives are the daemon's pongs, more of them than may be missed.
    for (let pongs = 0; pongs < 7; pongs += 1) await once(transport, 'data')
    await expect(connection.call('CONNECT_GET_HOSTNAME', {})).resolves.toHaveProperty('hostname')
    await connection.close()
  })
})
