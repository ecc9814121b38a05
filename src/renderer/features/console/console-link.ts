import { CONSOLE_CLOSE_ERROR, decodeConsoleClose, type Result } from '../../../shared/contract/index.ts'
import type { ErrorCode, WireError } from '../../../shared/errors/index.ts'
import type { ConsoleChannel } from '../../stores/index.ts'
import { decideAfterEnd, decideTryNow, decideWait, type LinkState, type LinkSurroundings } from './decide-link.ts'

/** A connection that held this long was good: the next failure is the first of a new row. */
const GOOD_AFTER_MS = 5_000

/** A try that is silent for longer is given up. Longer than the engine's own limits, whose errors say more. */
const CONNECT_LIMIT_MS = 60_000

/** What a link does its work with. */
export interface ConsoleLinkDependencies {
  /** `console.open`: asks for a ticket. */
  readonly openTicket: (force: boolean) => Promise<Result<{ readonly path: string }>>
  readonly connect: (path: string) => ConsoleChannel
  /** A channel to show; null when it has ended. The screen tells `screenConnected` when something is seen on it. */
  readonly show: (channel: ConsoleChannel | null) => void
  readonly changed: (state: LinkState) => void
  /** As `performance.now()`: nobody sets it. */
  readonly elapsedMs: () => number
  readonly random: () => number
}

/**
 * Keeps a console connected: asks for a ticket, opens the channel, and after each end decides whether, when and why to
 * try again. Each try has a ticket of its own. The decisions are in `decide-link.ts`.
 */
export class ConsoleLink {
  readonly #deps: ConsoleLinkDependencies
  #surroundings: LinkSurroundings = { engineLive: false, vmStatus: undefined, hostId: undefined }
  #state: LinkState = { phase: 'waiting', reason: 'engine' }
  #channel: ConsoleChannel | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #failures = 0
  #connectedMs = 0
  /** Changes with every try: what belongs to an earlier one is no longer listened to. */
  #attempt = 0
  #stopped = false

  constructor(deps: ConsoleLinkDependencies) {
    this.#deps = deps
  }

  /** Tells what the mirror says of engine and VM; tries at once when that has become good. */
  update(after: LinkSurroundings): void {
    const before = this.#surroundings
    this.#surroundings = after
    if (this.#stopped || this.#state.phase === 'connected' || this.#state.phase === 'connecting') return
    if (decideTryNow(before, after)) {
      this.#failures = 0
      this.#begin(false)
      return
    }
    const reason = decideWait(after)
    // Whatever stopped it is of the past then: with the machine, everything may be another way.
    if (reason !== null) this.#enter({ phase: 'waiting', reason })
  }

  /** Tries now; `force` takes a serial console from whoever has it. */
  retry(force: boolean): void {
    if (!this.#stopped) this.#begin(force)
  }

  /** The screen sees the other end: noVNC has its first picture, or the serial port is open. */
  screenConnected(): void {
    if (this.#stopped || this.#state.phase !== 'connecting') return
    this.#connectedMs = this.#deps.elapsedMs()
    this.#enter({ phase: 'connected' })
  }

  stop(): void {
    this.#stopped = true
    this.#attempt += 1
    this.#clearTimer()
    this.#dropChannel()
  }

  #begin(force: boolean): void {
    this.#attempt += 1
    const attempt = this.#attempt
    this.#clearTimer()
    this.#dropChannel()
    this.#enter({ phase: 'connecting' })
    this.#timer = setTimeout(() => this.#giveUp(), CONNECT_LIMIT_MS)
    this.#deps.openTicket(force).then(
      (result) => {
        if (attempt !== this.#attempt) return
        if (!result.ok) this.#ended(result.error)
        else this.#open(attempt, result.value.path)
      },
      (error: unknown) => {
        if (attempt === this.#attempt) this.#ended(closeError('internal', { detail: String(error) }))
      },
    )
  }

  #giveUp(): void {
    this.#attempt += 1
    this.#dropChannel()
    this.#ended(closeError('command.timed-out', { command: 'console.open', timeoutMs: CONNECT_LIMIT_MS }))
  }

  #open(attempt: number, path: string): void {
    const channel = this.#deps.connect(path)
    this.#channel = channel
    this.#deps.show(channel)
    void channel.closed.then(({ code, reason }) => {
      if (attempt !== this.#attempt) return
      this.#channel = null
      this.#deps.show(null)
      const told = code === CONSOLE_CLOSE_ERROR ? decodeConsoleClose(reason) : null
      this.#ended(told === null ? null : closeError(told.code, told.params))
    })
  }

  #ended(error: WireError | null): void {
    const { elapsedMs, random } = this.#deps
    const wasGood = this.#state.phase === 'connected' && elapsedMs() - this.#connectedMs >= GOOD_AFTER_MS
    this.#failures = wasGood ? 1 : this.#failures + 1
    const next = decideAfterEnd(this.#surroundings, error, this.#failures, elapsedMs(), random())
    this.#enter(next)
    if (next.phase !== 'retrying') return
    this.#timer = setTimeout(() => this.#begin(false), Math.max(0, next.atMs - elapsedMs()))
  }

  #enter(state: LinkState): void {
    this.#state = state
    this.#clearTimer()
    this.#deps.changed(state)
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #dropChannel(): void {
    const channel = this.#channel
    this.#channel = null
    if (channel === null) return
    this.#deps.show(null)
    channel.close()
  }
}

function closeError(code: string, params: Readonly<Record<string, unknown>>): WireError {
  // A code that this page does not know gets a general text from `describeError`.
  return { code: code as ErrorCode, params, retry: 'safe', technical: [] }
}
