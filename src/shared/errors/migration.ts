/** Raised about moving a running machine to another host (`src/main/migration`). Warnings are the same shapes. */
export interface MigrationErrors {
  /** It is there already. */
  'migration.same-host': { name: string; hostName: string }
  'migration.host-not-up': { hostName: string; status: string }
  /** The host belongs to another cluster: its CPU level, networks and storage are promised to nobody here. */
  'migration.other-cluster': { hostName: string; clusterName: string }
  'migration.other-datacenter': { hostName: string; clusterName: string }
  /** No obstacle where another cluster was named. */
  'migration.to-other-cluster': { hostName: string; clusterName: string }
  'migration.architecture': { hostName: string; architecture: string; needed: string }
  /** Less memory is left, after what runs there and the overcommit of the cluster, than the machine may use. */
  'migration.memory': { hostName: string; neededMiB: number; freeMiB: number }
  /** The host has less than the CPU level of the cluster. */
  'migration.cpu': { hostName: string; missing: string }
  /** The machine was given the CPU of its host as it is, and the other host has another one. */
  'migration.cpu-passed-through': { hostName: string; cpuModel: string; sourceModel: string }
  'migration.device-of-host': { name: string; device: string }
  /** Nothing says that the file is the same one on both hosts. */
  'migration.local-disk': { path: string; hostName: string }
  /** No obstacle, as it is copied along. */
  'migration.disk-copied': { path: string; hostName: string }
  /** The other host has a file of that name: an older copy, or both see the same file. */
  'migration.disk-exists': { path: string; hostName: string }
  'migration.disk-room': { path: string; hostName: string; neededBytes: number; freeBytes: number }
  /** `why`: backing-file, format, unreadable, used. */
  'migration.disk-not-copied': { path: string; hostName: string; why: string; detail: string }
  'migration.storage-not-connected': { storageDomain: string; hostName: string }
  'migration.network-missing': { network: string; hostName: string }
  'migration.network-down': { network: string; hostName: string }
  'migration.bridge-missing': { bridge: string; hostName: string }
  /** Another definition with this UUID, or another machine of this name. */
  'migration.taken': { hostName: string; name: string }
  'migration.older-version': { hostName: string; version: string; sourceVersion: string }
  'migration.machine-type': { hostName: string; machineType: string }
  /** The host’s own libvirt compared the machine’s CPU with its own. */
  'migration.cpu-incompatible': { hostName: string; detail: string }
  'migration.file-missing': { hostName: string; path: string }
  /** No host of the cluster can take it. */
  'migration.no-host': { name: string }
  /** The hosts cannot reach each other for the memory. */
  'migration.unreachable': { hostName: string; address: string; message: string }
  /** It failed; it runs on where it was. libvirt’s own words. */
  'migration.failed': { name: string; hostName: string; message: string }
  /** The destination was lost on the way; it runs on where it was. */
  'migration.destination-lost': { name: string; hostName: string }
  /** The guest writes its memory faster than it can be sent, and its policy gives up then. */
  'migration.does-not-converge': { name: string; policy: string }
  /** Whether it runs, and where, could not be seen. */
  'migration.outcome-unknown': { name: string; hostName: string }
  'migration.not-running': { name: string }
  'migration.no-post-copy': { name: string; policy: string }
}
