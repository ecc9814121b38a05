import { describe, expect, it } from 'vitest'
import { openAuditTrail } from '../../../../src/main/engine/audit-trail.ts'
import { type ClockEvidence, decideBelievedNow, isSteady } from '../../../../src/main/engine/believed-now.ts'
import { silentLog } from '../../../../src/main/engine/index.ts'
import { createTopicRegistry } from '../../../../src/main/engine/live-topics.ts'
import { defaultSettings } from '../../../../src/shared/domain/index.ts'
import { ManualClock, settle, YEAR_2036 } from './manual-clock.ts'
import { createMemoryStores } from './memory-stores.ts'

const NOW = Date.UTC(2027, 0, 15)
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

function believe(changes: Partial<ClockEvidence>): number {
  const evidence = { before: NOW, wallNow: NOW + HOUR_MS, wallDeltaMs: HOUR_MS, passedMs: HOUR_MS, steadyMs: HOUR_MS }
  return decideBelievedNow({ ...evidence, ...changes })
}

const AHEAD = { wallNow: YEAR_2036, wallDeltaMs: YEAR_2036 - NOW }
const AFTER_A_SLEEP = { wallNow: NOW + DAY_MS, wallDeltaMs: DAY_MS }
const SET_BACK = { wallNow: NOW - 600_000, wallDeltaMs: -600_000 }

describe('the time that is believed', () => {
  it.each([
    ['goes on with the clock', {}, NOW + HOUR_MS],
    ['counts a night in which the computer slept', AFTER_A_SLEEP, NOW + DAY_MS],
    ['follows a clock that is years ahead by a weekend at most', AHEAD, NOW + 2 * DAY_MS],
    ['follows one that is set back', SET_BACK, NOW - 600_000],
    ['is whatever a clock shows that went on for a week', { ...AHEAD, steadyMs: 7 * DAY_MS }, YEAR_2036],
  ])('%s', (_title, changes, expected) => {
    expect(believe(changes)).toBe(expected)
  })

  it('is not steady when the clock is set, but is when the computer slept', () => {
    const verdicts = [{}, AFTER_A_SLEEP, AHEAD, SET_BACK].map((changes) =>
      isSteady({ wallDeltaMs: HOUR_MS, passedMs: HOUR_MS, ...changes }),
    )
    expect(verdicts).toEqual([true, true, false, false])
  })
})

it('a day in the year 2036 costs the trail nothing, and what is too old goes all the same when the clock is right again', async () => {
  const stores = createMemoryStores()
  const run = async (at: number) => {
    const clock = new ManualClock()
    clock.setTo(at)
    const topics = createTopicRegistry({ epoch: 'e', clock, log: silentLog })
    topics.collection('settings').upsert({ id: 'settings', ...defaultSettings, auditDays: 90 })
    const audit = await openAuditTrail({ topics, store: stores.auditStore, clock, log: silentLog })
    audit.record({ kind: 'host.connected', severity: 'info', subject: { kind: 'host', id: 'a', name: 'a' } })
    for (let hour = 0; hour < 24; hour += 6) {
      clock.advance(6 * 3_600_000)
      await settle()
    }
    await audit.stop()
    return stores.events.map((event) => event.id)
  }
  expect(await run(NOW)).toEqual(['1'])
  expect(await run(YEAR_2036)).toEqual(['1', '2'])
  expect(await run(NOW + 2 * DAY_MS)).toEqual(['1', '2', '3'])
  for (let month = 1; month < 6; month++) await run(NOW + month * 30 * DAY_MS)
  // By now a third run has shown that half a year has passed.
  const kept = await run(NOW + 151 * DAY_MS)
  expect(kept).not.toContain('1')
  expect(kept).not.toContain('2')
  expect(kept.at(-1)).toBe('9')
})
