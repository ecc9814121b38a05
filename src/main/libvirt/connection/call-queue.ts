import { AppError } from '../../../shared/errors/index.ts'
import { outcomeUnknown } from '../errors.ts'
import type { Procedure } from '../protocol/procedure.ts'
import { DeadlineTimer } from './deadline-timer.ts'
import { DriverGate } from './driver-gate.ts'

/** The daemon answers at most five requests of a client at a time by default (`max_client_requests`); one is spare. */
const IN_FLIGHT_MAX = 4
const WAITING_MAX = 4_096
/** How long a daemon may leave all calls unanswered after everybody has given them up. */
const STUCK_MS = 5_000

/** A call from the moment it is asked for until its reply, or the end of the connection. */
export interface PendingCall {
  readonly procedure: Procedure<unknown, unknown>
  readonly args: unknown
  readonly timeoutMs: number
  readonly deadlineMs: number
  readonly signal: AbortSignal | undefined
  /** 0 until it is sent. */
  serial: number
  /** The caller has been told something already; the reply, when it comes, only frees the slot. */
  abandoned: boolean
  onAbort: (() => void) | undefined
  /** Runs inside the turn that handles the reply, before any later packet. */
  readonly succeed: (result: unknown, serial: number) => void
  readonly fail: (error: unknown) => void
}

/**
 * Keeps at most four calls in flight and the rest waiting in order; enforces time limits and abort signals. An answer
 * that nobody waits for any more still occupies its slot, because the daemon is still at work on it. When that is so of
 * all slots, no call can be made any more: the connection is stuck.
 */
export class CallQueue {
  readonly #send: (call: PendingCall) => void
  readonly #onStuck: (unansweredCalls: number) => void
  readonly #gate = new DriverGate()
  readonly #inFlight = new Map<number, PendingCall>()
  readonly #deadlines = new DeadlineTimer((nowMs) => this.#expire(nowMs))
  #waiting: PendingCall[] = []
  #stuckTimer: NodeJS.Timeout | undefined

  /**
   * `send` encodes and sends and sets `serial`; when it throws, the call fails with that. `onStuck` is told when calls
   * that were given up hold all slots and none of them is answered.
   */
  constructor(send: (call: PendingCall) => void, onStuck: (unansweredCalls: number) => void) {
    this.#send = send
    this.#onStuck = onStuck
  }

  add(call: PendingCall): void {
    if (!this.#accept(call)) return
    this.#deadlines.watch(call.deadlineMs)
    if (call.signal !== undefined) {
      call.onAbort = () => this.#abandon(call, aborted(call))
      call.signal.addEventListener('abort', call.onAbort, { once: true })
    }
  }

  /** Sends a call at once, beside those in flight: the daemon's spare request is for the goodbye. */
  addUrgent(call: PendingCall): void {
    if (this.#start(call)) this.#deadlines.watch(call.deadlineMs)
  }

  /** Sends the call or lets it wait; false when it has failed. */
  #accept(call: PendingCall): boolean {
    if (call.signal?.aborted) {
      call.fail(aborted(call))
      return false
    }
    if (this.#inFlight.size < IN_FLIGHT_MAX && this.#gate.admits(call.procedure)) return this.#start(call)
    if (this.#waiting.length < WAITING_MAX) {
      this.#waiting.push(call)
      return true
    }
    call.fail(new AppError('libvirt.queue-full', { limit: WAITING_MAX }, { retry: 'safe' }))
    return false
  }

  /** The call with this serial while it is in flight. */
  find(serial: number): PendingCall | undefined {
    return this.#inFlight.get(serial)
  }

  /** Takes the call that a reply belongs to out of flight and lets the next one go. `ok`: it is no error. */
  settle(serial: number, ok: boolean): PendingCall | undefined {
    const call = this.#inFlight.get(serial)
    if (call === undefined) return undefined
    this.#inFlight.delete(serial)
    this.#gate.answered(call.procedure, ok)
    this.#watchSlots()
    forgetSignal(call)
    if (this.#waiting.length > 0) this.#startNext()
    return call
  }

  /** Fails every call as outcome unknown; the daemon's replies to those in flight are still awaited, and passed over. */
  abandonAll(reason: string, cause: unknown): void {
    const calls = [...this.#inFlight.values(), ...this.#waiting]
    this.#waiting = []
    for (const call of calls) {
      if (call.abandoned) continue
      this.#abandon(call, outcomeUnknown(call.procedure.name, reason, call.serial !== 0, cause))
    }
  }

  /** Ends every call as outcome unknown. */
  end(reason: string, cause: unknown): void {
    this.#deadlines.stop()
    this.abandonAll(reason, cause)
    this.#inFlight.clear()
    this.#watchSlots()
  }

  #start(call: PendingCall): boolean {
    try {
      this.#send(call)
    } catch (error) {
      forgetSignal(call)
      call.fail(error)
      return false
    }
    this.#inFlight.set(call.serial, call)
    this.#gate.sent(call.procedure)
    return true
  }

  #startNext(): void {
    while (this.#inFlight.size < IN_FLIGHT_MAX) {
      const place = this.#waiting.findIndex(({ procedure }) => this.#gate.admits(procedure))
      const [next] = place < 0 ? [] : this.#waiting.splice(place, 1)
      if (next === undefined) return
      this.#start(next)
    }
  }

  /** Called whenever a slot may have been given up or answered. */
  #watchSlots(): void {
    const isStuck =
      this.#inFlight.size >= IN_FLIGHT_MAX && [...this.#inFlight.values()].every(({ abandoned }) => abandoned)
    if (!isStuck) {
      clearTimeout(this.#stuckTimer)
      this.#stuckTimer = undefined
      return
    }
    this.#stuckTimer ??= setTimeout(() => this.#onStuck(this.#inFlight.size), STUCK_MS)
    this.#stuckTimer.unref()
  }

  #abandon(call: PendingCall, error: AppError): void {
    forgetSignal(call)
    const place = this.#waiting.indexOf(call)
    if (place >= 0) this.#waiting.splice(place, 1)
    call.abandoned = true
    this.#watchSlots()
    call.fail(error)
  }

  #expire(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY
    for (const call of [...this.#inFlight.values(), ...this.#waiting]) {
      if (call.abandoned) continue
      if (call.deadlineMs <= nowMs) this.#abandon(call, timedOut(call))
      else nextMs = Math.min(nextMs, call.deadlineMs)
    }
    return nextMs
  }
}

function forgetSignal(call: PendingCall): void {
  if (call.onAbort === undefined) return
  call.signal?.removeEventListener('abort', call.onAbort)
  call.onAbort = undefined
}

function aborted(call: PendingCall): AppError {
  const retry = call.serial === 0 ? 'safe' : 'after-refresh'
  return new AppError('libvirt.call-aborted', { procedure: call.procedure.name }, { retry, cause: call.signal?.reason })
}

function timedOut(call: PendingCall): AppError {
  const retry = call.serial === 0 ? 'safe' : 'after-refresh'
  return new AppError(
    'libvirt.call-timed-out',
    { procedure: call.procedure.name, timeoutMs: call.timeoutMs },
    { retry },
  )
}
