import type { Vm } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { Clock } from '../engine/index.ts'
import { domainReference, type HostLink, type TypedParameterValue, typedParametersToObject } from '../hosts/index.ts'
import { decideRemaining } from './decide-remaining.ts'
import { JOB_NONE } from './libvirt-flags.ts'
import { decideConvergence, MIGRATION_POLICIES, type MigrationPolicyName } from './policies.ts'

const INTERVAL_MS = 500
const CALL_TIMEOUT_MS = 10_000

/** How far the memory is, by libvirt's own statistics of the job. */
export interface MigrationProgress {
  readonly fraction: number | null
  readonly iteration: number
  readonly remainingMiB: number
  readonly mibPerSecond: number
  /** 0–99: how much of its time the guest's CPUs are held back for. */
  readonly throttlePercent: number
  /** Until it is sent, at the rate of now; null: nothing moves, or the guest writes faster. */
  readonly remainingSeconds: number | null
}

export interface WatchOptions {
  readonly link: HostLink
  readonly vm: Vm
  readonly policyName: MigrationPolicyName
  readonly clock: Clock
  readonly report: (progress: MigrationProgress) => void
  /** The policy gives up. */
  readonly giveUp: (why: AppError) => void
  readonly log: (what: string, error: unknown) => void
}

/** What libvirt's statistics say. Pure. */
export function decideProgress(statistics: Readonly<Record<string, TypedParameterValue>>): MigrationProgress {
  const number = (field: string) => Number(statistics[field] ?? 0)
  const total = number('data_total') || number('memory_total')
  const remaining = number('data_remaining') || number('memory_remaining')
  const mib = 1024 * 1024
  return {
    fraction: total > 0 ? Math.min(1, Math.max(0, 1 - remaining / total)) : null,
    iteration: number('memory_iteration'),
    remainingMiB: Math.ceil(remaining / mib),
    mibPerSecond: Math.round(number('memory_bps') / mib),
    throttlePercent: number('auto_converge_throttle'),
    remainingSeconds: decideRemaining({
      remainingBytes: remaining,
      bytesPerSecond: number('memory_bps'),
      dirtyBytesPerSecond: number('memory_dirty_rate') * number('memory_page_size'),
    }),
  }
}

/**
 * Looks at the job twice a second, tells how far it is, and does what the policy asks for so that it ends. Returns how to stop. What
 * fails here fails nothing: the phase that is under way tells how the migration ended.
 */
export function watchMigration({ link, vm, policyName, clock, report, giveUp, log }: WatchOptions): () => void {
  const policy = MIGRATION_POLICIES[policyName]
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const limits = { timeoutMs: CALL_TIMEOUT_MS }
  let convergence = { downtimeMs: policy.firstDowntimeMs, doneAtIteration: 0 }
  let stopped = false
  let hasFirstDowntime = false
  let cancelTimer: () => void = () => undefined

  async function allow(downtimeMs: number): Promise<void> {
    const args = { dom, downtime: BigInt(downtimeMs), flags: 0 }
    await link.control().call('DOMAIN_MIGRATE_SET_MAX_DOWNTIME', args, limits)
  }

  async function converge(iteration: number): Promise<void> {
    const move = decideConvergence(policy, convergence, iteration)
    if (move.do === 'nothing') return
    if (move.do === 'allow') {
      convergence = { downtimeMs: move.downtimeMs, doneAtIteration: iteration }
      await allow(move.downtimeMs)
      return
    }
    convergence = { ...convergence, doneAtIteration: Number.POSITIVE_INFINITY }
    if (move.do === 'post-copy') await link.control().call('DOMAIN_MIGRATE_START_POST_COPY', { dom, flags: 0 }, limits)
    else
      giveUp(new AppError('migration.does-not-converge', { name: vm.name, policy: policyName }, { subject: vm.name }))
  }

  async function look(): Promise<void> {
    try {
      const job = await link.control().call('DOMAIN_GET_JOB_STATS', { dom, flags: 0 }, limits)
      if (!stopped && job.type !== JOB_NONE) {
        if (!hasFirstDowntime) {
          hasFirstDowntime = true
          await allow(policy.firstDowntimeMs)
        }
        const progress = decideProgress(typedParametersToObject(job.params))
        report(progress)
        if (!stopped) await converge(progress.iteration)
      }
    } catch (error) {
      // The job may have ended in between. A host that cannot be asked is seen by the phase itself.
      if (!isAppError(error)) throw error
      if (!stopped) log('how far a migration is could not be read', error)
    }
    if (!stopped) cancelTimer = clock.after(INTERVAL_MS, () => void look())
  }

  cancelTimer = clock.after(INTERVAL_MS, () => void look())
  return () => {
    stopped = true
    cancelTimer()
  }
}
