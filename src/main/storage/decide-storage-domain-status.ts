import type { StorageConnection, StorageDomainStatus } from '../../shared/domain/index.ts'

/** What an operation that is at work makes of the status. */
export type DomainWork = 'locked' | 'activating' | 'preparing-for-maintenance' | 'detaching'

export interface StorageDomainFacts {
  readonly isAttached: boolean
  readonly work: DomainWork | null
  /** Hosts are to have it. */
  readonly wishedActive: boolean
  /** How the hosts of its datacenter that can be asked stand to it. */
  readonly connections: readonly StorageConnection['status'][]
  /** Since this long no host reaches it, milliseconds; null: one does, or nobody has tried. */
  readonly troubleMs: number | null
  /** Some host has reached it since it was last taken into use. */
  readonly wasReached: boolean
  /** Trouble on all hosts is waited out for so long. */
  readonly patienceMs: number
}

/**
 * The status of a storage domain, after oVirt. Operations come first; one that is to be in use is `active` as long as any host
 * reaches it, and for the time that trouble is waited out; then `inactive`. `unknown`: no host can be asked. Pure.
 */
export function decideStorageDomainStatus(facts: StorageDomainFacts): StorageDomainStatus {
  const { isAttached, work, wishedActive, connections, troubleMs, wasReached, patienceMs } = facts
  if (work !== null) return work
  if (!isAttached) return 'unattached'
  if (!wishedActive) return 'maintenance'
  if (connections.includes('connected')) return 'active'
  if (connections.length === 0 || troubleMs === null) return 'unknown'
  return wasReached && troubleMs < patienceMs ? 'active' : 'inactive'
}
