import { describe, expect, it } from 'vitest'
import { openAuditTrail } from '../../../../src/main/engine/audit-trail.ts'
import { type ClockEvidence, decideBelievedNow } from '../../../../src/main/engine/believed-now.ts'
import { silentLog } from '../../../../src/main/engine/index.ts'
import { createTopicRegistry } from '../../../../src/main/engine/live-topics.ts'
import { defaultSettings } from '../../../../src/shared/domain/index.ts'
import { ManualClock, settle, YEAR_2036 } from './manual-clock.ts'
import { createMemoryStores } from './memory-stores.ts'

const NOW = Date.UTC(2027, 0, 15)
const DAY_MS = 86_400_000

function believe(changes: Partial<ClockEvidence>): number {
  const evidence = { wallNow: NOW, lastStamp: NOW - DAY_MS, wallAtStart: NOW, runningMs: 0, steadyMs: 0 }
  return decideBelievedNow({ ...evidence, ...changes })
}

describe('the time that is believed', () => {
  it.each([
    ['is what the clock shows, a day after the last line', {}, NOW],
    ['is that too where there are no lines yet', { lastStamp: null }, NOW],
    [
      'goes on from the last line when the clock is years ahead',
      { wallNow: YEAR_2036, wallAtStart: YEAR_2036 },
      NOW + DAY_MS,
    ],
    ['does not follow a clock that is set ahead while we run', { wallNow: YEAR_2036 }, NOW],
    ['follows one that is set back', { wallNow: NOW - 600_000 }, NOW - 600_000],
    ['is not kept back by a line from the future', { lastStamp: YEAR_2036 }, NOW],
    [
      'is whatever a clock shows that went on for a week',
      { wallNow: YEAR_2036 + 7 * DAY_MS, wallAtStart: YEAR_2036, runningMs: 7 * DAY_MS, steadyMs: 7 * DAY_MS },
      YEAR_2036 + 7 * DAY_MS,
    ],
  ])('%s', (_title, changes, expected) => {
    expect(believe(changes)).toBe(expected)
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
