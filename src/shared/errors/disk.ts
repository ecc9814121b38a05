import type { Reference } from './reference.ts'

/**
 * Raised about disks and images (`src/main/disk`). `fileName`: as it is called where it comes from, or in its domain; `alias`: of the
 * disk; `name`: of its domain.
 */
export interface DiskErrors {
  // Images from outside.
  /** Its header has QEMU open other files: `names`, separated by commas, "?" for one that is not to be read. */
  'disk.image-refers-elsewhere': { fileName: string; format: string; names: string }
  'disk.image-encrypted': { fileName: string; format: string }
  'disk.image-unsupported': { fileName: string; format: string }
  'disk.image-damaged': { fileName: string; format: string; detail: string }
  'disk.image-too-large': { fileName: string; virtualBytes: number; limitBytes: number }
  /** What was unpacked of it is packed again. */
  'disk.image-packed-twice': { fileName: string }
  /** An ISO domain has media, no disks. */
  'disk.not-a-medium': { fileName: string; format: string; name: string }

  // On their way.
  'disk.ticket-invalid': { reason: 'unknown' | 'expired' | 'used' | 'other-user' }
  'disk.too-many-transfers': { limit: number }
  /** Nobody was connected for long. */
  'disk.transfer-abandoned': Record<string, never>
  /** The client does not keep to what was agreed. */
  'disk.transfer-broken': Record<string, never>
  'disk.size-differs': { fileName: string; expectedBytes: number; receivedBytes: number }
  'disk.checksum-differs': { fileName: string; expected: string; actual: string }
  /** What the host reads is not what was sent. */
  'disk.written-wrong': { fileName: string; hostName: string }
  /** Its domain lies on LUNs, where it has to come unpacked, as raw or qcow2. */
  'disk.image-not-ready': { fileName: string; name: string }
  'disk.url-not-https': { url: string }
  'disk.url-failed': { url: string; hostName: string; detail: string }
  'disk.url-too-large': { url: string; limitBytes: number }

  // On the host.
  'disk.tool-missing': { hostName: string; tool: string }
  'disk.no-space': { name: string; neededBytes: number; freeBytes: number }

  // Rules.
  'disk.not-found': { diskId: string }
  'disk.not-registered': { fileName: string }
  'disk.registered-already': { fileName: string; alias: string }
  'disk.file-exists': { fileName: string; name: string }
  'disk.file-missing': { fileName: string; name: string }
  /** `references`: the first machines that have it. */
  'disk.in-use': { alias: string; count: number; references: readonly Reference[] }
  /** `layer`, another disk, lies on it. */
  'disk.has-layers': { alias: string; layer: string; action: string }
  'disk.shrink-refused': { alias: string; sizeBytes: number; virtualBytes: number }
  'disk.wrong-format': { alias: string; format: string; action: string }
  /** Its domain lies on LUNs, where that cannot be done yet. */
  'disk.not-on-luns': { name: string; action: string }
  'disk.same-domain': { alias: string; name: string }
  'disk.other-datacenter': { name: string; otherName: string }
  'disk.domain-not-active': { name: string; status: string }
  'disk.domain-type': { name: string; type: string }
  /** Somebody is at work on it already. */
  'disk.at-work': { alias: string; command: string; user: string }
  /** Several machines may write it: `references`, the first of those that have it. */
  'disk.move-shared': { alias: string; count: number; references: readonly Reference[] }
  /** `name`: of its machine; `what`: "layer", "LUN", or libvirt's word for where it is. */
  'disk.move-unfit': { alias: string; name: string; what: string }
  /** `name`: of the machine that ended while its QEMU copied the disk. */
  'disk.machine-stopped': { alias: string; name: string }
  'disk.mirror-failed': { alias: string; name: string }
  /** A definition of the machine `name` still has that file: it is not removed. */
  'disk.still-used': { path: string; name: string }
  'disk.changed-meanwhile': { name: string; fields: string; users: string }
}
