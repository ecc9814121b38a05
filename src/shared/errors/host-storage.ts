/** Raised about the storage pools and volumes of a host's own libvirt (`src/main/host-storage`). */
export interface HostStorageErrors {
  'host-pool.not-found': { hostName: string; poolId: string }
  'host-pool.name-taken': { name: string; hostName: string }
  /** `other`: the pool that has it. */
  'host-pool.place-taken': { path: string; hostName: string; other: string }
  /** The path is a storage domain's, in it, or around it. */
  'host-pool.place-of-domain': { path: string; domainName: string }
  /** The pool is a storage domain's: that is worked on as a domain. */
  'host-pool.is-domain': { name: string; domainName: string }
  /** This host's libvirt has no such pools. */
  'host-pool.type-missing': { type: string; hostName: string }
  /** `names`: the first of the machines, separated by commas; `count`: all of them. */
  'host-pool.used': { name: string; hostName: string; names: string; count: number }
  'host-pool.not-active': { name: string }
  'host-pool.already-active': { name: string }
  /** It exists only as long as it runs. */
  'host-pool.transient': { name: string }
  /** `message`: libvirt's own words. */
  'host-pool.refused': { name: string; hostName: string; message: string }
  'host-volume.not-found': { name: string; poolName: string }
  'host-volume.name-taken': { name: string; poolName: string }
  /** Logical volumes and those of ZFS have names of fewer characters. */
  'host-volume.name-unfit': { name: string; poolName: string }
  /** Volumes that are no files are raw. */
  'host-volume.format-unfit': { format: string; poolName: string }
  'host-volume.too-large': { name: string; poolName: string; sizeBytes: number; availableBytes: number }
  'host-volume.used': { name: string; names: string; count: number }
  /** Other volumes build on it. */
  'host-volume.backing': { name: string; names: string; count: number }
}
