import type { HostId, HostStatus } from '../../../shared/domain/index.ts'
import type { StorageManager } from '../on-host/types.ts'

export interface ManagerCandidate {
  readonly id: HostId
  readonly status: HostStatus
  /** -1: never. */
  readonly priority: number
  /** It does not reach the master domain. */
  readonly isCutOff: boolean
}

/** A host whose connection is being made anew: it is waited for, as long as it may be silent. */
const WAITED_FOR: ReadonlySet<HostStatus> = new Set(['connecting', 'initializing'])

/**
 * Who manages the storage of a datacenter, after oVirt: who does it stays, also while it is silent for a while; else one of the hosts that are up,
 * of the highest priority, at random among equals (`random`: from 0 to below 1). Pure.
 */
export function decideStorageManager(
  hosts: readonly ManagerCandidate[],
  currentId: HostId | null,
  random: () => number,
): StorageManager {
  const allowed = hosts.filter(({ priority }) => priority >= 0)
  const up = allowed.filter(({ status }) => status === 'up')
  const current = allowed.find(({ id }) => id === currentId)
  const fit = up.filter(({ isCutOff }) => !isCutOff)
  if (current !== undefined && fit.includes(current)) return { status: 'chosen', hostId: current.id }
  if (current !== undefined && WAITED_FOR.has(current.status)) return { status: 'contending', hostId: current.id }
  const highest = Math.max(...fit.map(({ priority }) => priority))
  const equals = fit.filter(({ priority }) => priority === highest)
  const chosen = equals[Math.min(equals.length - 1, Math.floor(random() * equals.length))]
  if (chosen !== undefined) return { status: 'chosen', hostId: chosen.id }
  return { status: up.length === 0 ? 'none' : 'contending', hostId: null }
}
