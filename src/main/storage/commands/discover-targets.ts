import { AppError } from '../../../shared/errors/index.ts'
import type { InstantHandler, ModelSnapshot } from '../../engine/index.ts'
import { discoverTargets } from '../on-host/block/index.ts'
import { storageHostsOf } from '../rules.ts'
import { connectedLink, type StorageCommandDependencies } from './dependencies.ts'

const TIMEOUT_MS = 3 * 60_000

/** Asks an iSCSI portal for its targets, through one host. */
export function createStorageDiscoverTargets({
  registry,
}: Pick<StorageCommandDependencies, 'registry'>): InstantHandler<'storage.discover-targets'> {
  return {
    name: 'storage.discover-targets',
    subject: datacenterSubject,
    validate: (model, { datacenterId, hostId }) => {
      const refusal = decideAnyHost(model, { datacenterId })
      if (refusal !== null || hostId === undefined) return refusal
      const isThere = storageHostsOf(model, datacenterId).some(({ id }) => id === hostId)
      return isThere ? null : new AppError('host.not-found', { hostId })
    },
    auditParams: ({ portal }) => ({ portal }),
    timeoutMs: TIMEOUT_MS,
    execute: async ({ input: { datacenterId, portal, hostId }, model, signal }) => {
      const asked = hostId ?? storageHostsOf(model(), datacenterId)[0]?.id
      const { name } = datacenterSubject(model(), { datacenterId })
      if (asked === undefined) throw new AppError('storage.no-up-host', { datacenterName: name })
      const link = await connectedLink(registry, asked, signal)
      return { targets: [...(await discoverTargets(link, portal, { signal }))] }
    },
  }
}

/** What a question about the hosts of a datacenter is about. */
export function datacenterSubject(
  model: ModelSnapshot,
  { datacenterId }: { readonly datacenterId: Parameters<typeof storageHostsOf>[1] },
) {
  const name = model.datacenters.get(datacenterId)?.name ?? datacenterId
  return { kind: 'datacenter', id: datacenterId, name } as const
}

/** Is there a host to ask? Pure. */
export function decideAnyHost(
  model: ModelSnapshot,
  { datacenterId }: { readonly datacenterId: Parameters<typeof storageHostsOf>[1] },
): AppError | null {
  const datacenter = model.datacenters.get(datacenterId)
  if (datacenter === undefined) return new AppError('datacenter.not-found', { datacenterId })
  const { name: datacenterName } = datacenter
  return storageHostsOf(model, datacenterId).length > 0 ? null : new AppError('storage.no-up-host', { datacenterName })
}
