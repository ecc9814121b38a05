import type { EventKind, VmId } from '../../shared/domain/index.ts'
import type { Clock } from '../engine/index.ts'

/** An event that one of our commands is going to cause. */
export interface Expectation {
  /** Each of them once. */
  readonly kinds: readonly EventKind[]
  /** Only events with this reason (`params.reason` of the line); another one is somebody else's doing. */
  readonly reason?: string | undefined
  readonly user: string
  readonly command: string
  /** The command's own line says it all: the event gets none. Else the event's line names who caused it. */
  readonly silent: boolean
  /** Milliseconds after which an event of that kind is not ours any more. */
  readonly withinMs: number
  /** For what only asks the guest: told once, whether one of the events came, or the machine's end for another reason. */
  readonly onAnswer?: ((outcome: 'done' | 'overtaken') => void) | undefined
}

interface Expected {
  readonly expectation: Expectation
  /** Kinds that have not come yet. */
  readonly pending: Set<EventKind>
  /** By the monotonic clock. */
  until: number
}

/** Events trail the reply of the call that caused them by this much at most. */
const TRAILING_MS = 5_000
const EXPECTED_LIMIT = 16
/** After these a guest does nothing more that it was asked for. */
const ENDS: ReadonlySet<EventKind> = new Set<EventKind>(['vm.stopped', 'vm.crashed', 'vm.saved', 'vm.undefined'])

/** Tells which of the hosts' events are the doing of our own commands. */
export class OwnActions {
  readonly #clock: Clock
  readonly #byVm = new Map<VmId, Expected[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** From now on such events are ours. The returned function says that the command ended: only stragglers come. */
  expect(vmId: VmId, expectation: Expectation): () => void {
    const now = this.#clock.monotonicMs()
    const expected: Expected = {
      expectation,
      pending: new Set(expectation.kinds),
      until: now + expectation.withinMs,
    }
    const others = (this.#byVm.get(vmId) ?? []).filter((each) => each.until >= now && each.pending.size > 0)
    this.#byVm.set(vmId, [expected, ...others].slice(0, EXPECTED_LIMIT))
    if (this.#byVm.size > 1_000) this.#forgetOld(now)
    return () => {
      expected.until = Math.min(expected.until, this.#clock.monotonicMs() + TRAILING_MS)
    }
  }

  /** The command that caused this event, or null. The next such event is not its doing any more. */
  match(vmId: VmId, kind: EventKind, reason?: unknown): Expectation | null {
    const now = this.#clock.monotonicMs()
    const waiting = (this.#byVm.get(vmId) ?? []).filter(({ until, pending }) => until >= now && pending.size > 0)
    const isIt = ({ expectation, pending }: Expected) =>
      pending.has(kind) && (expectation.reason === undefined || expectation.reason === reason)
    const expected = waiting.find(isIt)
    for (const each of waiting) {
      const { onAnswer } = each.expectation
      // Whoever asked the guest for the same has it now, too.
      if (onAnswer === undefined || !(isIt(each) || ENDS.has(kind))) continue
      onAnswer(isIt(each) ? 'done' : 'overtaken')
      each.pending.clear()
    }
    expected?.pending.delete(kind)
    return expected?.expectation ?? null
  }

  #forgetOld(now: number): void {
    for (const [vmId, expected] of this.#byVm) {
      if (expected.every((each) => each.until < now)) this.#byVm.delete(vmId)
    }
  }
}
