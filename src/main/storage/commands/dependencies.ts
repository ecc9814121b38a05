import type { HostId, StorageDomainId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Clock, Log, ModelSnapshot } from '../../engine/index.ts'
import type { HostLink, HostRegistry } from '../../hosts/index.ts'
import type { StorageDomainRecord } from '../../inventory/index.ts'
import type { ChapPasswords } from '../chap-passwords.ts'
import type { DescriptorWriter } from '../descriptor-writer.ts'
import type { DomainConnections } from '../domain-connections.ts'
import type { DomainOwners } from '../domain-owners.ts'
import type { EngineIdentity, OnHost } from '../on-host/types.ts'
import { storageHostsOf } from '../rules.ts'
import type { StorageDomainStore } from '../storage-domain-store.ts'

/** What the commands on storage domains work with. */
export interface StorageCommandDependencies {
  readonly registry: Pick<HostRegistry, 'get' | 'find'>
  readonly store: StorageDomainStore
  readonly connections: DomainConnections
  readonly owners: DomainOwners
  readonly writer: DescriptorWriter
  readonly onHost: OnHost
  readonly engine: EngineIdentity
  readonly clock: Clock
  /** CHAP passwords of domains on iSCSI. */
  readonly passwords: ChapPasswords
  /** An operation found out that it is about this domain. */
  readonly claim: (storageDomainId: StorageDomainId, operationId: string) => void
  /** The host through which a domain's own files are written now; null: none reaches it. */
  readonly writerOf: (record: StorageDomainRecord) => HostLink | null
  /** Brings into a domain what it does not say yet of its VMs and disks. */
  readonly flush: (storageDomainId: StorageDomainId, signal: AbortSignal) => Promise<void>
  readonly log: Log
}

/** After a restart of the engine its hosts come one after the other. */
const HOST_PATIENCE_MS = 15_000

/** A host that a step needs. Rejects with host.not-found, host.not-connected. */
export async function connectedLink(
  registry: Pick<HostRegistry, 'get'>,
  hostId: HostId,
  signal: AbortSignal,
): Promise<HostLink> {
  const link = registry.get(hostId)
  if (await link.whenLive(HOST_PATIENCE_MS, signal)) return link
  const { name } = link.definition
  throw new AppError('host.not-connected', { name, status: link.state.status }, { hostId, retry: 'safe' })
}

/**
 * The host through which a domain is written. An engine that goes on with what another one began has to find its hosts connected
 * first. Rejects with storage.no-host-connects, or with why the first host does not reach it.
 */
export async function writerLink(
  { writerOf, connections, registry }: Pick<StorageCommandDependencies, 'writerOf' | 'connections' | 'registry'>,
  record: StorageDomainRecord,
  model: ModelSnapshot,
  signal: AbortSignal,
): Promise<HostLink> {
  const { id, datacenterId, name } = record
  if (connections.of(id).length === 0 && datacenterId !== null) {
    for (const host of storageHostsOf(model, datacenterId)) await lookAt(host.id)
  }
  const link = writerOf(record)
  if (link !== null) return link
  const reasons = connections.of(id).map(({ hostId }) => connections.troubleOf(id, hostId)?.error)
  const datacenterName = datacenterId === null ? '' : (model.datacenters.get(datacenterId)?.name ?? datacenterId)
  const none = new AppError('storage.no-host-connects', { name, datacenterName }, { subject: name, retry: 'safe' })
  throw reasons.find((reason) => reason !== undefined) ?? none

  async function lookAt(hostId: HostId): Promise<void> {
    try {
      await connections.look(record, registry.get(hostId), { signal })
    } catch (error) {
      // Why it did not is kept with its connection.
      if (!isAppError(error) || signal.aborted) throw error
    }
  }
}
