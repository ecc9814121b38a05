import { describe, expect, test, vi } from 'vitest'
import { buildHost } from '../../../../src/main/host/build-host.ts'
import type { HostDefinition } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { makeParts } from '../host/make-parts.ts'
import { DEFINITION, makeRoute } from './fake-host.ts'
import { startLink, up } from './start-link.ts'

const unreachable = () => new AppError('ssh.unreachable', { address: 'rack', port: 22, reason: 'ECONNREFUSED' })
const refused = () =>
  new AppError('ssh.authentication-failed', { user: 'root', address: 'rack', tried: 'password', hint: 'refused' })
const lost = () => new AppError('ssh.connection-lost', { address: 'rack', reason: 'test' })

describe('a link', () => {
  test('shows what of ssh_config was skipped, also when that may be why the host is not reached', async () => {
    const skipped = [{ path: '/c', line: 3, directive: 'Match exec' }]
    const way = { ...makeRoute(), configSkipped: skipped }
    const { link, clock } = startLink([refused(), way], { ...DEFINITION, authentication: 'key' }, skipped)
    const problems = () => buildHost(makeParts(link.state)).problems
    const shown = [{ severity: 'warning', error: { code: 'ssh.config-skipped', params: skipped[0] } }]
    await vi.waitFor(() => expect(link.state.error?.code).toBe('ssh.authentication-failed'))
    expect(problems()).toMatchObject(shown)
    await vi.waitFor(() => expect(clock.delaysMs()).toContain(1))
    clock.run(1)
    await up(link)
    expect(problems()).toMatchObject(shown)
  })

  test('tries again after pauses that grow with the failures, until it is up', async () => {
    const { link, pauses, clock, attempts } = startLink([unreachable(), unreachable(), makeRoute()])
    await vi.waitFor(() => expect(clock.delaysMs()).toContain(1))
    clock.run(1)
    await vi.waitFor(() => expect(clock.delaysMs()).toContain(2))
    clock.run(2)
    await up(link)
    expect(pauses).toEqual([
      [1, false],
      [2, false],
    ])
    expect(attempts()).toBe(3)
  })

  test('waits longer each time when it is lost again and again as soon as it is up', async () => {
    const routes = [makeRoute(), makeRoute(), makeRoute()]
    const { link, pauses, clock } = startLink([...routes])
    for (const [index, route] of routes.entries()) {
      await up(link)
      route.lose(lost())
      await vi.waitFor(() => expect(pauses).toHaveLength(index + 1))
      await vi.waitFor(() => expect(clock.delaysMs()).toContain(index + 1))
      clock.run(index + 1)
    }
    expect(pauses.map(([failures]) => failures)).toEqual([1, 2, 3])
  })

  test('tries at once when the network comes back', async () => {
    const { link, clock } = startLink([unreachable(), makeRoute()])
    await vi.waitFor(() => expect(clock.delaysMs()).toContain(1))
    link.nudge()
    await up(link)
  })

  test('says why it was lost from the first moment on', async () => {
    const route = makeRoute()
    const { link, states } = startLink([route])
    await up(link)
    states.length = 0
    route.lose(lost())
    await vi.waitFor(() => expect(states.length).toBeGreaterThan(0))
    expect(states[0]).toMatchObject({ status: 'connecting', stale: true, error: { code: 'ssh.connection-lost' } })
  })

  test('goes on by itself after a cut line, but does not send a password for ever that nobody answers to', async () => {
    const password: HostDefinition = { ...DEFINITION, authentication: 'password' }
    const unanswered = () =>
      new AppError('ssh.sign-in-interrupted', { user: 'u', address: 'rack', reason: 'ECONNRESET', hint: 'unanswered' })
    const ways = [unanswered(), unanswered(), unreachable(), unanswered(), unanswered(), unanswered(), makeRoute()]
    const { link, clock, attempts } = startLink(ways, password)
    for (const failures of [1, 2, 3, 4, 5]) {
      await vi.waitFor(() => expect(clock.delaysMs()).toContain(failures))
      clock.run(failures)
    }
    await vi.waitFor(() => expect(attempts()).toBe(6))
    await vi.waitFor(() => expect(link.state).toMatchObject({ nextAttemptAt: null }))
    await link.reconnect()
    await up(link)
  })

  test('offers a refused password again only when a person asks for it', async () => {
    const password: HostDefinition = { ...DEFINITION, authentication: 'password' }
    const { link, clock, attempts } = startLink([refused(), makeRoute()], password)
    await vi.waitFor(() => expect(link.state.status).toBe('error'))
    await vi.waitFor(() => expect(clock.delaysMs()).toEqual([60_001]))
    expect(link.state.nextAttemptAt).toBeNull()
    link.nudge()
    await new Promise((resolve) => setImmediate(resolve))
    expect(attempts()).toBe(1)
    await link.reconnect()
    expect(link.state.status).toBe('up')
  })

  test('ends the waiting for it when it stops', async () => {
    const { link } = startLink([unreachable()])
    const waiting = link.whenLive(600_000)
    await link.stop()
    expect(await waiting).toBe(false)
  })
})

describe('a reconnect', () => {
  test('is marked as asked for until it is known what came of it', async () => {
    const { link, states } = startLink([makeRoute(), makeRoute()])
    await up(link)
    states.length = 0
    await link.reconnect()
    expect(link.state).toMatchObject({ status: 'up', reconnecting: false })
    const between = states.slice(0, -1).filter((state) => state.status !== 'up')
    expect(between.length).toBeGreaterThan(0)
    expect(between.every((state) => state.reconnecting && state.error === null)).toBe(true)
  })

  test('that fails says why, and is no longer what somebody asked for', async () => {
    const { link } = startLink([makeRoute(), unreachable()])
    await up(link)
    await expect(link.reconnect()).rejects.toMatchObject({ code: 'ssh.unreachable' })
    expect(link.state).toMatchObject({ status: 'connecting', reconnecting: false })
  })

  test('goes over the route that it is given, and closes the one before', async () => {
    const [before, given] = [makeRoute(), makeRoute()]
    const { link, attempts } = startLink([before])
    await up(link)
    await link.reconnect(given)
    expect(link.state.status).toBe('up')
    expect(attempts()).toBe(1)
    expect([before.isClosed, given.isClosed]).toEqual([true, false])
  })

  test('of several at once leaves one connection, and answers all', async () => {
    const routes = [makeRoute(), makeRoute(), makeRoute(), makeRoute()]
    const { link } = startLink([...routes])
    await up(link)
    await Promise.all([link.reconnect(), link.reconnect(), link.reconnect()])
    await up(link)
    const used = routes.filter((route) => !route.isClosed)
    await link.stop()
    expect(routes.filter((route) => !route.isClosed).length).toBe(used.length - 1)
  })

  test('of a link that was stopped is refused, and its route closed', async () => {
    const { link } = startLink([makeRoute()])
    await link.stop()
    const route = makeRoute()
    await expect(link.reconnect(route)).rejects.toMatchObject({ code: 'engine.stopping' })
    expect(route.isClosed).toBe(true)
  })
})
