import { type AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Log } from '../../engine/index.ts'
import { countEnds, decideRestart } from './decide-restart.ts'
import type { UnderWayTask } from './engine-messages.ts'
import type { EngineProcess } from './engine-process.ts'

/** What keeping an engine needs. */
export interface EngineKeeperOptions {
  readonly start: () => EngineProcess
  readonly log: Log
  /** An engine serves: pages may be joined to it. */
  readonly onUp: (engine: EngineProcess) => void
  /** The engine is gone, and another one will be started, unless it was given up. */
  readonly onDown: (end: EngineEnd) => void
  /** The first engine could not start at all: nothing is tried again. */
  readonly onRefused: (error: AppError) => void
}

/** An end that nobody asked for. */
export interface EngineEnd {
  readonly exitCode: number
  /** How many ended so in a row, with this one. */
  readonly endsInRow: number
  /** Why it could not start, when it said so. */
  readonly error: AppError | null
  /** It ended again and again, and stays away until `startAgain` is called. */
  readonly isGivenUp: boolean
}

/** Sees to it that there is an engine. */
export interface EngineKeeper {
  /** The one that serves; null while there is none. */
  readonly engine: EngineProcess | null
  /** After it was given up. */
  startAgain(): void
  /** What is under way. Nothing while no engine serves; null: it does not answer within the limit. */
  fetchUnderWay(limitMs: number): Promise<readonly UnderWayTask[] | null>
  /** Ends the engine for good. */
  stop(limitMs: number): Promise<void>
}

/** Starts an engine, and another one whenever it ends without having been asked to, after longer and longer pauses. */
export function keepEngine(options: EngineKeeperOptions): EngineKeeper {
  const { log } = options
  let current: EngineProcess | null = null
  let serving: EngineProcess | null = null
  let hasServed = false
  let endsInRow = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let isStopping = false

  async function live(): Promise<void> {
    timer = null
    const startedMs = performance.now()
    const engine = options.start()
    current = engine
    const outcome = await Promise.race([engine.started, engine.ended])
    const error = isAppError(outcome) ? outcome : null
    if (error !== null) engine.kill()
    else if (outcome === true) {
      hasServed = true
      serving = engine
      options.onUp(engine)
    }
    const exitCode = await engine.ended
    current = null
    serving = null
    if (isStopping) return
    if (error !== null && !hasServed) {
      options.onRefused(error)
      return
    }
    endsInRow = countEnds(endsInRow, performance.now() - startedMs)
    const pauseMs = decideRestart(endsInRow)
    log.error({ exitCode, endsInRow, pauseMs, err: error ?? undefined }, 'the engine ended unexpectedly')
    options.onDown({ exitCode, endsInRow, error, isGivenUp: pauseMs === null })
    if (pauseMs !== null) timer = setTimeout(begin, pauseMs)
  }

  function begin(): void {
    live().catch((error: unknown) => log.error({ err: error }, 'the engine could not be started'))
  }

  begin()
  return {
    get engine() {
      return serving
    },
    startAgain: () => {
      if (current !== null || timer !== null || isStopping) return
      endsInRow = 0
      begin()
    },
    fetchUnderWay: async (limitMs) => serving?.fetchUnderWay(limitMs) ?? [],
    stop: async (limitMs) => {
      isStopping = true
      if (timer !== null) clearTimeout(timer)
      await current?.stop(limitMs)
    },
  }
}
