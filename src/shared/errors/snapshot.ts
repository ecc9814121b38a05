/** Raised about snapshots of a virtual machine (`src/main/snapshot`). `name`: the machine. */
export interface SnapshotErrors {
  'snapshot.not-found': { name: string; snapshot: string }
  'snapshot.name-taken': { name: string; snapshot: string }
  /** It has no disk that could be kept. */
  'snapshot.no-disk': { name: string }
  /** Neither kind is possible: `target` is a disk of the type and format `what`. */
  'snapshot.disk-unfit': { name: string; target: string; what: string }
  /** Another one works on its snapshots: `command`, asked for by `user`. */
  'snapshot.at-work': { name: string; command: string; user: string }
  /** libvirt of the host is too old for what is asked. */
  'snapshot.host-too-old': { name: string; hostName: string; version: string; needed: string }
  /** `snapshot` lies in images that the layers of `other` lie on: that one is to go first. */
  'snapshot.below-layers': { name: string; snapshot: string; other: string }
  /** Others go on from it, beside what the machine is now: merging would change them. */
  'snapshot.has-branches': { name: string; snapshot: string; others: string }
  /** Other machines, or disks that nobody has, lie on the images that would be merged. */
  'snapshot.has-clones': { name: string; snapshot: string; others: string }
  /** What lies on the storage is not what the definitions say: `path`, and why. */
  'snapshot.chain-broken': { name: string; path: string; detail: string }
  /** Its host did not tell of its snapshots. */
  'snapshot.unread': { name: string; hostName: string }
  /** What a machine with snapshots cannot do. */
  'snapshot.blocks': { name: string; action: string }
}
