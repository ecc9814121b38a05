import type { TFunction } from 'i18next'
import { type ClusterNetwork, NETWORK_ROLES, type Network, type NetworkRole } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'

/** How a network stands over all its clusters. */
export type NetworkStatus = 'operational' | 'non-operational' | 'unattached'

export const NETWORK_STATUSES: readonly NetworkStatus[] = ['operational', 'non-operational', 'unattached']

/** Operational where every cluster that has it says so. Pure. */
export function statusOfNetwork({ clusters }: Pick<Network, 'clusters'>): NetworkStatus {
  if (clusters.length === 0) return 'unattached'
  return clusters.every(({ status }) => status === 'operational') ? 'operational' : 'non-operational'
}

/** The mark of a network in one cluster: a host that misses it while others have it is worse than one that nobody has yet. */
export function clusterNetworkTone({ status, required, missingHostIds }: ClusterNetwork): Tone {
  if (status === 'non-operational') return 'off'
  return required && missingHostIds.length > 0 ? 'bad' : 'ok'
}

/** The mark of a network. */
export function networkTone(network: Network): Tone {
  const { clusters, problems } = network
  if (clusters.some((cluster) => clusterNetworkTone(cluster) === 'bad')) return 'bad'
  if (problems.length > 0) return 'warning'
  return statusOfNetwork(network) === 'operational' ? 'ok' : 'off'
}

/** Its status in words, and how much is to be said of it. Pure. */
export function describeNetwork(network: Pick<Network, 'clusters' | 'problems'>, t: TFunction): string {
  const word = t(`networks:status.${statusOfNetwork(network)}`)
  const count = network.problems.length
  return count === 0 ? word : `${word} · ${t('clusters:problems.count', { count })}`
}

/** What a network is for in a cluster, in words. Pure. */
export function describeRoles(roles: readonly NetworkRole[], t: TFunction): string {
  return NETWORK_ROLES.filter((role) => roles.includes(role))
    .map((role) => t(`networks:role.${role}`))
    .join(', ')
}

/** "VLAN 20", or that there is none. Pure. */
export function describeVlan({ vlanId }: Pick<Network, 'vlanId'>, t: TFunction): string {
  return vlanId === null ? t('networks:vlan.none') : t('networks:vlan.id', { vlanId })
}
