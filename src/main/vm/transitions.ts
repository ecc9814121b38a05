import type { VmId } from '../../shared/domain/index.ts'
import type { Clock } from '../engine/index.ts'
import type { TransitionKind } from './decide-status.ts'

interface Transition {
  readonly kind: TransitionKind
  readonly cancelTimer: () => void
}

/** Our own actions under way, by VM: they give a VM statuses that libvirt does not know. */
export class Transitions {
  readonly #clock: Clock
  readonly #onChange: (vmId: VmId) => void
  readonly #byVm = new Map<VmId, Transition>()

  constructor(clock: Clock, onChange: (vmId: VmId) => void) {
    this.#clock = clock
    this.#onChange = onChange
  }

  kindOf(vmId: VmId): TransitionKind | null {
    return this.#byVm.get(vmId)?.kind ?? null
  }

  /** Begins one, in place of what was there. It ends by the returned function, or by itself after `limitMs`: `onOver` tells that. */
  begin(vmId: VmId, kind: TransitionKind, limitMs: number, onOver: () => void = () => undefined): () => void {
    this.#byVm.get(vmId)?.cancelTimer()
    const cancelTimer = this.#clock.after(limitMs, () => {
      this.#end(vmId, transition)
      onOver()
    })
    const transition: Transition = { kind, cancelTimer }
    this.#byVm.set(vmId, transition)
    this.#onChange(vmId)
    return () => this.#end(vmId, transition)
  }

  /** Ends whichever of these kinds is under way. */
  end(vmId: VmId, ...kinds: readonly TransitionKind[]): void {
    const transition = this.#byVm.get(vmId)
    if (transition !== undefined && kinds.includes(transition.kind)) this.#end(vmId, transition)
  }

  stop(): void {
    for (const transition of this.#byVm.values()) transition.cancelTimer()
    this.#byVm.clear()
  }

  #end(vmId: VmId, transition: Transition): void {
    if (this.#byVm.get(vmId) !== transition) return
    transition.cancelTimer()
    this.#byVm.delete(vmId)
    this.#onChange(vmId)
  }
}
