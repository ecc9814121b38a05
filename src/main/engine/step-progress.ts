import type { StepSpec } from './command-handler.ts'

/** Where a task is: the index of its current step (-1 before the first) and 0–1 inside it. */
export interface StepPosition {
  readonly index: number
  readonly fraction: number
}

/** 0–1 over all steps by their weights; null without steps or without weight. */
export function decideProgress(steps: readonly StepSpec[], { index, fraction }: StepPosition): number | null {
  const total = steps.reduce((sum, step) => sum + step.weight, 0)
  if (total <= 0) return null
  let done = 0
  for (const [position, step] of steps.entries()) {
    if (position < index) done += step.weight
    else if (position === index) done += step.weight * Math.min(1, Math.max(0, fraction))
  }
  return Math.min(1, done / total)
}

/** May a cancel be asked for here: is this step cancellable, or one that is still to come? */
export function isCancellableFrom(steps: readonly StepSpec[], index: number): boolean {
  return steps.some((step, position) => position >= index && step.cancellable)
}
