import type { ClusterId, Network } from '../../shared/domain/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/** Where the memory of a machine is sent to, and why there. */
export interface MigrationAddress {
  /** Null: as the destination calls itself. */
  readonly address: string | null
  /** The network that the cluster migrates over; null: it has none but the way on which its hosts are reached. */
  readonly networkName: string | null
  /** Which of both hosts has no address on that network, so that the way on which the destination is reached is taken; null: neither. */
  readonly lacking: 'source' | 'destination' | null
}

/** The network of a cluster with the role `migration`. Null: that of the management, or none. Pure. */
export function findMigrationNetwork(
  { networks }: Pick<ModelSnapshot, 'networks'>,
  clusterId: ClusterId,
): Network | null {
  const chosen = [...networks.values()].find(({ clusters }) =>
    clusters.some((each) => each.clusterId === clusterId && each.roles.includes('migration')),
  )
  return chosen === undefined || chosen.isManagement ? null : chosen
}

/**
 * Both hosts have to be on the migration network with addresses of one family; IPv4 comes first. Else the memory goes the way on which the destination
 * is reached, as oVirt does it. `source` and `destination`: their addresses there; `reachedAt`: where this engine reaches the destination. Pure.
 */
export function decideMigrationAddress({
  network,
  source,
  destination,
  reachedAt,
}: {
  readonly network: Pick<Network, 'name'> | null
  readonly source: readonly string[]
  readonly destination: readonly string[]
  readonly reachedAt: string | null
}): MigrationAddress {
  if (network === null) return { address: reachedAt, networkName: null, lacking: null }
  const { name: networkName } = network
  const isV6 = (address: string) => address.includes(':')
  const candidates = destination.toSorted((one, other) => Number(isV6(one)) - Number(isV6(other)))
  const address = candidates.find((each) => source.some((other) => isV6(other) === isV6(each)))
  if (address !== undefined) return { address, networkName, lacking: null }
  return { address: reachedAt, networkName, lacking: destination.length === 0 ? 'destination' : 'source' }
}
