import { expect, it } from 'vitest'
import { watchClock } from '../../../../src/main/engine/index.ts'
import { ManualClock, YEAR_2036 } from './manual-clock.ts'

function watch(knowsSleep: boolean) {
  const clock = new ManualClock()
  const set: number[] = []
  let sleptMs = 0
  const stop = watchClock({
    clock,
    onSet: (deltaMs) => set.push(deltaMs),
    uptimeMs: () => (knowsSleep ? clock.monotonicMs() + 7_000 + sleptMs : null),
  })
  const sleep = (ms: number) => {
    sleptMs += ms
    clock.setTo(clock.now() + ms)
  }
  return { clock, set, stop, sleep }
}

it('tells by how much the clock was set, once, and not that it was steered a little', () => {
  const { clock, set, stop } = watch(true)
  clock.advance(60_000)
  clock.setBack(20)
  clock.advance(60_000)
  expect(set).toEqual([])
  clock.setBack(600_000)
  clock.advance(60_000)
  expect(set).toEqual([-600_000])
  const before = clock.now()
  clock.setTo(YEAR_2036)
  clock.advance(60_000)
  expect(set).toEqual([-600_000, YEAR_2036 - before])
  stop()
  expect(clock.timerCount).toBe(0)
})

it('takes no sleep for it, and where nobody can tell, what is ahead for sleep', () => {
  for (const knowsSleep of [true, false]) {
    const { clock, set, sleep } = watch(knowsSleep)
    sleep(8 * 3_600_000)
    clock.advance(10_000)
    expect(set).toEqual([])
    clock.setBack(600_000)
    clock.advance(10_000)
    expect(set).toEqual([-600_000])
  }
})
