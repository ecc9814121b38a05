import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectEngine, createCollections } from '../../../src/renderer/stores/index.ts'
import { type ClientFrame, ENGINE_PORT_MESSAGE, SHELL_PORT_MESSAGE } from '../../../src/shared/contract/index.ts'
import type { VmId } from '../../../src/shared/domain/index.ts'
import { startFakeEngine } from './fake-engine.ts'
import { guid } from './invented.ts'

const VM = guid(2, 1) as VmId
const stops: (() => unknown)[] = []
/** A busy machine takes its time. */
const patient = { timeout: 20_000 }

/** What a page has around it, as far as the transport looks. */
function stubPage(address: string, userAgent: string): EventTarget {
  const page = new EventTarget()
  vi.stubGlobal('window', page)
  vi.stubGlobal('location', Object.assign(new URL(address), { assign: vi.fn() }))
  vi.stubGlobal('navigator', { userAgent })
  return page
}

async function start(port = 0) {
  const engine = await startFakeEngine({ folder: tmpdir(), port, machines: 4, hosts: 1 })
  stops.push(() => engine.stop())
  return engine
}

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
  vi.unstubAllGlobals()
})

describe('a page of the server shell', () => {
  let url = ''
  beforeEach(async () => {
    url = (await start()).url
    stubPage(url, 'Chrome/156')
  })

  function connect() {
    const client = connectEngine()
    const collections = createCollections(client)
    stops.push(() => {
      collections.stop()
      client.close()
    })
    return { client, collections }
  }

  it('mirrors a collection, and what commands change in it', async () => {
    const { client, collections } = connect()
    collections.hold('vms')
    const vms = collections.store('vms')
    await vi.waitFor(() => expect(vms.getState()).toMatchObject({ status: 'live' }), patient)
    expect(vms.getState().entities.get(VM)?.status).toBe('up')
    expect(await client.call('vm.pause', { vmId: VM })).toMatchObject({ ok: true })
    await vi.waitFor(() => expect(vms.getState().entities.get(VM)?.status).toBe('paused'), patient)
    expect(collections.revision.getState()).toBe(vms.getState().rev)
  })

  it('hears why a command may not run', async () => {
    const { client } = connect()
    const [start, pause] = await client.canRun([
      { command: 'vm.start', input: { vmId: VM } },
      { command: 'vm.pause', input: { vmId: VM } },
    ])
    expect(start).toMatchObject({ code: 'vm.wrong-status' })
    expect(pause).toBeNull()
  })

  it('comes back by itself when the engine does', async () => {
    const { client, collections } = connect()
    collections.hold('hosts')
    await client.ready()
    const statuses: string[] = []
    client.onStatus((status) => statuses.push(status))
    await stops.shift()?.()
    await vi.waitFor(() => expect(client.status).toBe('lost'), patient)
    await start(Number(new URL(url).port))
    await vi.waitFor(() => expect(client.status).toBe('open'), patient)
    expect(statuses).toEqual(['lost', 'open'])
    await vi.waitFor(() => expect(collections.store('hosts').getState().entities.size).toBe(1), patient)
  })
})

describe('a page of the Electron shell', () => {
  it('takes the port that the preload hands over, and no other', async () => {
    const page = stubPage('app://virtdeck/index.html', 'Chrome/156 Electron/45')
    const client = connectEngine()
    stops.push(() => client.close())
    const { port1, port2 } = new MessageChannel()
    stops.push(() => port2.close())
    const subscribed = new Promise<ClientFrame>((resolve) => {
      port2.onmessage = ({ data }: MessageEvent<ClientFrame>) => resolve(data)
    })
    const offer = (source: unknown, data: unknown, port: unknown) =>
      page.dispatchEvent(Object.assign(new Event('message'), { source, data, ports: [port] }))
    offer('another window', ENGINE_PORT_MESSAGE, new MessageChannel().port1)
    offer(page, SHELL_PORT_MESSAGE, new MessageChannel().port1)
    offer(page, ENGINE_PORT_MESSAGE, port1)
    client.subscribe({ topic: 'hosts' }, { snapshot: vi.fn(), patch: vi.fn(), closed: vi.fn() })
    await vi.waitFor(() => {
      port2.postMessage(['{"t":"hello","epoch":', Buffer.from('"one","version":"0"'), '}'])
      expect(client.status).toBe('open')
    })
    expect(await subscribed).toMatchObject({ t: 'subscribe', topic: 'hosts' })
  })
})
