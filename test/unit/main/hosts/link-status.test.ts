import { describe, expect, test } from 'vitest'
import { LinkStatus } from '../../../../src/main/hosts/link-status.ts'
import { defaultSettings } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { ManualClock, YEAR_2036 } from '../engine/manual-clock.ts'
import { DEFINITION } from './fake-host.ts'

const unreachable = new AppError('ssh.unreachable', { address: 'rack', port: 22, reason: 'ECONNREFUSED' })
const SILENT_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined }

function makeStatus() {
  const clock = new ManualClock()
  const status = new LinkStatus({
    hostId: DEFINITION.id,
    clock,
    settings: () => defaultSettings,
    log: SILENT_LOG,
    runningVmCount: () => 0,
    isStorageManager: () => false,
    onChange: () => undefined,
  })
  return { clock, status }
}

describe.each([
  ['set back by ten minutes', (clock: ManualClock) => clock.setBack(600_000)],
  ['set to the year 2036', (clock: ManualClock) => clock.setTo(YEAR_2036)],
])('while the clock is %s', (_title, set) => {
  test('a lost host becomes non-responsive when its time is over, no sooner and no later', () => {
    const { clock, status } = makeStatus()
    status.heard()
    status.lost(0)
    status.change({ phase: 'connecting', failures: 3, error: unreachable })
    status.watchGrace()
    set(clock)
    clock.advance(59_999)
    status.change()
    expect(status.status).toBe('connecting')
    clock.advance(2)
    expect(status.status).toBe('non-responsive')
  })

  test('what a host told last is as old as the silence was', () => {
    const { clock, status } = makeStatus()
    status.heard()
    clock.advance(5_000)
    set(clock)
    status.lost(30_000)
    expect(clock.now() - (status.heardAt ?? 0)).toBe(5_000)
  })
})

test('stamps of before move with a clock that is set, so that ages stay what they are', () => {
  const { clock, status } = makeStatus()
  status.heard()
  status.lost(0)
  status.change({ phase: 'connecting', failures: 1, error: unreachable, nextAttemptAt: clock.now() + 30_000 })
  clock.advance(10_000)
  clock.setBack(600_000)
  status.shiftStamps(-600_000)
  expect(clock.now() - (status.heardAt ?? 0)).toBe(10_000)
  expect(clock.now() - status.statusSince).toBe(10_000)
  expect((status.progress.nextAttemptAt ?? 0) - clock.now()).toBe(20_000)
})
