import { describe, expect, test, vi } from 'vitest'
import { buildHost } from '../../../../src/main/host/build-host.ts'
import { type DriverFamily, type HostLink, isLibvirtError } from '../../../../src/main/hosts/index.ts'
import { secondaryDriverOf } from '../../../../src/main/libvirt/connection/driver-gate.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { makeParts } from '../host/make-parts.ts'
import { type FakeDoor, makeRoute, Refusal, SILENCE } from './fake-host.ts'
import { startLink, up } from './start-link.ts'

const POOL = { name: 'images', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f' }
const NETWORK = { name: 'default', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f' }
const listOf = (...pools: object[]) => ({ pools, ret: pools.length })
const notRunning = () => new AppError('host.libvirt-not-running', { address: 'rack', socket: '/run/x-sock' })

const settled = (link: HostLink, family: DriverFamily, status: string) =>
  vi.waitFor(() => expect(link.family(family).state.status).toBe(status))
const callsOf = (door: FakeDoor, name: string) => door.calls.filter((call) => call.name === name).length

async function startWithPool() {
  const route = makeRoute()
  const storage = route.door('storage')
  storage.answers.CONNECT_LIST_ALL_STORAGE_POOLS = listOf(POOL)
  const started = startLink([route])
  await up(started.link)
  await settled(started.link, 'storage', 'up')
  await vi.waitFor(() => expect(callsOf(storage, 'CONNECT_LIST_ALL_STORAGE_POOLS')).toBe(4))
  return { ...started, route, storage }
}

/** Lets the next attempt begin, once it waits to. */
async function runPause(clock: ReturnType<typeof startLink>['clock'], delayMs: number) {
  await vi.waitFor(() => expect(clock.delaysMs()).toContain(delayMs))
  clock.run(delayMs)
}

describe('the drivers of a host', () => {
  test('answer on connections of their own, and the control connection calls none of them', async () => {
    const { link, route } = await startWithPool()
    await settled(link, 'network', 'up')
    expect(link.pools).toMatchObject({ values: [{ ...POOL, active: true }], stale: false })
    expect(link.networks).toMatchObject({ values: [], asOf: expect.any(Number), stale: false })
    const called = route.door().calls.map(({ name }) => name)
    expect(called.filter((name) => secondaryDriverOf(name) !== null)).toEqual([])
    const registered = route
      .door()
      .calls.flatMap(({ name, args }) =>
        name === 'CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY' ? [(args as { eventID: number }).eventID] : [],
      )
    expect(registered).toEqual(expect.arrayContaining([0, 27, 28, 29]))
  })

  test('that nobody has asked for are not connected to before the first call', async () => {
    const { link, route } = await startWithPool()
    expect(link.family('secret').state.status).toBe('idle')
    expect(route.door('secret').daemons).toHaveLength(0)
    route.door('secret').answers.CONNECT_NUM_OF_SECRETS = { num: 2 }
    expect(await link.family('secret').call('CONNECT_NUM_OF_SECRETS', {})).toEqual({ num: 2 })
    expect(link.family('secret').state.status).toBe('up')
  })

  test('that die take nobody with them: the last values stay, stale, and are read anew when they are back', async () => {
    const { link, changes, clock, storage } = await startWithPool()
    storage.refusal = notRunning()
    changes.length = 0
    storage.cut()
    await settled(link, 'storage', 'connecting')
    expect(link.pools).toMatchObject({ values: [POOL], stale: true })
    await runPause(clock, 1)
    await settled(link, 'storage', 'absent')
    expect(link.state.drivers.get('storage')?.error).toMatchObject({ code: 'host.driver-absent' })
    expect(link.pools).toMatchObject({ values: [POOL], stale: true })
    expect(link.state).toMatchObject({ status: 'up', stale: false, error: null })
    const shown = buildHost(makeParts(link.state))
    expect(shown.problems).toMatchObject([{ severity: 'warning', error: { code: 'host.driver-absent' } }])
    await expect(link.family('storage').call('CONNECT_NUM_OF_STORAGE_POOLS', {})).rejects.toMatchObject({
      code: 'host.driver-absent',
      params: { driver: 'storage', daemon: 'virtstoraged' },
    })
    storage.refusal = null
    storage.answers.CONNECT_LIST_ALL_STORAGE_POOLS = listOf(POOL, NETWORK)
    await runPause(clock, 2)
    await settled(link, 'storage', 'up')
    expect(link.pools).toMatchObject({ values: [POOL, NETWORK], stale: false })
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'resources', family: 'storage' }))
  })

  test.each([
    ['the daemon has no such driver', new Refusal(3), 'absent'],
    ['its daemon does not run', new Refusal(38, 7), 'absent'],
    ['the way to its daemon is broken', new Refusal(1, 7), 'failed'],
    ['it refuses', new Refusal(88), 'failed'],
  ] as const)('are told apart: %s', async (_, refusal, status) => {
    const route = makeRoute()
    route.door('network').answers.CONNECT_LIST_ALL_NETWORKS = refusal
    const { link } = startLink([route])
    await up(link)
    await settled(link, 'network', status)
    expect(link.networks).toEqual({ values: [], asOf: null, stale: true })
    expect(link.state.drivers.get('network')?.error?.code).toBe(`host.driver-${status}`)
    expect(link.state).toMatchObject({ status: 'up', error: null })
  })

  test('behind a daemon that has lost its own connection to them are connected to anew, at once when a call finds out', async () => {
    const { link, clock, storage } = await startWithPool()
    storage.answers.CONNECT_NUM_OF_STORAGE_POOLS = new Refusal(1, 7)
    const failing = link.family('storage').call('CONNECT_NUM_OF_STORAGE_POOLS', {})
    expect(isLibvirtError(await failing.catch((error: unknown) => error), 'internal')).toBe(true)
    await runPause(clock, 1)
    await settled(link, 'storage', 'up')
    expect(storage.daemons).toHaveLength(2)
  })

  test('are looked at once a minute, as nothing tells that a driver behind a proxy is gone', async () => {
    const { link, clock, storage } = await startWithPool()
    storage.answers.CONNECT_LIST_ALL_STORAGE_POOLS = new Refusal(1, 7)
    clock.run(60_000)
    await settled(link, 'storage', 'connecting')
    await runPause(clock, 1)
    await settled(link, 'storage', 'failed')
    expect(link.pools).toMatchObject({ values: [POOL], stale: true })
  })

  test('that hang are said to fail after a while, and their late answer counts', async () => {
    const { link, clock, storage } = await startWithPool()
    storage.answers.CONNECT_LIST_ALL_STORAGE_POOLS = SILENCE
    clock.run(60_000)
    await runPause(clock, 20_000)
    await settled(link, 'storage', 'failed')
    expect(link.state).toMatchObject({ status: 'up', stale: false })
    expect(link.pools).toMatchObject({ values: [POOL], stale: true })
    delete storage.answers.CONNECT_LIST_ALL_STORAGE_POOLS
    storage.answerLate()
    await settled(link, 'storage', 'up')
    expect(link.pools).toMatchObject({ values: [], stale: false })
    expect(storage.daemons).toHaveLength(1)
  })

  test('are listed anew after each of their events, which are handed on', async () => {
    const { link, changes, storage } = await startWithPool()
    await vi.waitFor(() => expect(callsOf(storage, 'CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY')).toBe(2))
    storage.answers.CONNECT_LIST_ALL_STORAGE_POOLS = listOf()
    const [daemon] = storage.daemons
    daemon?.send(daemon.event('STORAGE_POOL_EVENT_LIFECYCLE', { callbackID: 3, pool: POOL, event: 1, detail: 0 }))
    await vi.waitFor(() => expect(link.pools.values).toEqual([]))
    expect(changes).toContainEqual(
      expect.objectContaining({
        kind: 'driver-event',
        family: 'storage',
        event: expect.objectContaining({ pool: POOL }),
      }),
    )
  })

  test('are connected to anew with the host, whose end ends them', async () => {
    const routes = [makeRoute(), makeRoute()] as const
    const { link } = startLink([...routes])
    await up(link)
    await settled(link, 'network', 'up')
    await link.reconnect()
    await settled(link, 'network', 'up')
    expect(routes[1].door('network').daemons).toHaveLength(1)
    expect(callsOf(routes[0].door('network'), 'CONNECT_OPEN')).toBe(1)
    await link.stop()
    expect(link.family('network').state.status).toBe('idle')
    await expect(link.family('network').call('CONNECT_NUM_OF_NETWORKS', {})).rejects.toMatchObject({
      code: 'libvirt.connection-closed',
    })
  })

  test('can be tried again at once', async () => {
    const route = makeRoute()
    route.door('storage').refusal = notRunning()
    const { link } = startLink([route])
    await up(link)
    await settled(link, 'storage', 'absent')
    route.door('storage').refusal = null
    link.nudge()
    await settled(link, 'storage', 'up')
  })
})
