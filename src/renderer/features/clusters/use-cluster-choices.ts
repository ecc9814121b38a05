import { useMemo } from 'react'
import { type ClusterId, MANAGEMENT_NETWORK_NAME, type Network } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { useCollection } from '../../stores/index.ts'
import type { ClusterChoices } from './cluster-steps.tsx'

/** What can be chosen for a cluster: of its own hosts where it has some, else of all hosts. */
export function useClusterChoices(clusterId: ClusterId | null): ClusterChoices {
  const { entities: datacenters } = useCollection('datacenters')
  const { entities: clusters } = useCollection('clusters')
  const { entities: hosts } = useCollection('hosts')
  const migrationNetwork = useMigrationNetwork(clusterId)
  return useMemo(() => {
    const own = [...hosts.values()].filter((host) => host.clusterId === clusterId)
    const cluster = clusterId === null ? undefined : clusters.get(clusterId)
    const asked = own.length > 0 ? own : [...hosts.values()]
    const models = cluster !== undefined && own.length > 0 ? [cluster] : [...clusters.values()]
    return {
      datacenters:
        clusterId === null
          ? [...datacenters.values()].map(({ id, name }) => ({ id, name })).sort((a, b) => compareTexts(a.name, b.name))
          : null,
      cpuModels: listOnce([...models.flatMap(({ cpu }) => cpu.knownModels), cluster?.settings.cpuModel ?? '']),
      machineTypes: listOnce([
        ...asked.flatMap(({ facts }) => facts?.machineTypes ?? []),
        cluster === undefined || cluster.settings.machineType === 'auto' ? '' : cluster.settings.machineType,
      ]),
      migrationNetwork: migrationNetwork?.name ?? (clusterId === null ? MANAGEMENT_NETWORK_NAME : null),
    }
  }, [datacenters, clusters, hosts, clusterId, migrationNetwork])
}

/** The network with the role in a cluster. */
export function useMigrationNetwork(clusterId: ClusterId | null): Network | null {
  const { entities } = useCollection('networks')
  return useMemo(() => {
    const hasRole = ({ clusters }: Network) =>
      clusters.some((one) => one.clusterId === clusterId && one.roles.includes('migration'))
    return [...entities.values()].find(hasRole) ?? null
  }, [entities, clusterId])
}

function listOnce(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== ''))].sort(compareTexts)
}
