import {
  type Capacity,
  type Cluster,
  type ClusterDefinition,
  type Host,
  type HostId,
  macRangeSize,
  type Population,
  PROBLEMS_SHOWN,
  type Problem,
  type SubjectProblem,
} from '../../shared/domain/index.ts'
import type { CpuLevel } from './cpu/decide-cluster-cpu.ts'
import { decideCompatibility } from './decide-compatibility.ts'
import type { HostUse } from './host-use.ts'
import type { VmTally } from './vm-tallies.ts'

export interface ClusterParts {
  readonly definition: ClusterDefinition
  readonly hosts: readonly Host[]
  readonly tally: VmTally
  readonly cpu: CpuLevel
  /** What hosts that are up last told of their load. */
  readonly uses: ReadonlyMap<HostId, HostUse>
  /** What is to be said of the cluster itself. */
  readonly ownProblems: readonly Problem[]
  /** Addresses of its MAC range that are in use. */
  readonly usedMacAddresses: number
}

/** The cluster as clients see it. Pure. */
export function buildCluster({
  definition,
  hosts,
  tally,
  cpu,
  uses,
  ownProblems,
  usedMacAddresses,
}: ClusterParts): Cluster {
  const { id, datacenterId, name, revision, settings } = definition
  const problems = collectProblems(definition, ownProblems, hosts)
  return {
    id,
    datacenterId,
    name,
    revision,
    settings,
    architecture: decideArchitecture(hosts),
    cpu: { ...cpu, asOf: cpu.model === null ? null : decideOldest(hosts) },
    compatibility: decideCompatibility(hosts),
    freeMacAddresses: macRangeSize(settings.macRange) - usedMacAddresses,
    capacity: sumCapacity(hosts, uses, tally),
    population: countPopulation(hosts, tally),
    problems: problems.slice(0, PROBLEMS_SHOWN),
    problemCount: problems.length,
  }
}

/** What all hosts that were ever reached have; null when that is not one. */
function decideArchitecture(hosts: readonly Host[]): string | null {
  const [one, ...others] = new Set(hosts.flatMap(({ facts }) => (facts === null ? [] : [facts.architecture])))
  return one === undefined || others.length > 0 ? null : one
}

/** How old the oldest is that hosts told which are away; null: none is. */
function decideOldest(hosts: readonly Host[]): number | null {
  const ages = hosts.flatMap(({ stale, facts, asOf }) => (stale && facts !== null && asOf !== null ? [asOf] : []))
  return ages.length === 0 ? null : Math.min(...ages)
}

function sumCapacity(hosts: readonly Host[], uses: ClusterParts['uses'], tally: VmTally): Capacity {
  const upHosts = hosts.filter(({ status }) => status === 'up')
  const up = upHosts.flatMap(({ facts }) => facts ?? [])
  return {
    cpus: up.reduce((sum, { cpus }) => sum + cpus, 0),
    memoryKiB: up.reduce((sum, { memoryKiB }) => sum + memoryKiB, 0),
    ...sumUse(upHosts, uses),
    committedVcpus: tally.vcpus,
    committedMemoryKiB: tally.memoryKiB,
    runningVcpus: tally.runningVcpus,
    runningMemoryKiB: tally.runningMemoryKiB,
  }
}

/** Of the hosts that have told; each counts by its CPUs. */
function sumUse(
  hosts: readonly Host[],
  uses: ClusterParts['uses'],
): Pick<Capacity, 'cpuUsedPercent' | 'memoryUsedKiB'> {
  let [cpus, busyCpus] = [0, 0]
  let memoryUsedKiB: number | null = null
  for (const { id, facts } of hosts) {
    const use = uses.get(id)
    if (use === undefined) continue
    if (use.memoryUsedKiB !== null) memoryUsedKiB = (memoryUsedKiB ?? 0) + use.memoryUsedKiB
    if (use.cpuPercent === null || facts === null) continue
    cpus += facts.cpus
    busyCpus += (facts.cpus * use.cpuPercent) / 100
  }
  return { cpuUsedPercent: cpus === 0 ? null : Math.round((busyCpus / cpus) * 100), memoryUsedKiB }
}

function countPopulation(hosts: readonly Host[], tally: VmTally): Population {
  const hostsByStatus: Population['hostsByStatus'] = {}
  for (const { status } of hosts) hostsByStatus[status] = (hostsByStatus[status] ?? 0) + 1
  return {
    hostCount: hosts.length,
    hostsByStatus,
    vmCount: tally.count,
    vmsByStatus: Object.fromEntries(tally.byStatus),
  }
}

/** What the cluster and its hosts have to say, errors first, then by name. Why a host is not up is the first of its problems. */
function collectProblems(
  { id, name }: ClusterDefinition,
  ownProblems: readonly Problem[],
  hosts: readonly Host[],
): SubjectProblem[] {
  const subject = { kind: 'cluster', id, name } as const
  const own = ownProblems.map((problem) => ({ ...problem, subject }))
  const ofHosts = hosts.flatMap(({ id, name, statusError, problems }) => {
    const subject = { kind: 'host', id, name } as const
    const why: SubjectProblem[] = statusError === null ? [] : [{ severity: 'error', error: statusError, subject }]
    return [...why, ...problems.map((problem) => ({ ...problem, subject }))]
  })
  const sorted = ofHosts.sort((a, b) => a.subject.name.localeCompare(b.subject.name, 'en'))
  return [...own, ...sorted].sort((a, b) => rank(a) - rank(b))
}

const rank = ({ severity }: SubjectProblem) => (severity === 'error' ? 0 : 1)
