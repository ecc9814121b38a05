import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventSources } from '../../../../src/main/libvirt/events/event-sources.ts'
import type { EventKind } from '../../../../src/main/libvirt/index.ts'
import { procedures } from '../../../../src/main/libvirt/protocol/procedures.gen.ts'
import { openPair } from './fake-daemon.ts'

const DOMAIN = { name: 'web-01', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 7 }
const REGISTER = 'CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY'
const DEREGISTER = 'CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY'

function lifecycle(callbackID: number, event: number): unknown {
  return { callbackID, msg: { dom: DOMAIN, event, detail: 0 } }
}

describe('events', () => {
  it('come in one sequence from all kinds of a subscription', async () => {
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-lifecycle', 'domain-block-job'] })
    const first = await daemon.answer(REGISTER, { callbackID: 11 })
    const second = await daemon.answer(REGISTER, { callbackID: 12 })
    expect([first.body, second.body]).toEqual([
      { eventID: 0, dom: null },
      { eventID: 16, dom: null },
    ])
    const events = await subscribing
    const job = { callbackID: 12, dom: DOMAIN, dst: 'vda', type: 2, status: 3 }
    daemon.send(
      daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(11, 2)),
      daemon.event('DOMAIN_EVENT_BLOCK_JOB_2', job),
      daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(11, 99)),
    )
    const received = [await events.next(), await events.next(), await events.next()].map((result) => result.value)
    expect(received).toEqual([
      { kind: 'domain-lifecycle', domain: DOMAIN, event: 'started', detail: 0 },
      { kind: 'domain-block-job', domain: DOMAIN, disk: 'vda', type: 2, status: 3 },
      { kind: 'domain-lifecycle', domain: DOMAIN, event: 'unknown', detail: 0 },
    ])
    await connection.close()
  })

  it('that come before the reply to their registration are not lost', async () => {
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-lifecycle'] })
    const register = await daemon.next()
    daemon.send(
      daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(5, 0)),
      daemon.reply(register, { callbackID: 5 }),
      daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(5, 2)),
    )
    const events = await subscribing
    expect([(await events.next()).value?.event, (await events.next()).value?.event]).toEqual(['defined', 'started'])
    await connection.close()
  })

  it('that come before that reply in too great a number end the connection instead of being lost', async () => {
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-lifecycle'] }).catch((error: unknown) => error)
    await daemon.next()
    daemon.send(...Array(1_025).fill(daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(5, 2))))
    await expect(connection.closed).resolves.toMatchObject({
      code: 'libvirt.protocol-violation',
      params: { detail: expect.stringContaining('1024 events') },
    })
    expect(await subscribing).toMatchObject({ code: 'libvirt.outcome-unknown' })
  })

  it('with the same number belong to the kind of object that they are about', async () => {
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-lifecycle', 'network-lifecycle'] })
    await daemon.answer(REGISTER, { callbackID: 0 })
    await daemon.answer('CONNECT_NETWORK_EVENT_REGISTER_ANY', { callbackID: 0 })
    const events = await subscribing
    const net = { name: 'default', uuid: DOMAIN.uuid }
    daemon.send(daemon.event('NETWORK_EVENT_LIFECYCLE', { callbackID: 0, net, event: 2, detail: 0 }))
    expect((await events.next()).value).toEqual({
      kind: 'network-lifecycle',
      network: net,
      event: 'started',
      detail: 0,
    })
    await connection.close()
  })

  it('stop when the subscription is closed, which unregisters', async () => {
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-lifecycle'] })
    await daemon.answer(REGISTER, { callbackID: 5 })
    const events = await subscribing
    const waiting = events.next()
    const closing = events.close()
    const deregister = await daemon.answer(DEREGISTER, undefined)
    await closing
    expect(deregister.body).toEqual({ callbackID: 5 })
    expect(await waiting).toEqual({ done: true, value: undefined })
    await connection.close()
  })

  it('end a loop that is left, and unregister', async () => {
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-lifecycle'] })
    await daemon.answer(REGISTER, { callbackID: 5 })
    const events = await subscribing
    daemon.send(daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(5, 2)))
    const loop = (async () => {
      for await (const event of events) return event.kind
      return 'none'
    })()
    await daemon.answer(DEREGISTER, undefined)
    expect(await loop).toBe('domain-lifecycle')
    await connection.close()
  })

  it('give up the connection, not the memory, when their consumer is too slow', async () => {
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-lifecycle'], queueLength: 3 })
    await daemon.answer(REGISTER, { callbackID: 5 })
    const events = await subscribing
    const event = daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(5, 2))
    daemon.send(event, event, event, event)
    await expect(connection.closed).resolves.toMatchObject({
      code: 'libvirt.consumer-too-slow',
      params: { queueLength: 3 },
    })
    for (let index = 0; index < 3; index += 1) expect((await events.next()).done).toBe(false)
    await expect(events.next()).rejects.toMatchObject({ code: 'libvirt.consumer-too-slow' })
  })

  it('end with the reason why the connection ended', async () => {
    const { connection, daemon, transport } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-lifecycle'] })
    await daemon.answer(REGISTER, { callbackID: 5 })
    const waiting = (await subscribing).next()
    transport.destroy(new Error('cable cut'))
    await expect(waiting).rejects.toMatchObject({ code: 'libvirt.connection-closed', params: { reason: 'cable cut' } })
  })

  it('that the daemon does not offer fail the subscription, or are listed when that is wanted', async () => {
    const { connection, daemon } = await openPair()
    const strict = connection.subscribe({ events: ['domain-lifecycle', 'domain-memory-failure'] })
    const refusal = expect(strict).rejects.toMatchObject({ code: 'libvirt.call-failed' })
    await daemon.answer(REGISTER, { callbackID: 1 })
    daemon.send(daemon.failure(await daemon.next(), { code: 8, message: 'unsupported event ID 25' }))
    expect((await daemon.answer(DEREGISTER, undefined)).body).toEqual({ callbackID: 1 })
    await refusal

    const events = ['domain-lifecycle', 'domain-memory-failure'] as const
    const lenient = connection.subscribe({ events, allowRefused: true })
    await daemon.answer(REGISTER, { callbackID: 2 })
    daemon.send(daemon.failure(await daemon.next(), { code: 8, message: 'unsupported event ID 25' }))
    expect((await lenient).refused).toMatchObject([
      { kind: 'domain-memory-failure', error: { params: { libvirtCode: 8 } } },
    ])
    await connection.close()
  })

  it('that two want are registered for once, since the daemon takes them only once', async () => {
    const { connection, daemon } = await openPair()
    const first = connection.subscribe({ events: ['domain-lifecycle'] })
    const second = connection.subscribe({ events: ['domain-lifecycle'] })
    await daemon.answer(REGISTER, { callbackID: 5 })
    const [one, two] = [await first, await second]
    daemon.send(daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(5, 2)))
    expect((await one.next()).value).toEqual((await two.next()).value)
    await one.close()
    expect(daemon.unread).toBe(0)

    const closing = two.close()
    const anew = connection.subscribe({ events: ['domain-lifecycle'] })
    const deregister = await daemon.next()
    expect([deregister.body, daemon.unread]).toEqual([{ callbackID: 5 }, 0])
    daemon.send(daemon.reply(deregister, undefined))
    await daemon.answer(REGISTER, { callbackID: 6 })
    await closing
    const again = await anew
    daemon.send(daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(6, 3)))
    expect((await again.next()).value).toMatchObject({ event: 'suspended' })
    await connection.close()
  })

  it('are registered for anew only when the registration before has left, however many came and went', async () => {
    const { connection, daemon } = await openPair()
    const subscribe = () => connection.subscribe({ events: ['domain-lifecycle'], signal: controller.signal })
    let controller = new AbortController()
    const first = subscribe()
    await daemon.answer(REGISTER, { callbackID: 5 })
    const closing = (await first).close()
    const deregister = await daemon.next()
    const second = expect(subscribe()).rejects.toMatchObject({ code: 'libvirt.call-aborted' })
    controller.abort()
    await second
    daemon.send(daemon.reply(deregister, undefined))
    const register = await daemon.next()
    await closing
    controller = new AbortController()
    const third = subscribe()
    await turn()
    expect(daemon.unread).toBe(0)
    daemon.send(daemon.reply(register, { callbackID: 6 }))
    expect((await daemon.answer(DEREGISTER, undefined)).body).toEqual({ callbackID: 6 })
    await daemon.answer(REGISTER, { callbackID: 7 })
    await third
    await connection.close()
  })

  it('that are refused are refused at once, even when the daemon does not take the others back', async () => {
    const { connection, daemon } = await openPair()
    const events = ['domain-lifecycle', 'domain-memory-failure'] as const
    const subscribing = connection.subscribe({ events, timeoutMs: 20 })
    await daemon.answer(REGISTER, { callbackID: 1 })
    await expect(subscribing).rejects.toMatchObject({ code: 'libvirt.call-timed-out' })
    await connection.close()
  })

  it('do not fail for one subscriber because of another one', async () => {
    const { connection, daemon } = await openPair()
    const controller = new AbortController()
    const first = connection.subscribe({ events: ['domain-lifecycle'], signal: controller.signal })
    const refusal = expect(first).rejects.toMatchObject({ code: 'libvirt.call-aborted' })
    const second = connection.subscribe({ events: ['domain-lifecycle'] })
    const register = await daemon.next()
    controller.abort()
    await refusal
    daemon.send(daemon.reply(register, { callbackID: 6 }))
    const events = await second
    daemon.send(daemon.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(6, 2)))
    expect((await events.next()).value).toMatchObject({ event: 'started' })
    await connection.close()
  })

  it('that nobody waits for any more are unregistered when the daemon accepts them at last', async () => {
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-lifecycle'], timeoutMs: 20 })
    const register = await daemon.next()
    await expect(subscribing).rejects.toMatchObject({ code: 'libvirt.call-timed-out', params: { timeoutMs: 20 } })
    daemon.send(daemon.reply(register, { callbackID: 6 }))
    expect((await daemon.answer(DEREGISTER, undefined)).body).toEqual({ callbackID: 6 })
    await connection.close()
  })

  it('can be of one domain only', async () => {
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: ['domain-reboot'], domain: DOMAIN })
    expect((await daemon.answer(REGISTER, { callbackID: 1 })).body).toEqual({ eventID: 1, dom: DOMAIN })
    await subscribing
    await connection.close()
  })

  it.each(Object.keys(eventSources) as EventKind[])('%s is decoded and flattened', async (kind) => {
    const { sample, expected } = sampleOf(kind)
    const { connection, daemon } = await openPair()
    const subscribing = connection.subscribe({ events: [kind] })
    const register = await daemon.next()
    daemon.send(daemon.reply(register, { callbackID: 3 }))
    const events = await subscribing
    daemon.send(daemon.event(eventSources[kind].message, sample))
    const { value } = await events.next()
    expect(value).toMatchObject({ kind, ...expected })
    expect(Object.values(value ?? {})).not.toContain(undefined)
    await connection.close()
  })
})

/** A message of the kind, and a part of what the client must make of it. */
function sampleOf(kind: EventKind): { sample: object; expected: object } {
  const subject = {
    dom: DOMAIN,
    net: { name: 'default', uuid: DOMAIN.uuid },
    pool: { name: 'images', uuid: DOMAIN.uuid },
    dev: kind === 'domain-block-threshold' ? 'vda[1]' : { name: 'pci_0000' },
    secret: { uuid: DOMAIN.uuid, usageType: 1, usageID: 'key' },
  }
  const address = { family: 0, node: 'n', service: 's' }
  const fields = {
    ...subject,
    ...{ event: 0, detail: 3, reason: kind === 'domain-io-error' ? 'enospc' : 4, offset: 5n, action: 6, phase: 1 },
    ...{ local: address, remote: address, authScheme: 'vnc', subject: [{ type: 't', name: 'n' }] },
    ...{ srcPath: '/a', oldSrcPath: null, newSrcPath: '/b', devAlias: 'net0', actual: 1024n, dst: 'vda', type: 0 },
    ...{ status: 1, params: [], state: 1, iteration: 9, nsuri: null, path: '/c', threshold: 1n, excess: 2n },
    ...{ recipient: 0, flags: 0, alias: 'mem0', size: 2048n, oldMAC: 'a', newMAC: 'b', vcpuid: 3, channelName: 'c' },
  }
  const expected = kind.startsWith('domain-') ? { domain: DOMAIN } : {}
  return { sample: { callbackID: 3, ...fields, msg: fields }, expected }
}

describe('the sources of events', () => {
  it('are messages of the protocol, each with one number per family', () => {
    const addresses = Object.values(eventSources).map((source) => `${source.family}/${source.eventId}`)
    expect(new Set(addresses).size).toBe(addresses.length)
    for (const source of Object.values(eventSources)) expect(procedures[source.message].kind).toBe('event')
  })
})
