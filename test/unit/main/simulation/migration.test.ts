import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Domain,
  isLibvirtError,
  type LibvirtConnection,
  type TypedParameter,
  typedParameter,
  typedParametersToObject,
} from '../../../../src/main/libvirt/index.ts'
import { aMachineXml, aWorld, openDaemon } from './a-world.ts'

const UUID = '6a1b1a34-0000-4000-8000-00000000000a'
const FLAGS = 1 | 8 | 16
const NO_FLAGS = { flags: 0 }

describe('migration between simulated hosts', () => {
  const world = aWorld('one.demo', 'two.demo')
  let source: LibvirtConnection
  let destination: LibvirtConnection
  let watching: { source: LibvirtConnection; destination: LibvirtConnection }
  let dom: Domain

  beforeEach(async () => {
    source = await openDaemon(world, 'one.demo')
    destination = await openDaemon(world, 'two.demo')
    watching = { source: await openDaemon(world, 'one.demo'), destination: await openDaemon(world, 'two.demo') }
    // So much that it takes until it is ended.
    const xml = aMachineXml('traveller', UUID, 64 * 1024)
    dom = (await source.call('DOMAIN_DEFINE_XML_FLAGS', { xml, ...NO_FLAGS })).dom
    await source.call('DOMAIN_CREATE_WITH_FLAGS', { dom, ...NO_FLAGS })
  })

  afterEach(async () => {
    for (const { host } of [world.find('one.demo'), world.find('two.demo')].filter((each) => each !== null)) {
      host.machines.clear()
    }
    await Promise.all([source, destination, watching.source, watching.destination].map((each) => each.close()))
  })

  const stateOf = async (connection: LibvirtConnection) => {
    const { domains } = await connection.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, ...NO_FLAGS })
    return domains.length === 0 ? 'absent' : connection.call('DOMAIN_GET_STATE', { dom, ...NO_FLAGS })
  }

  async function prepare(params: TypedParameter[] = []): Promise<Uint8Array> {
    const begun = await source.call('DOMAIN_MIGRATE_BEGIN3_PARAMS', { dom, params, flags: FLAGS })
    const given = [...params, typedParameter('string', 'destination_xml', begun.xml)]
    const prepared = await destination.call('DOMAIN_MIGRATE_PREPARE3_PARAMS', {
      params: given,
      cookie_in: begun.cookie_out,
      flags: FLAGS,
    })
    expect(prepared.uri_out).toBe('tcp://two.demo:49152')
    return prepared.cookie_out
  }

  const perform = (cookie_in: Uint8Array, params: TypedParameter[] = []) =>
    source.call('DOMAIN_MIGRATE_PERFORM3_PARAMS', { dom, dconnuri: null, params, cookie_in, flags: FLAGS })
  const finish = (cookie_in: Uint8Array, cancelled = 0) => {
    const params = [typedParameter('string', 'destination_name', 'traveller')]
    return destination.call('DOMAIN_MIGRATE_FINISH3_PARAMS', { params, cookie_in, flags: FLAGS, cancelled })
  }
  const confirm = (cookie_in: Uint8Array, cancelled: number) =>
    source.call('DOMAIN_MIGRATE_CONFIRM3_PARAMS', { dom, params: [], cookie_in, flags: FLAGS, cancelled })

  it('takes a running machine over, and tells both hosts’ watchers', async () => {
    world.find('one.demo')?.host.machine(UUID)
    await source.call('DOMAIN_DESTROY_FLAGS', { dom, ...NO_FLAGS })
    await source.call('DOMAIN_DEFINE_XML_FLAGS', { xml: aMachineXml('traveller', UUID, 64), ...NO_FLAGS })
    await source.call('DOMAIN_CREATE_WITH_FLAGS', { dom, ...NO_FLAGS })
    const here = await watching.source.subscribe({ events: ['domain-lifecycle'] })
    const there = await watching.destination.subscribe({ events: ['domain-lifecycle'] })
    const prepared = await prepare()
    expect(await stateOf(watching.destination)).toEqual({ state: 3, reason: 2 })
    const { cookie_out } = await perform(prepared)
    const finished = await finish(cookie_out)
    expect(finished.dom).toMatchObject({ name: 'traveller', uuid: UUID })
    await confirm(finished.cookie_out, 0)
    expect(await stateOf(watching.destination)).toEqual({ state: 1, reason: 2 })
    expect(await stateOf(watching.source)).toBe('absent')
    const take = async (events: AsyncIterable<{ event: string; detail: number }>, last: string) => {
      const seen: string[] = []
      for await (const { event, detail } of events) {
        seen.push(`${event} ${detail}`)
        if (event === last) break
      }
      return seen
    }
    expect(await take(here, 'undefined')).toEqual(['suspended 1', 'stopped 3', 'undefined 0'])
    expect(await take(there, 'resumed')).toEqual(['started 1', 'defined 0', 'resumed 1'])
    const done = await watching.destination.call('DOMAIN_GET_JOB_STATS', { dom: finished.dom, flags: 1 })
    expect(typedParametersToObject(done.params)).toMatchObject({ downtime: 45n, data_remaining: 0n })
  })

  it('tells how far it is, and runs on at the source when it is ended', async () => {
    const prepared = await prepare()
    const performed = perform(prepared, [typedParameter('ullong', 'bandwidth', 1n)])
    const refused = expect(performed).rejects.toSatisfy((error) => isLibvirtError(error, 'operationAborted'))
    const stats = async () => (await watching.source.call('DOMAIN_GET_JOB_STATS', { dom, ...NO_FLAGS })).params
    await vi.waitFor(async () => {
      const { data_processed, data_total } = typedParametersToObject(await stats())
      expect(Number(data_processed)).toBeGreaterThan(0)
      expect(Number(data_total)).toBeGreaterThan(Number(data_processed))
    })
    await watching.source.call('DOMAIN_ABORT_JOB', { dom })
    await refused
    await expect(finish(prepared, 1)).rejects.toMatchObject({ code: 'libvirt.call-failed' })
    await confirm(prepared, 1)
    expect(await stateOf(watching.source)).toEqual({ state: 1, reason: 1 })
    expect(await stateOf(watching.destination)).toBe('absent')
  })

  it('leaves the machine at the source when its client is gone in the middle', async () => {
    const prepared = await prepare()
    const performed = perform(prepared, [typedParameter('ullong', 'bandwidth', 1n)])
    const ended = expect(performed).rejects.toMatchObject({ code: 'libvirt.outcome-unknown' })
    await Promise.all([source.close(), destination.close()])
    await ended
    await vi.waitFor(async () => {
      expect(await stateOf(watching.source)).toEqual({ state: 1, reason: 1 })
      expect(await stateOf(watching.destination)).toBe('absent')
    })
  })
})
