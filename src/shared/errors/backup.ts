/** Raised about backups (`src/main/backup`). `name`: of the machine. */
export interface BackupErrors {
  'backup.not-found': { backupId: string }
  'backup.no-disk': { name: string }
  /** `what`: "LUN", or libvirt's word for where the disk is. */
  'backup.definition-unfit': { name: string; parts: string }
  'backup.disk-unfit': { name: string; target: string; what: string }
  /** An incremental one was asked for. `hint`: why that cannot be, as `backupReasonSchema` has it. */
  'backup.needs-full': { name: string; hint: string }
  /** libvirt's version and the one that has backups. */
  'backup.host-too-old': { name: string; hostName: string; version: string; needed: string }
  /** What libvirt says of a backup that it gave up. */
  'backup.failed': { name: string; message: string }
  /** The machine ended while it was backed up. */
  'backup.machine-stopped': { name: string }
  /** qemu-img finds a file of it damaged. */
  'backup.damaged': { name: string; target: string; detail: string }
  /** Incremental ones lie on it. */
  'backup.has-increments': { name: string; count: number }
  /** The machine has not the disk any more that the backup has, or not in a storage domain. */
  'backup.disk-gone': { name: string; target: string }
  /** It was taken of another one. */
  'backup.other-machine': { name: string }
}
