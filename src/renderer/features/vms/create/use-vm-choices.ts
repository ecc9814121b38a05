import { useMemo } from 'react'
import type { Cluster, Disk, Network, StorageDomain, Template, VnicProfile } from '../../../../shared/domain/index.ts'
import { compareTexts } from '../../../components/compare-texts.ts'
import { useCollection } from '../../../stores/index.ts'

/** What a new machine can be made of, by the names that a person knows. */
export interface VmChoices {
  readonly clusters: readonly Cluster[]
  /** Of the cluster's datacenter. */
  readonly domains: readonly StorageDomain[]
  readonly media: readonly Disk[]
  /** That no machine has, or that several may have. */
  readonly disks: readonly Disk[]
  /** That the cluster has, and machines may be attached to. */
  readonly networks: readonly Network[]
  /** Of those networks. */
  readonly profiles: readonly VnicProfile[]
  /** Of the cluster's datacenter, that machines can be made of; the newest versions first. */
  readonly templates: readonly Template[]
}

export function useVmChoices(clusterId: string): VmChoices {
  const { entities: clusters } = useCollection('clusters')
  const { entities: domains } = useCollection('storage-domains')
  const { entities: disks } = useCollection('disks')
  const { entities: networks } = useCollection('networks')
  const { entities: profiles } = useCollection('vnic-profiles')
  const { entities: templates } = useCollection('templates')
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
    const attachable = byName(
      networks.values(),
      ({ vmNetwork, clusters: having }) => vmNetwork && having.some((each) => each.clusterId === clusterId),
    )
    const networkIds = new Set(attachable.map(({ id }) => id))
    return {
      clusters: byName(clusters.values(), () => true),
      domains: active.filter(({ type }) => type === 'data'),
      media: usable.filter(({ format }) => format === 'iso'),
      disks: usable.filter(
        ({ kind, format, registered, usedBy, shareable, readOnly }) =>
          kind === 'disk' &&
          registered &&
          (usedBy.length === 0 || shareable || readOnly) &&
          (format === 'qcow2' || format === 'raw'),
      ),
      networks: attachable,
      profiles: byName(profiles.values(), ({ networkId }) => networkIds.has(networkId)),
      templates: [...templates.values()]
        .filter((template) => template.datacenterId === datacenterId && template.status === 'ok')
        .sort((a, b) => compareTexts(a.name, b.name) || b.version - a.version),
    }
  }, [clusters, domains, disks, networks, profiles, templates, clusterId])
}
