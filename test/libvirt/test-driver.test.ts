import { Duplex } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  isLibvirtError,
  type LibvirtConnection,
  openLibvirt,
  typedParametersToObject,
} from '../../src/main/libvirt/index.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import { testDomainXml, testNodeXml } from './test-driver.ts'

const FLAGS = { flags: 0 }
const ALL = { need_results: 1, flags: 0 }

let daemon: Daemon
let connection: LibvirtConnection

beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.stop())

describe('against test:///default', () => {
  beforeEach(async () => {
    connection = await daemon.open()
  })
  afterEach(() => connection.close())

  it('reads what there is', async () => {
    const { domains } = await connection.call('CONNECT_LIST_ALL_DOMAINS', ALL)
    expect(domains).toEqual([{ name: 'test', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 }])
    const [dom] = domains
    if (dom === undefined) throw new Error('no domain')
    expect(await connection.call('DOMAIN_GET_STATE', { dom, ...FLAGS })).toEqual({ state: 1, reason: 0 })
    expect((await connection.call('DOMAIN_GET_INFO', { dom })).maxMem).toBe(8_388_608n)
    expect((await connection.call('DOMAIN_GET_XML_DESC', { dom, ...FLAGS })).xml).toContain('<name>test</name>')
    expect(await connection.call('NODE_GET_INFO', {})).toMatchObject({ model: 'i686', memory: 3_145_728n, cpus: 16 })
    expect(await connection.call('CONNECT_GET_URI', {})).toEqual({ uri: 'test:///default' })
    expect((await connection.call('CONNECT_GET_LIB_VERSION', {})).lib_ver).toBeGreaterThan(7_000_000n)
  })

  it('defines, starts, pauses and ends a domain, with an event for each', async () => {
    const events = await connection.subscribe({ events: ['domain-lifecycle'] })
    const { dom } = await connection.call('DOMAIN_DEFINE_XML_FLAGS', { xml: testDomainXml(1), ...FLAGS })
    expect(dom).toEqual({ name: 'vm-1', uuid: '00000000-0000-4000-8000-000000000001', id: -1 })
    await connection.call('DOMAIN_CREATE_WITH_FLAGS', { dom, ...FLAGS })
    await connection.call('DOMAIN_SUSPEND', { dom })
    await connection.call('DOMAIN_RESUME', { dom })
    await connection.call('DOMAIN_DESTROY_FLAGS', { dom, ...FLAGS })
    await connection.call('DOMAIN_UNDEFINE_FLAGS', { dom, ...FLAGS })
    const seen: string[] = []
    for await (const event of events) {
      seen.push(`${event.domain.name} ${event.event}`)
      if (event.event === 'undefined') break
    }
    const expected = ['defined', 'started', 'suspended', 'resumed', 'stopped', 'undefined']
    expect(seen).toEqual(expected.map((event) => `vm-1 ${event}`))
  })

  it('hears of networks and pools in the same sequence', async () => {
    const kinds = ['network-lifecycle', 'storage-pool-lifecycle', 'storage-pool-refresh'] as const
    const events = await connection.subscribe({ events: kinds })
    const { net } = await connection.call('NETWORK_LOOKUP_BY_NAME', { name: 'default' })
    const { pool } = await connection.call('STORAGE_POOL_LOOKUP_BY_NAME', { name: 'default-pool' })
    await connection.call('NETWORK_DESTROY', { net })
    await connection.call('STORAGE_POOL_REFRESH', { pool, ...FLAGS })
    await connection.call('STORAGE_POOL_DESTROY', { pool })
    const seen = [await events.next(), await events.next(), await events.next()].map((result) => result.value)
    expect(seen).toEqual([
      { kind: 'network-lifecycle', network: net, event: 'stopped', detail: 0 },
      { kind: 'storage-pool-refresh', pool },
      { kind: 'storage-pool-lifecycle', pool, event: 'stopped', detail: 0 },
    ])
  })

  it('lists the kinds of event that a driver does not offer', async () => {
    const events = ['domain-lifecycle', 'secret-lifecycle'] as const
    const subscription = await connection.subscribe({ events, allowRefused: true })
    expect(subscription.refused.map((each) => each.kind)).toEqual(['secret-lifecycle'])
    await expect(connection.subscribe({ events })).rejects.toSatisfy((error) => isLibvirtError(error, 'noSupport'))
    await subscription.close()
  })

  it("keeps the daemon's error whole", async () => {
    const call = connection.call('DOMAIN_LOOKUP_BY_NAME', { name: 'nobody' })
    await expect(call).rejects.toMatchObject({
      code: 'libvirt.call-failed',
      params: { procedure: 'DOMAIN_LOOKUP_BY_NAME', libvirtCode: 42, libvirtDomain: 12, level: 2 },
    })
    await expect(call).rejects.toSatisfy((error) => isLibvirtError(error, 'noDomain'))
  })

  it('answers a program that it does not have with an error and goes on', async () => {
    const { dom } = await connection.call('DOMAIN_LOOKUP_BY_NAME', { name: 'test' })
    const agent = connection.call('QEMU_DOMAIN_AGENT_COMMAND', { dom, cmd: '{}', timeout: 1, flags: 0 })
    await expect(agent).rejects.toMatchObject({ code: 'libvirt.call-failed' })
    await expect(connection.call('CONNECT_GET_HOSTNAME', {})).resolves.toBeDefined()
  })

  it('may not change anything on a read-only connection', async () => {
    const readOnly = await daemon.open({ readOnly: true })
    const { dom } = await readOnly.call('DOMAIN_LOOKUP_BY_NAME', { name: 'test' })
    await expect(readOnly.call('DOMAIN_DESTROY_FLAGS', { dom, flags: 0 })).rejects.toSatisfy((error) =>
      isLibvirtError(error, 'operationDenied'),
    )
    await readOnly.close()
  })

  it('sets and reads typed parameters', async () => {
    const { dom } = await connection.call('DOMAIN_LOOKUP_BY_NAME', { name: 'test' })
    const { nparams } = await connection.call('DOMAIN_GET_SCHEDULER_TYPE', { dom })
    const { params } = await connection.call('DOMAIN_GET_SCHEDULER_PARAMETERS', { dom, nparams })
    expect(typedParametersToObject(params)).toMatchObject({ weight: 50 })
    const weight = [{ field: 'weight', type: 'uint', value: 60 }] as const
    await expect(connection.call('DOMAIN_SET_SCHEDULER_PARAMETERS', { dom, params: weight })).resolves.toBeUndefined()
  })

  it('works over a transport that hands over one byte at a time', async () => {
    const drip = await openLibvirt(oneByteAtATime(await daemon.dial()), { uri: 'test:///default' })
    const { domains } = await drip.call('CONNECT_LIST_ALL_DOMAINS', ALL)
    expect(domains).toHaveLength(1)
    await drip.close()
  })

  it('refuses an unknown URI and lets go of the transport', async () => {
    const transport = await daemon.dial()
    const closed = new Promise((resolve) => transport.once('close', resolve))
    await expect(openLibvirt(transport, { uri: 'nosuch:///driver' })).rejects.toMatchObject({
      code: 'libvirt.call-failed',
    })
    await closed
  })
})

describe('against a thousand domains', () => {
  beforeAll(async () => {
    const path = await daemon.write('thousand.xml', testNodeXml(1_000))
    connection = await daemon.open({ uri: `test://${path}` })
  })
  afterAll(() => connection.close())

  it('lists them, reads every definition, and the statistics of all in one call', async () => {
    const { domains, ret } = await connection.call('CONNECT_LIST_ALL_DOMAINS', ALL)
    expect([domains.length, ret, new Set(domains.map((dom) => dom.uuid)).size]).toEqual([1_000, 1_000, 1_000])
    const replies = await Promise.all(domains.map((dom) => connection.call('DOMAIN_GET_XML_DESC', { dom, flags: 0 })))
    for (const [index, { xml }] of replies.entries()) expect(xml).toContain(`<uuid>${domains[index]?.uuid}</uuid>`)
    const { retStats } = await connection.call('CONNECT_GET_ALL_DOMAIN_STATS', { doms: [], stats: 0, flags: 0 })
    expect(retStats).toHaveLength(1_000)
    for (const { params } of retStats) expect(typedParametersToObject(params)).toMatchObject({ 'state.state': 1 })
  })

  it('hears of a thousand changes in the order in which they were made', async () => {
    const events = await connection.subscribe({ events: ['domain-lifecycle'] })
    const { domains } = await connection.call('CONNECT_LIST_ALL_DOMAINS', ALL)
    for (const dom of domains) await connection.call('DOMAIN_SUSPEND', { dom })
    const names: string[] = []
    for await (const event of events) {
      names.push(event.domain.name)
      if (names.length === domains.length) break
    }
    expect(names).toEqual(domains.map((dom) => dom.name))
  })
})

/** The same transport, unkind: every byte comes on its own. */
function oneByteAtATime(socket: Duplex): Duplex {
  const drip = new Duplex({
    read: () => undefined,
    write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    },
  })
  socket.on('data', (chunk: Buffer) => {
    for (const byte of chunk) drip.push(Buffer.of(byte))
  })
  socket.on('end', () => drip.push(null))
  return drip
}
