import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideLateError } from '../../../../src/main/host/build-host.ts'
import {
  decideHostStatus,
  decideStatusSince,
  type HostStatusFacts,
} from '../../../../src/main/host/decide-host-status.ts'
import { decideHeardWish, NO_WISH } from '../../../../src/main/host/host-wish.ts'
import { decideReachStatus, nonResponsiveAtMs } from '../../../../src/main/hosts/decide-reach-status.ts'
import { defaultSettings, type HostWish } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'

const maintained: HostWish = { maintenance: { since: 1, user: 'kim', reason: null }, power: null }
const powered = (action: 'reboot' | 'shutdown', bootId: string | null = 'one'): HostWish => ({
  maintenance: null,
  power: { action, since: 2, user: 'kim', bootId },
})
const facts = (changes: Partial<HostStatusFacts>): HostStatusFacts => ({
  reach: 'up',
  isAnswering: true,
  wish: NO_WISH,
  runningVmCount: 0,
  isOverdue: false,
  installation: 'none',
  hasObstacle: false,
  ...changes,
})

describe('the status of a host', () => {
  test.each([
    ['it is reached', {}, 'up'],
    ['its cluster asks for what it has not', { hasObstacle: true }, 'non-operational'],
    ['it is lost', { reach: 'connecting', isAnswering: false }, 'connecting'],
    ['it is to be maintained', { wish: maintained }, 'maintenance'],
    [
      'it is maintained and unplugged',
      { wish: maintained, reach: 'non-responsive', isAnswering: false },
      'maintenance',
    ],
    ['somebody started a VM on it meanwhile', { wish: maintained, runningVmCount: 1 }, 'preparing-for-maintenance'],
    [
      'it is lost with VMs that ran in spite of its maintenance',
      { wish: maintained, runningVmCount: 1, reach: 'non-responsive', isAnswering: false },
      'non-responsive',
    ],
    ['it was told to reboot', { wish: powered('reboot') }, 'reboot'],
    ['it is away to reboot', { wish: powered('reboot'), reach: 'connecting', isAnswering: false }, 'reboot'],
    [
      'it is not back in time',
      { wish: powered('reboot'), reach: 'non-responsive', isAnswering: false, isOverdue: true },
      'non-responsive',
    ],
    ['it goes down, and answers yet', { wish: powered('shutdown') }, 'up'],
    ['only sshd answers yet', { wish: powered('shutdown'), reach: 'connecting' }, 'connecting'],
    ['it was shut down and is silent', { wish: powered('shutdown'), reach: 'connecting', isAnswering: false }, 'down'],
    [
      'it has been down for days',
      { wish: powered('shutdown'), reach: 'non-responsive', isAnswering: false, isOverdue: true },
      'down',
    ],
    ['packages are being installed', { installation: 'running', reach: 'connecting' }, 'installing'],
    ['they could not be', { installation: 'failed', reach: 'non-operational' }, 'install-failed'],
    ['somebody installed them by hand then', { installation: 'failed' }, 'up'],
  ] as const)('when %s', (_when, changes, status) => {
    expect(decideHostStatus(facts(changes))).toBe(status)
  })

  test('has been what it is since its wish, or since it was lost', () => {
    const times = { wish: { ...maintained, power: powered('reboot').power }, reachSince: 9, installedSince: 7 }
    expect(decideStatusSince('maintenance', times)).toBe(1)
    expect(decideStatusSince('reboot', times)).toBe(2)
    expect(decideStatusSince('down', times)).toBe(9)
    expect(decideStatusSince('installing', times)).toBe(7)
    expect(decideStatusSince('install-failed', times)).toBe(7)
  })
})

describe('a reboot that was asked for', () => {
  test.each([
    ['another boot', 'one', { bootId: 'two', wasAway: false }, null],
    ['the same boot', 'one', { bootId: 'one', wasAway: true }, 'reboot'],
    ['no name of a boot, and it never left', null, { bootId: null, wasAway: false }, 'reboot'],
    ['no name of a boot, but it was away', null, { bootId: null, wasAway: true }, null],
  ] as const)('with %s', (_title, before, heard, left) => {
    expect(decideHeardWish(powered('reboot', before), heard).power?.action ?? null).toBe(left)
  })

  test('says when it takes too long, and that it never went', () => {
    const late = (wish: HostWish, isAnswering: boolean) =>
      decideLateError('node1', { wish, isAnswering, isOverdue: true })?.code ?? null
    expect(late(powered('reboot'), false)).toBe('host.not-back')
    expect(late(powered('reboot'), true)).toBe('host.did-not-go')
    expect(late(powered('shutdown'), true)).toBe('host.did-not-go')
    expect(late(powered('shutdown'), false)).toBeNull()
    expect(decideLateError('node1', { wish: powered('reboot'), isAnswering: false, isOverdue: false })).toBeNull()
  })
})

/** A host and its engine as far as its status goes. */
interface World {
  nowMs: number
  wish: HostWish
  powerMs: number
  boots: number
  isOn: boolean
  isPlugged: boolean
  wasAway: boolean
  lastSuccessMs: number
  failures: number
  running: number
}

type Happening =
  | { readonly do: 'maintenance' | 'activate' | 'reboot' | 'shutdown' | 'power-cut' | 'power-on' | 'unplug' | 'plug' }
  | { readonly do: 'vm-starts' | 'vm-stops' | 'attempt' }
  | { readonly do: 'wait'; readonly ms: number }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constantFrom<Happening>(
    { do: 'maintenance' },
    { do: 'activate' },
    { do: 'reboot' },
    { do: 'shutdown' },
    { do: 'power-cut' },
    { do: 'power-on' },
    { do: 'unplug' },
    { do: 'plug' },
    { do: 'vm-starts' },
    { do: 'vm-stops' },
    { do: 'attempt' },
  ),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 700_000 }) }),
)

const unreachable = new AppError('ssh.unreachable', { address: 'a', port: 22, reason: 'ETIMEDOUT' })
const isSeen = (world: World) => world.isOn && world.isPlugged

/** What the engine looks at of the world. */
function look(world: World) {
  const seen = isSeen(world)
  const grace = {
    lastSuccessMs: world.lastSuccessMs,
    policy: defaultSettings,
    runningVmCount: world.running,
    isStorageManager: false,
  }
  const reach = decideReachStatus({
    phase: seen ? 'connected' : 'connecting',
    failures: world.failures,
    nowMs: world.nowMs,
    error: seen ? null : unreachable,
    ...grace,
  })
  const isOverdue = world.wish.power !== null && world.nowMs - world.powerMs >= defaultSettings.hostReturnMs
  const status = decideHostStatus({
    reach,
    isAnswering: seen,
    wish: world.wish,
    runningVmCount: world.running,
    isOverdue,
    installation: 'none',
    hasObstacle: false,
  })
  return { status, reach, isOverdue, atMs: nonResponsiveAtMs(grace) }
}

function happen(world: World, { do: what, ...more }: Happening): void {
  const power = (action: 'reboot' | 'shutdown') => {
    // The commands refuse both while VMs run, or while nobody answers.
    if (!isSeen(world) || world.running > 0) return
    world.wish = { ...world.wish, power: { action, since: world.nowMs, user: 'kim', bootId: `${world.boots}` } }
    world.powerMs = world.nowMs
    world.isOn = false
    if (action === 'reboot') Object.assign(world, { isOn: true, boots: world.boots + 1, wasAway: true })
  }
  if (what === 'wait' && 'ms' in more) world.nowMs += more.ms
  if (what === 'maintenance' && world.running === 0) {
    world.wish = { ...world.wish, maintenance: { since: world.nowMs, user: 'kim', reason: null } }
  }
  if (what === 'activate') world.wish = NO_WISH
  if (what === 'reboot' || what === 'shutdown') power(what)
  if (what === 'power-cut') Object.assign(world, { isOn: false })
  if (what === 'power-on' && !world.isOn) Object.assign(world, { isOn: true, boots: world.boots + 1, running: 0 })
  if (what === 'unplug') world.isPlugged = false
  if (what === 'plug') world.isPlugged = true
  if (what === 'vm-starts' && isSeen(world)) world.running += 1
  if (what === 'vm-stops' && isSeen(world)) world.running = Math.max(0, world.running - 1)
  // The engine's own attempts and what it hears.
  if (!isSeen(world)) {
    world.wasAway = true
    if (what === 'attempt') world.failures += 1
    return
  }
  world.lastSuccessMs = world.nowMs
  world.failures = 0
  world.wish = decideHeardWish(world.wish, { bootId: `${world.boots}`, wasAway: world.wasAway })
  world.wasAway = false
}

test('no sequence of commands and outages reaches an impossible status', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const world: World = {
        nowMs: 0,
        wish: NO_WISH,
        powerMs: 0,
        boots: 1,
        isOn: true,
        isPlugged: true,
        wasAway: false,
        lastSuccessMs: 0,
        failures: 0,
        running: 0,
      }
      for (const each of happenings) {
        happen(world, each)
        const { status, reach, isOverdue, atMs } = look(world)
        const { wish } = world
        // It is up exactly when it is seen, and nobody wants it for anything else.
        if (status === 'up') expect(isSeen(world)).toBe(true)
        if (status === 'up') expect(wish.maintenance).toBeNull()
        if (status === 'maintenance') expect([wish.maintenance !== null, world.running]).toEqual([true, 0])
        if (status === 'preparing-for-maintenance') expect(world.running).toBeGreaterThan(0)
        if (status === 'reboot') expect([wish.power?.action, isOverdue]).toEqual(['reboot', false])
        // Never said of a host that answers, nor of one that merely fell silent.
        if (status === 'down') expect([wish.power?.action, isSeen(world)]).toEqual(['shutdown', false])
        if (status === 'non-responsive') {
          expect(world.failures).toBeGreaterThan(defaultSettings.nonResponsiveAfterFailures)
          expect(world.nowMs).toBeGreaterThanOrEqual(atMs)
        }
        // A lost host on which VMs ran is never said to be fine, nor at rest.
        if (!isSeen(world) && world.running > 0) expect(['connecting', 'non-responsive']).toContain(status)
        if (reach === 'up' && wish === NO_WISH) expect(status).toBe('up')
      }
      // Whatever happened: on, plugged in and activated it is up again.
      happen(world, { do: 'power-on' })
      happen(world, { do: 'plug' })
      happen(world, { do: 'activate' })
      expect(look(world).status).toBe('up')
    }),
    { numRuns: 500 },
  )
})
