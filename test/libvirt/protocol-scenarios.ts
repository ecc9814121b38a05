import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Domain,
  isLibvirtError,
  type LibvirtConnection,
  typedParametersToObject,
} from '../../src/main/libvirt/index.ts'
import type { MachineHost } from './machine-scenarios.ts'

const NO_FLAGS = { flags: 0 }
const LIST = { active: 1, inactive: 2, persistent: 4, transient: 8, running: 16, paused: 32, autostart: 1_024 } as const
const XML_INACTIVE = 2
const METADATA_ELEMENT = 2
const UUID = '5f2b1a34-0000-4000-8000-00000000000a'

/** A machine that needs nothing of its host: no disk, and a guest that finds nothing to boot. */
function machineXml(name: string, uuid: string): string {
  return `<domain type='qemu'><name>${name}</name><uuid>${uuid}</uuid><memory unit='MiB'>32</memory><vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type></os>
    <devices><serial type='pty'><target port='0'/></serial><memballoon model='none'/></devices></domain>`
}

/**
 * What a libvirt daemon with QEMU answers and tells, as far as the engine goes by it: run against the real one and the simulated one, so
 * that the second is what the first is. What is defined here is gone afterwards.
 */
export function describeProtocol(title: string, getHost: () => MachineHost): void {
  describe(title, () => {
    let connection: LibvirtConnection

    beforeEach(async () => {
      connection = await getHost().open()
    })

    afterEach(async () => {
      for (const dom of await list(0)) {
        if (dom.id >= 0) await connection.call('DOMAIN_DESTROY_FLAGS', { dom, ...NO_FLAGS })
      }
      for (const dom of await list(0)) await connection.call('DOMAIN_UNDEFINE_FLAGS', { dom, flags: 0b111 })
      await connection.close()
    })

    const define = async (name = 'scenario', uuid = UUID): Promise<Domain> =>
      (await connection.call('DOMAIN_DEFINE_XML_FLAGS', { xml: machineXml(name, uuid), ...NO_FLAGS })).dom
    const start = async (dom: Domain, flags = 0): Promise<Domain> =>
      (await connection.call('DOMAIN_CREATE_WITH_FLAGS', { dom, flags })).dom
    const list = async (flags: number): Promise<readonly Domain[]> =>
      (await connection.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, flags })).domains
    const names = async (flags: number) => (await list(flags)).map(({ name }) => name).sort()
    const xmlOf = async (dom: Domain, flags = 0) => (await connection.call('DOMAIN_GET_XML_DESC', { dom, flags })).xml

    it('tells what it is', async () => {
      expect(await connection.call('CONNECT_GET_TYPE', {})).toEqual({ type: 'QEMU' })
      expect((await connection.call('CONNECT_GET_LIB_VERSION', {})).lib_ver).toBeGreaterThan(7_000_000n)
      const { capabilities } = await connection.call('CONNECT_GET_CAPABILITIES', {})
      expect(capabilities).toContain('<os_type>hvm</os_type>')
      expect((await connection.call('NODE_GET_INFO', {})).cpus).toBeGreaterThan(0)
      const { nparams } = await connection.call('NODE_GET_CPU_STATS', { cpuNum: -1, nparams: 0, ...NO_FLAGS })
      const { params } = await connection.call('NODE_GET_CPU_STATS', { cpuNum: -1, nparams, ...NO_FLAGS })
      expect(params.map(({ field }) => field)).toEqual(expect.arrayContaining(['kernel', 'user', 'idle']))
    })

    it('lists by what holds of each', async () => {
      const running = await start(await define('scenario-a'))
      await start(await define('scenario-b', UUID.replace(/a$/, 'b')), 1)
      await define('scenario-c', UUID.replace(/a$/, 'c'))
      await connection.call('DOMAIN_SET_AUTOSTART', { dom: running, autostart: 1 })
      expect(await names(0)).toEqual(['scenario-a', 'scenario-b', 'scenario-c'])
      expect(await names(LIST.active)).toEqual(['scenario-a', 'scenario-b'])
      expect(await names(LIST.inactive)).toEqual(['scenario-c'])
      expect(await names(LIST.paused)).toEqual(['scenario-b'])
      expect(await names(LIST.running | LIST.paused)).toEqual(['scenario-a', 'scenario-b'])
      expect(await names(LIST.active | LIST.autostart)).toEqual(['scenario-a'])
      expect(await names(LIST.transient)).toEqual([])
      const counted = await connection.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 0, flags: LIST.persistent })
      expect(counted).toEqual({ domains: [], ret: 3 })
    })

    it('tells of each step of a life, in order', async () => {
      const events = await connection.subscribe({ events: ['domain-lifecycle'] })
      const dom = await define()
      expect(dom).toEqual({ name: 'scenario', uuid: UUID, id: -1 })
      await define()
      expect((await start(dom)).id).toBeGreaterThan(0)
      await connection.call('DOMAIN_SUSPEND', { dom })
      expect(await connection.call('DOMAIN_GET_STATE', { dom, ...NO_FLAGS })).toEqual({ state: 3, reason: 1 })
      await connection.call('DOMAIN_RESUME', { dom })
      expect(await connection.call('DOMAIN_GET_STATE', { dom, ...NO_FLAGS })).toEqual({ state: 1, reason: 5 })
      await connection.call('DOMAIN_DESTROY_FLAGS', { dom, ...NO_FLAGS })
      expect(await connection.call('DOMAIN_GET_STATE', { dom, ...NO_FLAGS })).toEqual({ state: 5, reason: 2 })
      await connection.call('DOMAIN_UNDEFINE_FLAGS', { dom, ...NO_FLAGS })
      const seen: string[] = []
      for await (const { event, detail } of events) {
        // QEMU may or may not have time to say that it shuts down.
        if (event !== 'shutdown') seen.push(`${event} ${detail}`)
        if (event === 'undefined') break
      }
      const life = ['resumed 0', 'started 0', 'suspended 0', 'resumed 0', 'stopped 1', 'undefined 0']
      expect(seen).toEqual(['defined 0', 'defined 1', ...life])
    })

    it('forgets a machine that was never defined when it ends', async () => {
      const xml_desc = machineXml('scenario', UUID)
      const { dom } = await connection.call('DOMAIN_CREATE_XML', { xml_desc, ...NO_FLAGS })
      expect(await connection.call('DOMAIN_IS_PERSISTENT', { dom })).toEqual({ persistent: 0 })
      await connection.call('DOMAIN_DESTROY_FLAGS', { dom, ...NO_FLAGS })
      expect(await list(0)).toEqual([])
    })

    it('has two definitions of what runs', async () => {
      const dom = await start(await define())
      const [live, defined] = [await xmlOf(dom), await xmlOf(dom, XML_INACTIVE)]
      expect(live).toMatch(new RegExp(`<domain [^>]*id='${dom.id}'`))
      expect(live).toMatch(/<source path='\/dev\/pts\/\d+'\/>/)
      expect(live).toMatch(/<alias name='serial0'\/>/)
      expect(defined).not.toMatch(/<domain [^>]*id=/)
      expect(defined).not.toContain('/dev/pts/')
    })

    it('keeps an element of metadata, and gives it back', async () => {
      const dom = await define()
      const uri = 'https://example.org/labels'
      const about = { dom, type: METADATA_ELEMENT, key: 'x', uri, ...NO_FLAGS }
      await connection.call('DOMAIN_SET_METADATA', { ...about, metadata: '<labels><tag>one</tag></labels>' })
      await connection.call('DOMAIN_SET_METADATA', { ...about, metadata: '<labels><tag>two</tag></labels>' })
      const xml = await xmlOf(dom)
      expect(xml).toMatch(/<x:labels xmlns:x=['"]https:\/\/example\.org\/labels['"]>\s*<x:tag>two<\/x:tag>/)
      expect(xml).not.toContain('>one<')
      await connection.call('DOMAIN_SET_METADATA', { ...about, metadata: null })
      expect(await xmlOf(dom)).not.toContain('example.org')
    })

    it('counts the time of what runs', async () => {
      const running = await start(await define())
      await define('scenario-b', UUID.replace(/a$/, 'b'))
      const stats = async () => {
        const { retStats } = await connection.call('CONNECT_GET_ALL_DOMAIN_STATS', { doms: [], stats: 0, ...NO_FLAGS })
        return new Map(retStats.map(({ dom, params }) => [dom.name, typedParametersToObject(params)]))
      }
      const first = await stats()
      expect(first.get('scenario')).toMatchObject({ 'state.state': 1, 'vcpu.current': 1, 'balloon.maximum': 32_768n })
      expect(first.get('scenario-b')).toMatchObject({ 'state.state': 5 })
      const before = Number(first.get('scenario')?.['cpu.time'])
      await vi.waitFor(
        async () => expect(Number((await stats()).get('scenario')?.['cpu.time'])).toBeGreaterThan(before),
        { timeout: 30_000, interval: 100 },
      )
      expect((await connection.call('DOMAIN_GET_INFO', { dom: running })).maxMem).toBe(32_768n)
    })

    it('refuses with the numbers that callers go by', async () => {
      const dom = await define()
      const nobody = { name: 'nobody', uuid: UUID.replace(/a$/, 'f'), id: -1 }
      const refusals = [
        ['noDomain', () => connection.call('DOMAIN_LOOKUP_BY_NAME', { name: 'nobody' })],
        ['noDomain', () => connection.call('DOMAIN_GET_XML_DESC', { dom: nobody, ...NO_FLAGS })],
        ['operationInvalid', () => connection.call('DOMAIN_DESTROY_FLAGS', { dom, ...NO_FLAGS })],
        ['operationInvalid', () => connection.call('DOMAIN_SUSPEND', { dom })],
        ['operationFailed', () => define('scenario', nobody.uuid)],
        ['operationFailed', () => define('other-name', UUID)],
        ['xmlDetail', () => connection.call('DOMAIN_DEFINE_XML_FLAGS', { xml: '<domain', ...NO_FLAGS })],
        ['noStoragePool', () => connection.call('STORAGE_POOL_LOOKUP_BY_NAME', { name: 'nobody' })],
      ] as const
      for (const [code, call] of refusals) {
        await expect(call(), code).rejects.toSatisfy((error) => isLibvirtError(error, code))
      }
      await start(dom)
      await expect(start(dom)).rejects.toSatisfy((error) => isLibvirtError(error, 'operationInvalid'))
    })

    it('may not change anything on a read-only connection', async () => {
      const dom = await define()
      const readOnly = await getHost().open({ readOnly: true })
      const call = readOnly.call('DOMAIN_UNDEFINE_FLAGS', { dom, ...NO_FLAGS })
      await expect(call).rejects.toSatisfy((error) => isLibvirtError(error, 'operationDenied'))
      expect((await readOnly.call('DOMAIN_LOOKUP_BY_UUID', { uuid: UUID })).dom.name).toBe('scenario')
      await readOnly.close()
    })

    it('keeps a pool and its volumes', async () => {
      const events = await connection.subscribe({ events: ['storage-pool-lifecycle', 'storage-pool-refresh'] })
      const xml = `<pool type='dir'><name>protocol</name><target><path>${getHost().poolPath()}</path></target></pool>`
      const { pool } = await connection.call('STORAGE_POOL_DEFINE_XML', { xml, ...NO_FLAGS })
      await connection.call('STORAGE_POOL_CREATE', { pool, ...NO_FLAGS })
      const volume = '<volume><name>disk.img</name><capacity unit="MiB">4</capacity><allocation>0</allocation></volume>'
      const { vol } = await connection.call('STORAGE_VOL_CREATE_XML', { pool, xml: volume, ...NO_FLAGS })
      expect(vol).toMatchObject({ pool: 'protocol', name: 'disk.img' })
      expect((await connection.call('STORAGE_VOL_GET_INFO', { vol })).capacity).toBe(4_194_304n)
      const again = connection.call('STORAGE_VOL_CREATE_XML', { pool, xml: volume, ...NO_FLAGS })
      await expect(again).rejects.toSatisfy((error) => isLibvirtError(error, 'storageVolumeExists'))
      const { vols } = await connection.call('STORAGE_POOL_LIST_ALL_VOLUMES', { pool, need_results: 1, ...NO_FLAGS })
      expect(vols.map(({ name }) => name)).toEqual(['disk.img'])
      await connection.call('STORAGE_VOL_DELETE', { vol, ...NO_FLAGS })
      await connection.call('STORAGE_POOL_REFRESH', { pool, ...NO_FLAGS })
      await connection.call('STORAGE_POOL_DESTROY', { pool })
      await connection.call('STORAGE_POOL_UNDEFINE', { pool })
      const seen: string[] = []
      for await (const event of events) {
        seen.push(event.kind === 'storage-pool-lifecycle' ? event.event : 'refresh')
        if (seen.at(-1) === 'undefined') break
      }
      expect(seen.filter((event) => event !== 'refresh')).toEqual(['defined', 'started', 'stopped', 'undefined'])
      expect(seen).toContain('refresh')
    })
  })
}
