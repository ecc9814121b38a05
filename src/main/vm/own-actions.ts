import type { EventKind, VmId } from '../../shared/domain/index.ts'
import type { Clock } from '../engine/index.ts'

/** An event that one of our commands is going to cause. */
export interface Expectation {
  readonly kinds: readonly EventKind[]
  readonly user: string
  readonly command: string
  /** The command's own line says it all: the event gets none. Else the event's line names who caused it. */
  readonly silent: boolean
  /** Milliseconds after which an event of that kind is not ours any more. */
  readonly withinMs: number
}

interface Expected extends Expectation {
  readonly until: number
}

/** Events trail the reply of the call that caused them by this much at most. */
const TRAILING_MS = 5_000
const EXPECTED_LIMIT = 16

/** Tells which of the hosts' events are the doing of our own commands. */
export class OwnActions {
  readonly #clock: Clock
  readonly #byVm = new Map<VmId, Expected[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** From now on such events are ours. The returned function says that the command ended: only stragglers come. */
  expect(vmId: VmId, expectation: Expectation): () => void {
    const expected: Expected = { ...expectation, until: this.#clock.now() + expectation.withinMs }
    this.#replace(vmId, null, expected)
    return () => this.#replace(vmId, expected, { ...expected, until: this.#clock.now() + TRAILING_MS })
  }

  /** The command that caused an event of this kind, or null. */
  match(vmId: VmId, kind: EventKind): Expectation | null {
    const now = this.#clock.now()
    return this.#byVm.get(vmId)?.find((expected) => expected.until >= now && expected.kinds.includes(kind)) ?? null
  }

  #replace(vmId: VmId, old: Expected | null, next: Expected): void {
    const now = this.#clock.now()
    const others = (this.#byVm.get(vmId) ?? []).filter((expected) => expected !== old && expected.until >= now)
    this.#byVm.set(vmId, [next, ...others].slice(0, EXPECTED_LIMIT))
    if (this.#byVm.size > 1_000) this.#forgetOld(now)
  }

  #forgetOld(now: number): void {
    for (const [vmId, expected] of this.#byVm) {
      if (expected.every((each) => each.until < now)) this.#byVm.delete(vmId)
    }
  }
}
