import {
  type Capacity,
  type Cluster,
  type Datacenter,
  type DatacenterDefinition,
  type Host,
  type HostId,
  type Population,
  PROBLEMS_SHOWN,
  type StorageCapacity,
  type StorageDomain,
} from '../../shared/domain/index.ts'
import { decideActivation } from './decide-activation.ts'
import { type AttachedDomain, type DatacenterFacts, decideDatacenterStatus } from './decide-datacenter-status.ts'

/** What a datacenter shows of a storage domain. */
export type DatacenterDomain = AttachedDomain &
  Pick<
    StorageDomain,
    'id' | 'name' | 'capacityBytes' | 'allocationBytes' | 'availableBytes' | 'provisionedBytes' | 'problems'
  >

export interface DatacenterParts {
  readonly definition: DatacenterDefinition
  readonly clusters: readonly Cluster[]
  /** Of its clusters. */
  readonly hosts: readonly Host[]
  readonly domains: readonly DatacenterDomain[]
  readonly storageManager: { readonly status: DatacenterFacts['storageManager']; readonly hostId: HostId | null }
}

/** The datacenter as clients see it. Pure. */
export function buildDatacenter({ definition, clusters, hosts, domains, storageManager }: DatacenterParts): Datacenter {
  const { id, name, description, storageType, revision } = definition
  const ofStorage = domains.flatMap(({ id: domainId, name: domainName, problems: own }) =>
    own.map((problem) => ({
      ...problem,
      subject: { kind: 'storage-domain' as const, id: domainId, name: domainName },
    })),
  )
  const problems = [...clusters.flatMap((cluster) => cluster.problems), ...ofStorage]
  const byRank = [...problems].sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1))
  return {
    id,
    name,
    description,
    storageType,
    revision,
    status: decideDatacenterStatus({
      domains,
      upHostCount: hosts.filter(({ status }) => status === 'up').length,
      storageManager: storageManager.status,
    }),
    activation: decideActivation({
      clusterIds: clusters.map((cluster) => cluster.id),
      hosts,
      hasDataDomain: domains.some(({ type, status }) => type === 'data' && status !== 'unattached'),
    }),
    clusterCount: clusters.length,
    storageCapacity: sumStorage(domains),
    storageManagerHostId: storageManager.hostId,
    capacity: sumCapacities(clusters.map(({ capacity }) => capacity)),
    population: sumPopulations(clusters.map(({ population }) => population)),
    problems: byRank.slice(0, PROBLEMS_SHOWN),
    problemCount: clusters.reduce((sum, { problemCount }) => sum + problemCount, ofStorage.length),
  }
}

/** Media and archives are no room for disks. */
function sumStorage(domains: readonly DatacenterDomain[]): StorageCapacity {
  const sum = (pick: (domain: DatacenterDomain) => number | null) =>
    domains.filter(({ type }) => type === 'data').reduce((total, domain) => total + (pick(domain) ?? 0), 0)
  return {
    capacityBytes: sum(({ capacityBytes }) => capacityBytes),
    allocationBytes: sum(({ allocationBytes }) => allocationBytes),
    availableBytes: sum(({ availableBytes }) => availableBytes),
    provisionedBytes: sum(({ provisionedBytes }) => provisionedBytes),
  }
}

function sumCapacities(parts: readonly Capacity[]): Capacity {
  const sum = (pick: (part: Capacity) => number) => parts.reduce((total, part) => total + pick(part), 0)
  const known = parts.filter(({ cpuUsedPercent }) => cpuUsedPercent !== null)
  const knownCpus = known.reduce((total, { cpus }) => total + cpus, 0)
  const busy = known.reduce((total, { cpuUsedPercent, cpus }) => total + (cpuUsedPercent ?? 0) * cpus, 0)
  const knowsMemory = parts.some(({ memoryUsedKiB }) => memoryUsedKiB !== null)
  return {
    cpus: sum(({ cpus }) => cpus),
    memoryKiB: sum(({ memoryKiB }) => memoryKiB),
    cpuUsedPercent: knownCpus === 0 ? null : busy / knownCpus,
    memoryUsedKiB: knowsMemory ? sum(({ memoryUsedKiB }) => memoryUsedKiB ?? 0) : null,
    committedVcpus: sum(({ committedVcpus }) => committedVcpus),
    committedMemoryKiB: sum(({ committedMemoryKiB }) => committedMemoryKiB),
    runningVcpus: sum(({ runningVcpus }) => runningVcpus),
    runningMemoryKiB: sum(({ runningMemoryKiB }) => runningMemoryKiB),
  }
}

function sumPopulations(parts: readonly Population[]): Population {
  return {
    hostCount: parts.reduce((total, { hostCount }) => total + hostCount, 0),
    hostsByStatus: sumCounts(parts.map(({ hostsByStatus }) => hostsByStatus)),
    vmCount: parts.reduce((total, { vmCount }) => total + vmCount, 0),
    vmsByStatus: sumCounts(parts.map(({ vmsByStatus }) => vmsByStatus)),
  }
}

function sumCounts<Status extends string>(
  parts: readonly Partial<Record<Status, number>>[],
): Partial<Record<Status, number>> {
  const sums: Partial<Record<Status, number>> = {}
  for (const part of parts) {
    for (const [status, count] of Object.entries(part) as [Status, number][]) sums[status] = (sums[status] ?? 0) + count
  }
  return sums
}
