import type { HostStatus, HostWish } from '../../shared/domain/index.ts'
import type { ReachStatus } from '../hosts/index.ts'

/** All that the status of a host follows from. */
export interface HostStatusFacts {
  /** What the way to the host tells. */
  readonly reach: ReachStatus
  /** Something answers there: sshd, if not libvirt. */
  readonly isAnswering: boolean
  readonly wish: HostWish
  /** VMs that run there, or ran when it was last heard. */
  readonly runningVmCount: number
  /** The time that a reboot or a shutdown may take is over. */
  readonly isOverdue: boolean
  /** What lacks on it is being installed, or could not be. */
  readonly installation: 'none' | 'running' | 'failed'
  /** It answers, but something that its cluster asks for is not there. */
  readonly hasObstacle: boolean
}

/**
 * The status of a host by oVirt's words, from what is wished of it and what is seen of it. Nothing is stored as a status: after
 * a restart of the engine the same facts give the same word.
 *
 * `down` is only said of a host that was shut down through us and is silent since: any other silence may hide running VMs.
 * A wish for maintenance does not hide the loss of a host on which VMs ran.
 */
export function decideHostStatus(facts: HostStatusFacts): HostStatus {
  const { reach, isAnswering, wish, runningVmCount, isOverdue, installation, hasObstacle } = facts
  if (installation === 'running') return 'installing'
  if (wish.power?.action === 'reboot' && !isOverdue) return 'reboot'
  if (wish.power?.action === 'shutdown' && !isAnswering) return 'down'
  if (wish.maintenance !== null) {
    if (runningVmCount === 0) return 'maintenance'
    if (reach === 'up' || reach === 'initializing') return 'preparing-for-maintenance'
  }
  if (installation === 'failed' && reach !== 'up') return 'install-failed'
  return reach === 'up' && hasObstacle ? 'non-operational' : reach
}

/** Since when, milliseconds since the epoch, by the stamps of what the status follows from. Pure. */
export function decideStatusSince(
  status: HostStatus,
  {
    wish,
    reachSince,
    installedSince,
  }: { readonly wish: HostWish; readonly reachSince: number; readonly installedSince: number | null },
): number {
  if (status === 'installing' || status === 'install-failed') return installedSince ?? reachSince
  if (status === 'reboot') return wish.power?.since ?? reachSince
  if (status === 'maintenance' || status === 'preparing-for-maintenance') return wish.maintenance?.since ?? reachSince
  return reachSince
}
