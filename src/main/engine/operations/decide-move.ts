import type { OperationRecord, StepPhase } from '../../../shared/domain/index.ts'

/** What to do next with an operation. `index`: of the step. */
export type Move =
  | { readonly do: 'run' | 'inspect' | 'undo'; readonly index: number }
  /** It has come to its end: all is done, or nothing of it is left. */
  | { readonly do: 'settle'; readonly status: 'succeeded' | 'failed' | 'cancelled' }
  /** Nothing more can be done now. */
  | { readonly do: 'wait'; readonly status: 'unknown' | 'left-behind' }

/** Nothing of such a step is there. */
const WITHOUT_EFFECT: ReadonlySet<StepPhase> = new Set(['pending', 'failed', 'undone'])
/** Nobody knows whether its effect is there. */
const IN_DOUBT: ReadonlySet<StepPhase> = new Set(['running', 'unknown'])

/**
 * The next move of an operation by its record alone. `tried`: steps that this attempt has looked at or undone in vain; they are
 * not tried again before the next attempt. Pure.
 */
export function decideMove(record: OperationRecord, tried: ReadonlySet<number>): Move {
  return record.direction === 'forward' ? decideForward(record, tried) : decideBack(record, tried)
}

function decideForward({ steps }: OperationRecord, tried: ReadonlySet<number>): Move {
  const index = steps.findIndex(({ phase }) => phase !== 'done')
  const step = steps[index]
  if (step === undefined) return { do: 'settle', status: 'succeeded' }
  if (tried.has(index)) return { do: 'wait', status: 'unknown' }
  return { do: step.phase === 'pending' ? 'run' : 'inspect', index }
}

/**
 * From the last step to the first. A step whose undoing has to wait holds back the earlier ones of its host, and those that
 * concern the inventory: what the inventory says of a host must outlive what is there. Other hosts go on.
 */
function decideBack(record: OperationRecord, tried: ReadonlySet<number>): Move {
  const { plan, steps } = record
  const waiting: (string | null)[] = []
  let inDoubt = false
  for (let index = steps.length - 1; index >= 0; index -= 1) {
    const phase = steps[index]?.phase ?? 'pending'
    if (WITHOUT_EFFECT.has(phase)) continue
    const hostId = plan.steps[index]?.hostId ?? null
    const heldBack = waiting.some((other) => other === null || hostId === null || other === hostId)
    if (!heldBack && !tried.has(index)) return { do: IN_DOUBT.has(phase) ? 'inspect' : 'undo', index }
    waiting.push(hostId)
    inDoubt ||= IN_DOUBT.has(phase)
  }
  if (waiting.length > 0) return { do: 'wait', status: inDoubt ? 'unknown' : 'left-behind' }
  return { do: 'settle', status: record.error?.code === 'task.cancelled' ? 'cancelled' : 'failed' }
}

/** May a cancel be asked for: is the step that it is at cancellable, or one that is still to come? Not on the way back. */
export function isCancellable({ plan, steps, direction, status }: OperationRecord): boolean {
  if (direction === 'back' || (status !== 'queued' && status !== 'running')) return false
  return status === 'queued' || plan.steps.some((step, index) => step.cancellable && steps[index]?.phase !== 'done')
}

/** 0–1 over all steps by their weights, with `fraction` of the step at work; null without weight. */
export function decideProgress({ plan, steps }: OperationRecord, fraction: number): number | null {
  const total = plan.steps.reduce((sum, step) => sum + step.weight, 0)
  if (total <= 0) return null
  let done = 0
  for (const [index, { weight }] of plan.steps.entries()) {
    const phase = steps[index]?.phase
    if (phase === 'done') done += weight
    else if (phase === 'running') done += weight * Math.min(1, Math.max(0, fraction))
  }
  return Math.min(1, done / total)
}
