import type { Disk, HostId, StorageDomain } from '../../shared/domain/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/**
 * The host that has both an original and the place of its copy; null: none. `preferred` where it can; it alone has a disk that lies in no
 * storage domain (`disk` null). Pure.
 */
export function decideCopyHost(
  model: ModelSnapshot,
  preferred: HostId,
  disk: Pick<Disk, 'storageDomainId'> | null,
  domain: StorageDomain,
): HostId | null {
  const connectedTo = ({ connections }: StorageDomain) =>
    connections.filter(({ status }) => status === 'connected').map(({ hostId }) => hostId)
  const there = connectedTo(domain)
  const from = disk === null ? undefined : model.storageDomains.get(disk.storageDomainId)
  const both = from === undefined ? [preferred] : connectedTo(from)
  const able = there.filter((hostId) => both.includes(hostId))
  return able.find((hostId) => hostId === preferred) ?? able[0] ?? null
}

/** What a disk takes with all that it lies on; 0 where nobody knows. Pure. */
export function allocatedBytesOf(model: ModelSnapshot, disk: Disk | null): number {
  let bytes = 0
  const seen = new Set<Disk>()
  for (let next = disk ?? undefined; next !== undefined && !seen.has(next); ) {
    seen.add(next)
    bytes += next.allocatedBytes ?? 0
    const { backingPath, storageDomainId } = next
    next = model.disks.where('storageDomainId', storageDomainId).find(({ path }) => path === backingPath)
  }
  return bytes
}
