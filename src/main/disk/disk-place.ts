import type { HostId, StorageDomain, StorageDomainId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { HostLink, HostRegistry } from '../hosts/index.ts'
import type { FileScripts } from './on-host/disk-scripts.ts'
import { fileScriptsOf } from './on-host/file-scripts.ts'
import { requireDomain } from './rules.ts'

/** Where the files of a domain are worked on. */
export interface DiskPlace {
  readonly domain: StorageDomain
  readonly host: HostLink
  /** The domain's folder, the same on every host. */
  readonly folder: string
  /** What is done with its disks there. */
  readonly files: FileScripts
}

/** The host that works on a domain: the storage manager of its datacenter, else any that has it. Null: none has. Pure. */
export function decideHostOf(model: ModelSnapshot, domain: StorageDomain): HostId | null {
  const connected = domain.connections.filter(({ status }) => status === 'connected').map(({ hostId }) => hostId)
  const manager = domain.datacenterId === null ? null : model.datacenters.get(domain.datacenterId)?.storageManagerHostId
  return connected.find((hostId) => hostId === manager) ?? connected[0] ?? null
}

/** Errors: storage.not-found, storage.unreachable, host.not-found. */
export function findPlace(
  model: ModelSnapshot,
  registry: Pick<HostRegistry, 'get'>,
  storageDomainId: StorageDomainId,
): DiskPlace {
  const domain = requireDomain(model, storageDomainId)
  const hostId = decideHostOf(model, domain)
  if (hostId === null) throw new AppError('storage.unreachable', { name: domain.name }, { retry: 'safe' })
  return { domain, host: registry.get(hostId), folder: domain.targetPath, files: fileScriptsOf(domain) }
}
