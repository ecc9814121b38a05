import type { Reference } from './reference.ts'

/** Raised about a storage domain (`src/main/storage`). `name`: the domain's; `hostName`: of the host that says so; `path`: there. */
export interface StorageErrors {
  'storage.not-found': { storageDomainId: string }
  'storage.name-taken': { name: string }
  'storage.wrong-status': { name: string; status: string; action: string }
  /** It was edited since this edit was begun: `fields` and `users`, separated by commas. */
  'storage.changed-meanwhile': { name: string; fields: string; users: string }

  // Where it lies, before anything is written.
  'storage.path-not-absolute': { path: string }
  'storage.path-missing': { hostName: string; path: string; remedy: string }
  'storage.path-not-folder': { hostName: string; path: string }
  /** `entries`: the first names in it, separated by commas. */
  'storage.path-not-empty': { hostName: string; path: string; entries: string }
  /** It lies in another domain's folder, or holds one. */
  'storage.path-nested': { path: string; other: string; otherPath: string }
  /** The same place as another domain of the inventory. */
  'storage.place-taken': { path: string; other: string }
  /** A descriptor is there: it can be imported. `name`: as the descriptor says. */
  'storage.holds-domain': { hostName: string; path: string; name: string; storageDomainId: string }
  'storage.no-descriptor': { hostName: string; path: string }
  'storage.descriptor-unreadable': { hostName: string; path: string; detail: string }
  /** Made by a newer version. */
  'storage.format-newer': { name: string; format: number; supported: number }
  /** `remedy`: the command that mends it, on that host. */
  'storage.not-writable': { hostName: string; path: string; qemuUser: string; remedy: string }
  'storage.server-unreachable': { hostName: string; server: string; reason: string }
  /** Definitions of pools are read by many: `option` would be a secret in one. */
  'storage.mount-option-secret': { option: string }
  /** `option` changes as whom files are read and written. */
  'storage.mount-option-identity': { option: string }
  /** `option` is chosen by Virtdeck, or undoes what keeps the host or the disks safe. */
  'storage.mount-option-managed': { option: string }
  'storage.export-missing': { hostName: string; server: string; path: string }
  'storage.nfs-version': { hostName: string; server: string; path: string; version: string }
  /** It serves it with an older version only: `offered`. */
  'storage.nfs-version-offered': { hostName: string; server: string; path: string; version: string; offered: string }
  'storage.nfs-client-missing': { hostName: string; remedy: string }
  'storage.root-squash': { hostName: string; path: string; remedy: string }
  /** SELinux enforces, and its boolean `name` keeps QEMU from such file systems. */
  'storage.selinux-refuses': { hostName: string; path: string; name: string; remedy: string }
  'storage.mount-failed': { hostName: string; source: string; message: string }
  'storage.read-only': { hostName: string; path: string }
  'storage.full': { hostName: string; path: string }
  /** Another pool there has the name or the target. */
  'storage.pool-conflict': { hostName: string; poolName: string; targetPath: string }
  /** Nothing answered in its time, as a server that is gone makes its clients wait. */
  'storage.not-answering': { hostName: string; path: string; timeoutMs: number }
  'storage.host-failed': { hostName: string; path: string; detail: string }
  /** Mounted by libvirt, its folder is on every host what the host's own disk has there: nothing is mounted. */
  'storage.not-mounted': { hostName: string; path: string }
  /** Who signed in is not root there, and sudo asks for a password. */
  'storage.needs-root': { hostName: string; user: string }
  /** This computer, reached by its socket: nothing is run there. */
  'storage.needs-ssh': { hostName: string }

  // Where it lies on LUNs.
  /** `remedy`: the command that installs it. */
  'storage.iscsi-client-missing': { hostName: string; remedy: string }
  'storage.lvm-missing': { hostName: string; remedy: string }
  'storage.portal-unreachable': { hostName: string; portal: string; reason: string }
  /** The portal answers, and does not let this host have the target. */
  'storage.target-refused': { hostName: string; portal: string; target: string; reason: string }
  /** CHAP: no user and password, or wrong ones. */
  'storage.chap-refused': { hostName: string; target: string }
  'storage.lun-missing': { hostName: string; lunId: string }
  /** `use`: what is on it: `volume-group`, `file-system`, …; `what`: its name. */
  'storage.lun-in-use': { hostName: string; lunId: string; use: string; what: string }
  'storage.lun-size-differs': {
    lunId: string
    hostName: string
    sizeBytes: number
    otherHostName: string
    otherBytes: number
  }
  /** Too small for what the domain itself needs. */
  'storage.lun-too-small': { lunId: string; sizeBytes: number; minimumBytes: number }
  /** Some of the LUNs that its volume group lies on are not among these. */
  'storage.volume-group-incomplete': { hostName: string; volumeGroup: string }
  /** The file system for the domain's own data is mounted on another host, which nobody here may write beside. */
  'storage.metadata-elsewhere': { hostName: string; name: string }
  /** On LUNs there are only data domains. */
  'storage.block-data-only': { type: string }

  // What the domain is on the hosts.
  /** What one host wrote, this one does not see. */
  'storage.not-shared': { hostName: string; path: string; otherHostName: string }
  'storage.no-up-host': { datacenterName: string }
  /** Every host that is up failed; `error` of the first. */
  'storage.no-host-connects': { name: string; datacenterName: string }
  /** The domain that is there now is another one. */
  'storage.other-domain': { name: string; hostName: string; path: string; foundId: string }
  /** Locks cannot be proved there. `remedy`: the command that installs what lacks. */
  'storage.lock-tools-missing': { hostName: string; program: string; remedy: string }
  'storage.owned-elsewhere': { name: string; engineName: string }
  'storage.no-manager': { datacenterName: string }

  // Rules.
  'storage.first-must-be-data': { datacenterName: string; type: string }
  'storage.master-not-active': { datacenterName: string; masterName: string }
  /** A datacenter has one ISO and one export domain at most. */
  'storage.type-taken': { datacenterName: string; type: string; other: string }
  'storage.local-only': { datacenterName: string }
  /** A datacenter with local storage has one host. */
  'storage.local-taken': { datacenterName: string; hostName: string }
  'storage.shared-only': { datacenterName: string }
  'storage.not-attached': { name: string }
  'storage.attached': { name: string; datacenterName: string }
  /** Only a domain in maintenance is detached or edited so. */
  'storage.not-in-maintenance': { name: string; status: string; action: string }
  /** `references`: machines that run with disks in it, or with a medium of it inserted. */
  'storage.in-use': { name: string; count: number; references: readonly Reference[] }
  /** What deletes it would delete these: `references`: templates and machines whose disks lie in it. */
  'storage.holds-disks': { name: string; count: number; references: readonly Reference[] }
  /** Its files are worked on: transfers, and other tasks on disks. */
  'storage.busy': { name: string; count: number }
  /** The master goes last: these are still attached. */
  'storage.master-last': { name: string; count: number; references: readonly Reference[] }
  /** Others are at work, or active without another data domain that could become master. */
  'storage.master-in-use': { name: string; count: number; references: readonly Reference[] }

  // Machines that a domain describes.
  'storage.other-datacenter': { name: string; clusterName: string }
  'storage.vm-registered': { vmName: string }
  'storage.vm-not-described': { name: string; vmId: string }
  /** `parts` of its definition would have the host do more than run it: in libvirt's words, separated by commas. */
  'storage.vm-unfit': { name: string; vmName: string; parts: string }
  /** No host of the cluster that is up reaches the domain. */
  'storage.no-definer': { name: string; clusterName: string }

  // Problems that are shown.
  'storage.space-low': { name: string; freeBytes: number; capacityBytes: number; warningFreePercent: number }
  'storage.space-critical': { name: string; freeBytes: number; criticalFreeBytes: number }
  'storage.over-allocated': { name: string; provisionedBytes: number; capacityBytes: number }
  /** NFS 3: the lock of a dead host stays. */
  'storage.unfit-for-ha': { name: string; version: string }
  'storage.no-locks': { name: string }
  /** A host that is up does not reach it. */
  'storage.host-cut-off': { name: string; hostName: string }
  /** No host that is up reaches it. */
  'storage.unreachable': { name: string }
}
