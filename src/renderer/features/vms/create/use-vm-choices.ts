import { useMemo } from 'react'
import type { Cluster, Disk, Network, StorageDomain } from '../../../../shared/domain/index.ts'
import { compareTexts } from '../../../components/compare-texts.ts'
import { useCollection } from '../../../stores/index.ts'

/** What a new machine can be made of, by the names that a person knows. */
export interface VmChoices {
  readonly clusters: readonly Cluster[]
  /** Of the cluster's datacenter. */
  readonly domains: readonly StorageDomain[]
  readonly media: readonly Disk[]
  /** That no machine has. */
  readonly disks: readonly Disk[]
  /** That the cluster has, and machines may be attached to. */
  readonly networks: readonly Network[]
}

export function useVmChoices(clusterId: string): VmChoices {
  const { entities: clusters } = useCollection('clusters')
  const { entities: domains } = useCollection('storage-domains')
  const { entities: disks } = useCollection('disks')
  const { entities: networks } = useCollection('networks')
  return useMemo(() => {
    const byName = <T extends { readonly name: string }>(all: Iterable<T>, isFit: (each: T) => boolean) =>
      [...all].filter(isFit).sort((a, b) => compareTexts(a.name, b.name))
    const datacenterId = [...clusters.values()].find(({ id }) => id === clusterId)?.datacenterId
    const active = byName(
      domains.values(),
      (domain) => domain.datacenterId === datacenterId && domain.status === 'active',
    )
    const within = new Set(active.map(({ id }) => id))
    const usable = byName(
      disks.values(),
      ({ storageDomainId, status }) => within.has(storageDomainId) && status === 'ok',
    )
    return {
      clusters: byName(clusters.values(), () => true),
      domains: active.filter(({ type }) => type === 'data'),
      media: usable.filter(({ format }) => format === 'iso'),
      disks: usable.filter(
        ({ kind, format, registered, usedBy }) =>
          kind === 'disk' && registered && usedBy.length === 0 && (format === 'qcow2' || format === 'raw'),
      ),
      networks: byName(
        networks.values(),
        ({ vmNetwork, clusters: having }) => vmNetwork && having.some((each) => each.clusterId === clusterId),
      ),
    }
  }, [clusters, domains, disks, networks, clusterId])
}
