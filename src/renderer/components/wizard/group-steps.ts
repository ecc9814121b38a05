import type { CommandPlan } from '../../../shared/contract/index.ts'

type PlannedStep = CommandPlan['steps'][number]

/** Steps that follow each other on the same host, together. `hostId` is null for what concerns the inventory only. */
export interface StepGroup {
  readonly hostId: string | null
  readonly steps: readonly PlannedStep[]
}

/** A plan in its order, by host. Pure. */
export function groupSteps(steps: readonly PlannedStep[]): readonly StepGroup[] {
  const groups: { readonly hostId: string | null; readonly steps: PlannedStep[] }[] = []
  for (const step of steps) {
    const last = groups.at(-1)
    if (last?.hostId === step.hostId) last.steps.push(step)
    else groups.push({ hostId: step.hostId, steps: [step] })
  }
  return groups
}
