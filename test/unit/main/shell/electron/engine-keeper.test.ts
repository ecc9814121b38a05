import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLog } from '../../../../../src/main/engine/index.ts'
import {
  countEnds,
  decideRestart,
  ENDS_LIMIT,
  STABLE_MS,
} from '../../../../../src/main/shell/electron/decide-restart.ts'
import { keepEngine } from '../../../../../src/main/shell/electron/engine-keeper.ts'
import type { EngineProcess } from '../../../../../src/main/shell/electron/engine-process.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'

describe('when an engine is started again', () => {
  it('is later with each end in a row, and by itself only so often', () => {
    const pauses = Array.from({ length: ENDS_LIMIT }, (_unused, index) => decideRestart(index + 1))
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, null])
  })

  it.each([
    ['the first end', 0, 10, 1],
    ['an end soon after its start', 3, STABLE_MS - 1, 4],
    ['an end after it has run well', 3, STABLE_MS, 1],
  ])('%s: %#', (_title, before, livedMs, expected) => {
    expect(countEnds(before, livedMs)).toBe(expected)
  })
})

/** Engines that start and end when they are told to. */
function keep() {
  const engines: { started: (answer: AppError | true) => void; end: (code: number) => void; killed: boolean }[] = []
  const heard: string[] = []
  const keeper = keepEngine({
    start: () => {
      const started = Promise.withResolvers<AppError | true>()
      const ended = Promise.withResolvers<number>()
      const engine = { started: started.resolve, end: ended.resolve, killed: false }
      engines.push(engine)
      return {
        started: started.promise,
        ended: ended.promise,
        serveClient: vi.fn(),
        attachSocket: vi.fn(),
        fetchUnderWay: async () => [{ command: 'vm.save', name: 'web-01', goesOn: true }],
        stop: async () => ended.resolve(0),
        kill: () => {
          engine.killed = true
          ended.resolve(15)
        },
      } satisfies EngineProcess
    },
    log: silentLog,
    onUp: () => heard.push('up'),
    onDown: ({ exitCode, endsInRow, error, isGivenUp }) =>
      heard.push(`down ${exitCode} ${endsInRow} ${error?.code ?? '-'} ${isGivenUp}`),
    onRefused: (error) => heard.push(`refused ${error.code}`),
  })
  return { keeper, engines, heard }
}

const inUse = new AppError('inventory.in-use', { path: '/data', pid: 1 })

describe('an engine that is kept', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const passMs = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  it('is started again after it has ended, and serves again', async () => {
    const { keeper, engines, heard } = keep()
    expect(keeper.engine).toBeNull()
    engines[0]?.started(true)
    await passMs(0)
    expect(keeper.engine).not.toBeNull()
    engines[0]?.end(9)
    await passMs(0)
    expect(keeper.engine).toBeNull()
    expect(await keeper.fetchUnderWay(10)).toEqual([])
    await passMs(499)
    expect(engines).toHaveLength(1)
    await passMs(1)
    engines[1]?.started(true)
    await passMs(0)
    expect(heard).toEqual(['up', 'down 9 1 - false', 'up'])
    expect(await keeper.fetchUnderWay(10)).toHaveLength(1)
  })

  it('is given up when it ends again and again, until a person asks', async () => {
    const { keeper, engines, heard } = keep()
    for (let index = 0; index < ENDS_LIMIT; index++) {
      // Later it says that it cannot start, rather than just ending: that is no other case.
      if (index === 3) engines[index]?.started(inUse)
      else engines[index]?.started(true)
      await passMs(0)
      engines[index]?.end(1)
      await passMs(10_000)
    }
    expect(engines).toHaveLength(ENDS_LIMIT)
    expect(heard.filter((line) => line !== 'up')).toEqual([
      'down 1 1 - false',
      'down 1 2 - false',
      'down 1 3 - false',
      'down 15 4 inventory.in-use false',
      'down 1 5 - true',
    ])
    await passMs(STABLE_MS)
    expect(engines).toHaveLength(ENDS_LIMIT)
    keeper.startAgain()
    keeper.startAgain()
    expect(engines).toHaveLength(ENDS_LIMIT + 1)
  })

  it('that cannot start at all is not tried again', async () => {
    const { engines, heard } = keep()
    engines[0]?.started(inUse)
    await passMs(10_000)
    expect(engines).toMatchObject([{ killed: true }])
    expect(heard).toEqual(['refused inventory.in-use'])
  })

  it('is not started again once it was told to stop, in whatever state it was', async () => {
    const running = keep()
    running.engines[0]?.started(true)
    await passMs(0)
    await running.keeper.stop(10)
    const starting = keep()
    await starting.keeper.stop(10)
    const pausing = keep()
    pausing.engines[0]?.end(1)
    await passMs(0)
    await pausing.keeper.stop(10)
    await passMs(10_000)
    for (const { engines, keeper } of [running, starting, pausing]) {
      expect(engines).toHaveLength(1)
      keeper.startAgain()
      expect(engines).toHaveLength(1)
    }
    expect(pausing.heard).toEqual(['down 1 1 - false'])
  })
})
