import type { VmDriveSize } from '../../shared/domain/index.ts'
import { type DomainRecord, domainReference, type HostLink, isLibvirtError } from '../hosts/index.ts'

const READ_TIMEOUT_MS = 10_000
/** More drives than that are not asked for, one by one, while somebody looks. */
const DRIVES_LIMIT = 64

/**
 * The sizes of a VM's drives, whether it runs or not; those of a drive without a medium, or that the host cannot look at,
 * are null. Over a connection of its own: storage that hangs may leave the answer open for as long as it likes. Errors:
 * those of `call` and of opening a connection, but not the daemon's refusals.
 */
export async function fetchDriveSizes(
  link: HostLink,
  record: DomainRecord,
  signal: AbortSignal,
): Promise<VmDriveSize[]> {
  const drives = record.definition.disks.filter(({ source }) => source !== null).slice(0, DRIVES_LIMIT)
  if (drives.length === 0) return []
  const connection = await link.openConnection({ signal })
  try {
    const sizes: VmDriveSize[] = []
    for (const { target } of drives) {
      const question = { dom: domainReference(record), path: target, flags: 0 }
      try {
        const info = await connection.call('DOMAIN_GET_BLOCK_INFO', question, { timeoutMs: READ_TIMEOUT_MS, signal })
        sizes.push({ id: target, capacityBytes: Number(info.capacity), allocationBytes: Number(info.allocation) })
      } catch (error) {
        if (!isLibvirtError(error)) throw error
        sizes.push({ id: target, capacityBytes: null, allocationBytes: null })
      }
    }
    return sizes
  } finally {
    await connection.close()
  }
}
