import type { DatacenterStatus, StorageDomainStatus } from '../../shared/domain/index.ts'

/** A storage domain that is attached to the datacenter. */
export interface AttachedDomain {
  readonly type: 'data' | 'iso' | 'export'
  readonly isMaster: boolean
  readonly status: StorageDomainStatus
}

export interface DatacenterFacts {
  readonly domains: readonly AttachedDomain[]
  /** Hosts that are up in its clusters. */
  readonly upHostCount: number
  /** Who does the metadata writes of storage: chosen; being chosen; or none of the hosts that are up may be. */
  readonly storageManager: 'chosen' | 'contending' | 'none'
}

/**
 * The status of a datacenter, after oVirt. It follows its master domain: without one it is `uninitialized`; one in maintenance
 * takes the datacenter along; one that is active makes it `up`; one that is neither, or that no host is up to speak for, leaves
 * it `non-responsive`. With an active master and hosts, it is `contend` while a storage manager is being chosen, and
 * `not-operational` when none of the hosts may be it. Pure.
 */
export function decideDatacenterStatus({ domains, upHostCount, storageManager }: DatacenterFacts): DatacenterStatus {
  const master = domains.find(({ type, isMaster }) => type === 'data' && isMaster)
  if (master === undefined || master.status === 'unattached') return 'uninitialized'
  if (master.status === 'maintenance' || master.status === 'preparing-for-maintenance') return 'maintenance'
  if (master.status !== 'active' || upHostCount === 0) return 'non-responsive'
  if (storageManager === 'contending') return 'contend'
  return storageManager === 'none' ? 'not-operational' : 'up'
}
