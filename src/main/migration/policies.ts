import type { Cluster } from '../../shared/domain/index.ts'

export type MigrationPolicyName = Cluster['settings']['migrationPolicy']

/** How long the guest may stand still at the end, milliseconds, once memory has been sent so many times. */
export interface DowntimeStep {
  readonly afterIteration: number
  readonly downtimeMs: number
}

/** What to do with a guest that dirties its memory faster than it is sent, after the last of its steps. */
export type LastStep = 'abort' | 'post-copy'

export interface MigrationPolicy {
  /** At most so many at once out of a host, and so many into one. */
  readonly atOnce: number
  readonly autoConverge: boolean
  readonly firstDowntimeMs: number
  readonly steps: readonly DowntimeStep[]
  readonly last: LastStep
  /** One iteration after this one the last step is due. */
  readonly lastAfterIteration: number
  /** Connections that the memory is sent over, where both hosts can; null: one. */
  readonly parallelConnections: number | null
}

const steps = (...downtimes: readonly number[]): readonly DowntimeStep[] =>
  downtimes.map((downtimeMs, index) => ({ afterIteration: [1, 2, 3, 4, 6][index] ?? 6, downtimeMs }))

/** oVirt's migration policies, in its numbers. */
export const MIGRATION_POLICIES: Readonly<Record<MigrationPolicyName, MigrationPolicy>> = {
  'minimal-downtime': {
    atOnce: 2,
    autoConverge: true,
    firstDowntimeMs: 100,
    steps: steps(150, 200, 300, 400, 500),
    last: 'abort',
    lastAfterIteration: 12,
    parallelConnections: null,
  },
  'suspend-if-needed': {
    atOnce: 1,
    autoConverge: true,
    firstDowntimeMs: 100,
    steps: [...steps(150, 200, 300, 400, 500), { afterIteration: 8, downtimeMs: 5_000 }],
    last: 'abort',
    lastAfterIteration: 14,
    parallelConnections: null,
  },
  'post-copy': {
    atOnce: 2,
    autoConverge: true,
    firstDowntimeMs: 100,
    steps: steps(150, 200),
    last: 'post-copy',
    lastAfterIteration: 3,
    parallelConnections: null,
  },
  'very-large-vms': {
    atOnce: 1,
    autoConverge: true,
    firstDowntimeMs: 300,
    steps: [...steps(400, 500, 700, 1_000, 1_500), { afterIteration: 8, downtimeMs: 5_000 }],
    last: 'abort',
    lastAfterIteration: 14,
    parallelConnections: 4,
  },
}

/** What was done so far to make a guest converge. */
export interface ConvergenceState {
  /** The downtime that holds now. */
  readonly downtimeMs: number
  /** The iteration at which something was done last. */
  readonly doneAtIteration: number
}

export type ConvergenceMove =
  | { readonly do: 'nothing' }
  | { readonly do: 'allow'; readonly downtimeMs: number }
  | { readonly do: LastStep }

/**
 * What to do for a guest that is at `iteration`: at most one step each time it is looked at, and only when a new iteration has
 * begun. Pure.
 */
export function decideConvergence(
  policy: MigrationPolicy,
  { downtimeMs, doneAtIteration }: ConvergenceState,
  iteration: number,
): ConvergenceMove {
  if (iteration <= doneAtIteration) return { do: 'nothing' }
  const next = policy.steps.find((step) => step.downtimeMs > downtimeMs)
  if (next !== undefined) {
    return iteration > next.afterIteration ? { do: 'allow', downtimeMs: next.downtimeMs } : { do: 'nothing' }
  }
  return iteration > policy.lastAfterIteration ? { do: policy.last } : { do: 'nothing' }
}
