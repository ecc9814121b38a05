import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ChannelPool } from '../../../../src/main/ssh/channel-pool.ts'
import { boundText, withDeadline } from '../../../../src/main/ssh/failure.ts'
import {
  buildScript,
  createTunnelScreen,
  parseScriptOutput,
  shellQuote,
} from '../../../../src/main/ssh/shell-output.ts'
import { parseSocketProbe } from '../../../../src/main/ssh/socket-diagnosis.ts'
import { batchWrites } from '../../../../src/main/ssh/write-batching.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'

describe('the channel pool', () => {
  it('lets session channels wait their turn, first come first served', async () => {
    const pool = new ChannelPool({ sessions: 1 })
    const first = await pool.acquireSession(1_000)
    const order: number[] = []
    const waiting = [1, 2].map(async (number) => {
      const lease = await pool.acquireSession(1_000)
      order.push(number)
      lease.release()
    })
    expect(pool.open).toBe(1)
    first.release()
    first.release()
    await Promise.all(waiting)
    expect(order).toEqual([1, 2])
    expect(pool.open).toBe(0)
  })

  it('learns the limit of the host from a refusal', async () => {
    const pool = new ChannelPool({ sessions: 10 })
    const first = await pool.acquireSession(1_000)
    await pool.acquireSession(1_000)
    const third = await pool.acquireSession(1_000)
    expect(pool.noteSessionRefused(third)).toBe(2)
    first.release()
    await expect(pool.acquireSession(1)).rejects.toMatchObject({
      code: 'ssh.channel-limit',
      params: { open: 2, limit: 2 },
    })
  })

  it('says so when the host has no slot even for the first', async () => {
    const pool = new ChannelPool()
    expect(pool.noteSessionRefused(await pool.acquireSession(1_000))).toBe(0)
  })

  it('knows that others were open when the host refused, though they have closed by the time it hears so', async () => {
    const pool = new ChannelPool()
    const opened = [
      await pool.acquireSession(1_000),
      await pool.acquireSession(1_000),
      await pool.acquireSession(1_000),
    ]
    const refused = await pool.acquireSession(1_000)
    for (const lease of opened) lease.release()
    expect(pool.noteSessionRefused(refused)).toBe(3)
  })

  it('takes sessions that have just closed into account, as the host may count them still', async () => {
    let now = 0
    const pool = new ChannelPool({ sessions: 10 }, () => now)
    const places = await Promise.all(Array.from({ length: 10 }, () => pool.acquireSession(1_000)))
    for (const place of places.slice(0, 5)) place.release()
    const refused = await pool.acquireSession(1_000)
    expect(refused).toMatchObject({ others: 5, lingering: 5 })
    expect(pool.noteSessionRefused(refused)).toBe(10)
    refused.release()
    expect(pool.limitError()).toMatchObject({ params: { limit: 10 } })
    // What was refused was no session: nothing of it lingers.
    now = 1_999
    expect((await pool.acquireSession(1_000)).lingering).toBe(5)
    now = 2_000
    const later = await pool.acquireSession(1_000)
    expect(later).toMatchObject({ others: 6, lingering: 0 })
    expect(pool.noteSessionRefused(later)).toBe(6)
  })

  it('asks again on a host with one slot, and not on one with none', async () => {
    const pool = new ChannelPool()
    const first = await pool.acquireSession(1_000)
    first.release()
    expect(pool.noteSessionRefused(await pool.acquireSession(1_000))).toBe(1)
    expect(new ChannelPool().noteSessionRefused(await new ChannelPool().acquireSession(1_000))).toBe(0)
  })

  it('forgets after a while what it has learnt, also for those who wait', async () => {
    let now = 0
    const pool = new ChannelPool({ sessions: 3 }, () => now)
    await pool.acquireSession(1_000)
    const refused = await pool.acquireSession(1_000)
    expect(pool.noteSessionRefused(refused)).toBe(1)
    refused.release()
    const waiting = pool.acquireSession(60_000)
    now = 59_999
    await expect(pool.acquireSession(1)).rejects.toMatchObject({ params: { limit: 1 } })
    now = 60_000
    const next = pool.acquireSession(1)
    expect((await waiting).others).toBe(1)
    expect((await next).others).toBe(2)
  })

  it('counts the others of a place that was waited for', async () => {
    const pool = new ChannelPool({ sessions: 2 })
    const first = await pool.acquireSession(1_000)
    await pool.acquireSession(1_000)
    const waiting = pool.acquireSession(1_000)
    first.release()
    expect((await waiting).others).toBe(1)
  })

  it('bounds all channels together and who may wait', async () => {
    const pool = new ChannelPool({ channels: 2, sessions: 1, waiting: 1 })
    pool.acquireForward()
    const lease = pool.acquireForward()
    expect(() => pool.acquireForward()).toThrow(expect.objectContaining({ code: 'ssh.channel-limit' }))
    lease.release()
    expect(pool.open).toBe(1)
  })

  it('lets nobody wait on a connection that has ended, nor one who gave up', async () => {
    const pool = new ChannelPool({ sessions: 1 })
    await pool.acquireSession(1_000)
    const controller = new AbortController()
    const givenUp = pool.acquireSession(60_000, controller.signal)
    const left = pool.acquireSession(60_000)
    controller.abort()
    await expect(givenUp).rejects.toMatchObject({ code: 'ssh.aborted' })
    pool.failAll(new AppError('ssh.connection-lost', { address: 'web', reason: 'test' }))
    await expect(left).rejects.toMatchObject({ code: 'ssh.connection-lost' })
  })
})

describe('a deadline', () => {
  const timedOut = () => new AppError('ssh.channel-timed-out', { target: 'x', timeoutMs: 5 })

  it('hands what comes too late to be discarded', async () => {
    let arrive: (value: string) => void = () => undefined
    const work = new Promise<string>((resolve) => {
      arrive = resolve
    })
    const late: string[] = []
    const waiting = withDeadline(work, { timeoutMs: 5, signal: undefined, operation: 'x', timedOut }, (value) =>
      late.push(value),
    )
    await expect(waiting).rejects.toMatchObject({ code: 'ssh.channel-timed-out' })
    arrive('channel')
    await work
    expect(late).toEqual(['channel'])
  })

  it('refuses at once when the caller had given up before', async () => {
    const work = new Promise<string>(() => undefined)
    const waiting = withDeadline(work, { timeoutMs: 1e6, signal: AbortSignal.abort(), operation: 'x', timedOut })
    await expect(waiting).rejects.toMatchObject({ code: 'ssh.aborted', params: { operation: 'x' } })
  })
})

describe('batched writes', () => {
  it('reach the socket as one, in order, and are not lost at its end', async () => {
    const batches: string[] = []
    const socket = new PassThrough()
    socket._writev = (chunks, callback) => {
      batches.push(chunks.map(({ chunk }) => String(chunk)).join(''))
      callback()
    }
    batchWrites(socket)
    for (const piece of ['a', 'b', 'c']) socket.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
    for (const piece of ['d', 'e']) socket.write(piece)
    socket.end()
    await new Promise((resolve) => setImmediate(resolve))
    expect(batches).toEqual(['abc', 'de'])
  })
})

describe('what a login shell prints', () => {
  const begin = '@@virtdeck@@\n'

  it('is cut off before the output of a script', () => {
    expect(parseScriptOutput(`Welcome\ndenied kvm\n${begin}/usr/bin/nc\n`)).toBe('/usr/bin/nc\n')
    expect(parseScriptOutput('/usr/bin/nc\n')).toBe('/usr/bin/nc\n')
    expect(parseSocketProbe(`denied everybody\n${begin}missing -\n`)).toEqual({ hint: 'socket-missing', group: '' })
    expect(buildScript("it's")).toBe("exec sh -c 'echo @@virtdeck@@; it'\\''s'")
  })

  it('does not get through to libvirt, wherever the pieces are cut', () => {
    const packet = Buffer.from([0, 0, 0, 28, 0x40, 0x40])
    const whole = Buffer.concat([Buffer.from(`안녕하세요\n@@virtdeck@@ no\n${begin}`), packet])
    for (let cut = 0; cut <= whole.length; cut++) {
      let begun = 0
      const { screen } = createTunnelScreen('sock', () => {
        begun++
      })
      const passed = Buffer.concat([screen(whole.subarray(0, cut)), screen(whole.subarray(cut)), screen(packet)])
      expect(passed.equals(Buffer.concat([packet, packet]))).toBe(true)
      expect(begun).toBe(1)
    }
  })

  it('is named where it stands in the place of libvirt, and when it has no end', () => {
    const after = createTunnelScreen('sock', () => undefined)
    const refused = (text: string) =>
      expect.objectContaining({ code: 'ssh.shell-output', params: { target: 'sock', text } })
    expect(() => after.screen(Buffer.from(`${begin}Backup done\n`))).toThrow(refused('Backup done'))
    const endless = createTunnelScreen('sock', () => undefined)
    expect(endless.screen(Buffer.from('Choose: 1) shell')).length).toBe(0)
    expect(endless.heldText()).toBe('Choose: 1) shell')
    expect(() => endless.screen(Buffer.alloc(70_000, 0x61))).toThrow()
  })
})

describe('texts from and for hosts', () => {
  it.each([
    ['denied libvirt\n', { hint: 'permission-denied', group: 'libvirt' }],
    ['denied -\n', { hint: 'permission-denied', group: '' }],
    ['missing -\n', { hint: 'socket-missing', group: '' }],
    ['dead -\n', { hint: 'connection-refused', group: '' }],
    ['listening -\n', { hint: 'forwarding-forbidden', group: '' }],
    ['Welcome to web-01!\ndenied kvm\n', { hint: 'permission-denied', group: 'kvm' }],
    ['denied <script>\n', { hint: 'permission-denied', group: '' }],
    ['open -\n', { hint: 'unknown', group: '' }],
    ['', { hint: 'unknown', group: '' }],
  ])('the probe that prints %j means %o', (output, expected) => expect(parseSocketProbe(output)).toEqual(expected))

  it.each([
    ['/run/libvirt/libvirt-sock', '/run/libvirt/libvirt-sock'],
    ["it's; rm -rf $HOME", "'it'\\''s; rm -rf $HOME'"],
    ['', "''"],
  ])('%j is quoted for a shell', (word, expected) => expect(shellQuote(word)).toBe(expected))

  it('are bounded and on one line', () => {
    expect(boundText(`a\n\u001b[31mb${'c'.repeat(999)}`)).toHaveLength(300)
    expect(boundText('a\r\nb\u0000')).toBe('a b')
  })
})
