import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ProcedureName } from '../../../../src/main/libvirt/index.ts'
import { openPair } from './fake-daemon.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f']
const lookUp = 'DOMAIN_LOOKUP_BY_NAME'

describe('calls', () => {
  it('keeps four in flight and sends the next when one is answered, in order', async () => {
    const { connection, daemon } = await openPair()
    const calls = NAMES.map((name) => connection.call('DOMAIN_IS_ACTIVE', { dom: { name, uuid: UUID, id: 1 } }))
    const first = [await daemon.next(), await daemon.next(), await daemon.next(), await daemon.next()]
    await turn()
    expect(daemon.unread).toBe(0)
    for (const received of [...first].reverse()) daemon.send(daemon.reply(received, { active: received.header.serial }))
    const fifth = await daemon.answer('DOMAIN_IS_ACTIVE', { active: -5 })
    await daemon.answer('DOMAIN_IS_ACTIVE', { active: -6 })
    expect(fifth.body).toMatchObject({ dom: { name: 'e' } })
    const active = (await Promise.all(calls)).map((result) => result.active)
    expect(active).toEqual([...first.map((received) => received.header.serial), -5, -6])
    await connection.close()
  })

  it('writes the calls of one turn together', async () => {
    const { connection, daemon, transport } = await openPair()
    const chunks: Buffer[] = []
    daemon.transport.on('data', (chunk: Buffer) => chunks.push(chunk))
    const calls = ['a', 'b', 'c'].map((name) => connection.call(lookUp, { name }))
    for (const name of ['a', 'b', 'c']) await daemon.answer(lookUp, { dom: { name, uuid: UUID, id: -1 } })
    await Promise.all(calls)
    expect(chunks).toHaveLength(1)
    expect(transport.destroyed).toBe(false)
    await connection.close()
  })

  it('tells a call that was sent and timed out from one that never left', async () => {
    const { connection } = await openPair()
    const options = { timeoutMs: 20 }
    const calls = NAMES.map((name) => connection.call(lookUp, { name }, options))
    const outcomes = await Promise.allSettled(calls)
    const retries = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.retry)
    expect(outcomes[0]).toMatchObject({ reason: { code: 'libvirt.call-timed-out', params: { procedure: lookUp } } })
    expect(retries).toEqual([...Array(4).fill('after-refresh'), 'safe', 'safe'])
    await connection.close()
  })

  it('takes the late reply of a call that timed out as the free slot that it is', async () => {
    const { connection, daemon } = await openPair()
    const slow = ['a', 'b', 'c', 'd'].map((name) => connection.call(lookUp, { name }, { timeoutMs: 20 }))
    const received = [await daemon.next(), await daemon.next(), await daemon.next(), await daemon.next()]
    await Promise.allSettled(slow)
    const waiting = connection.call('CONNECT_GET_HOSTNAME', {})
    await turn()
    expect(daemon.unread).toBe(0)
    for (const late of received) daemon.send(daemon.reply(late, { dom: { name: 'late', uuid: UUID, id: 1 } }))
    await daemon.answer('CONNECT_GET_HOSTNAME', { hostname: 'node1' })
    await expect(waiting).resolves.toEqual({ hostname: 'node1' })
    await connection.close()
  })

  it('stops waiting at the abort signal, sent or not', async () => {
    const { connection, daemon } = await openPair()
    const controller = new AbortController()
    const { signal } = controller
    const calls = NAMES.map((name) => connection.call(lookUp, { name }, { signal }))
    await daemon.next()
    controller.abort(new Error('changed my mind'))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes[0]).toMatchObject({ reason: { code: 'libvirt.call-aborted', retry: 'after-refresh' } })
    expect(outcomes[5]).toMatchObject({ reason: { code: 'libvirt.call-aborted', retry: 'safe' } })
    const never = connection.call(lookUp, { name: 'never' }, { signal })
    await expect(never).rejects.toMatchObject({ code: 'libvirt.call-aborted', retry: 'safe' })
    await connection.close()
  })

  it('rejects everything pending as outcome unknown when it closes', async () => {
    const { connection, daemon } = await openPair()
    const calls = NAMES.map((name) => connection.call(lookUp, { name }))
    const outcomes = Promise.allSettled(calls)
    await daemon.next()
    await connection.close()
    for (const [index, outcome] of (await outcomes).entries()) {
      const retry = index < 4 ? 'after-refresh' : 'safe'
      expect(outcome).toMatchObject({
        reason: { code: 'libvirt.outcome-unknown', params: { procedure: lookUp }, retry },
      })
    }
    await expect(connection.closed).resolves.toBeNull()
    await expect(connection.call(lookUp, { name: 'x' })).rejects.toMatchObject({ code: 'libvirt.connection-closed' })
  })

  it('rejects everything pending as outcome unknown when the transport breaks', async () => {
    const { connection, daemon, transport } = await openPair()
    const call = connection.call(lookUp, { name: 'a' })
    const outcome = expect(call).rejects.toMatchObject({ code: 'libvirt.outcome-unknown', retry: 'after-refresh' })
    await daemon.next()
    transport.destroy(new Error('cable cut'))
    await outcome
    await expect(connection.closed).resolves.toMatchObject({ params: { reason: 'cable cut' } })
  })

  it('says goodbye to the daemon when it closes', async () => {
    const { connection, daemon } = await openPair()
    const closing = connection.close()
    await expect(daemon.next()).resolves.toMatchObject({ header: { procedure: 2 } })
    await closing
  })

  it('bounds what waits', async () => {
    const { connection } = await openPair()
    const calls = Array.from({ length: 4 + 4_096 + 1 }, () => connection.call('CONNECT_GET_HOSTNAME', {}))
    const last = calls.at(-1)
    for (const call of calls) call.catch(() => undefined)
    await expect(last).rejects.toMatchObject({ code: 'libvirt.queue-full', params: { limit: 4_096 }, retry: 'safe' })
    await connection.close()
  })

  it.each([
    ['a string with a NUL', { name: 'a\0b' }, 'NUL'],
    ['a string over 4 MiB', { name: 'x'.repeat(4_194_305) }, 'limit 4194304'],
  ])('refuses %s before sending it', async (_, args, detail) => {
    const { connection, daemon } = await openPair()
    await expect(connection.call(lookUp, args)).rejects.toMatchObject({
      code: 'libvirt.argument-invalid',
      params: { procedure: lookUp, detail: expect.stringContaining(detail) },
    })
    const next = connection.call('CONNECT_GET_HOSTNAME', {})
    await daemon.answer('CONNECT_GET_HOSTNAME', { hostname: 'still here' })
    await expect(next).resolves.toEqual({ hostname: 'still here' })
    await connection.close()
  })

  it.each([
    'DOMAIN_OPEN_GRAPHICS_FD',
    'DOMAIN_OPEN_GRAPHICS',
    'DOMAIN_CREATE_WITH_FILES',
    'DOMAIN_CREATE_XML_WITH_FILES',
    'DOMAIN_FD_ASSOCIATE',
    'QEMU_DOMAIN_MONITOR_COMMAND_WITH_FILES',
    'DOMAIN_OPEN_CONSOLE',
    'DOMAIN_EVENT_CALLBACK_LIFECYCLE',
    'NO_SUCH_PROCEDURE',
    'toString',
  ])('does not call %s', async (procedure) => {
    const { connection, daemon } = await openPair()
    const call = connection.call(procedure as ProcedureName as 'CONNECT_GET_HOSTNAME', {})
    await expect(call).rejects.toMatchObject({ code: 'libvirt.procedure-not-callable', params: { procedure } })
    expect(daemon.unread).toBe(0)
    await connection.close()
  })
})

const UUID = '6695eb01-f6a4-8304-79aa-97f2502e193f'
