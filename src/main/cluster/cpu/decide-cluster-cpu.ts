import type { ClusterCpu, HostId, HostStatus } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { CpuDescription } from '../../xml/index.ts'
import type { CpuVerdict, HostCpu } from './host-cpu.ts'

/** Hosts that a refusal names with their flags. */
const HOSTS_TOLD = 20

/** A host of the cluster and what is known of its CPU. */
export interface MemberCpu {
  readonly hostId: HostId
  readonly name: string
  /** Null: it was never asked. */
  readonly cpu: HostCpu | null
  /** To the chosen level; null without one, and for a host that was never asked about it. */
  readonly verdict: CpuVerdict | null
}

/** May a host run VMs of a cluster, as far as its CPU goes? Null: yes, or nobody knows yet. Pure. */
export function decideClusterFit(
  host: Pick<MemberCpu, 'name' | 'verdict' | 'hostId'>,
  cluster: { readonly name: string; readonly cpuModel: string | null },
): AppError | null {
  const { name, verdict, hostId } = host
  // What is detected is what all of its hosts have.
  if (cluster.cpuModel === null || verdict === null || verdict.kind === 'fits') return null
  const about = { name, clusterName: cluster.name, model: cluster.cpuModel }
  if (verdict.kind === 'unknown-model') return new AppError('host.cpu-model-unknown', about, { subject: name, hostId })
  const missing = verdict.missing.join(', ')
  return new AppError('host.cpu-below-level', { ...about, missing }, { subject: name, hostId })
}

/** Statuses of hosts that count on their cluster's level: those that run VMs, or will again by themselves. */
const ACTIVE: ReadonlySet<HostStatus> = new Set(['up', 'initializing', 'connecting', 'non-responsive', 'reboot'])

/**
 * Refuses a CPU level that hosts in use cannot give: they would have to stop running VMs at once. Hosts in maintenance are no obstacle.
 * Pure.
 */
export function decideLevelGiven(
  cluster: { readonly name: string; readonly cpuModel: string },
  hosts: readonly (Pick<MemberCpu, 'name' | 'verdict' | 'hostId'> & { readonly status: HostStatus })[],
): AppError | null {
  const short = hosts.filter(({ status, verdict }) => ACTIVE.has(status) && verdict?.kind === 'lacks')
  if (short.length === 0) return null
  const flagsOf = ({ verdict }: (typeof short)[number]) => (verdict?.kind === 'lacks' ? verdict.missing : [])
  const told = short.slice(0, HOSTS_TOLD).map((host) => `${host.name} (${flagsOf(host).join(', ') || '?'})`)
  const rest = short.length - told.length
  return new AppError(
    'cluster.cpu-above-hosts',
    {
      name: cluster.name,
      model: cluster.cpuModel,
      count: short.length,
      hosts: [...told, ...(rest > 0 ? [`+${rest}`] : [])].join('; '),
      references: short.slice(0, HOSTS_TOLD).map(({ hostId, name }) => ({ kind: 'host', id: hostId, name })),
    },
    { subject: cluster.name },
  )
}

/** The CPU level of a cluster; how old it is follows from its hosts. */
export type CpuLevel = Omit<ClusterCpu, 'asOf'>

/** The CPU level of a cluster, by whatever its hosts told. Pure. */
export function buildClusterCpu(
  cpuModel: string | null,
  detected: CpuDescription | null,
  members: readonly MemberCpu[],
): CpuLevel {
  const level = cpuModel === null ? detected : { model: cpuModel, vendor: null, required: [], disabled: [] }
  return {
    source: cpuModel === null ? 'detected' : 'chosen',
    model: level?.model ?? null,
    vendor: level?.vendor ?? null,
    extraFeatures: [...(level?.required ?? [])],
    lackingFeatures: [...(level?.disabled ?? [])],
    knownModels: commonModels(members),
    shortOf: members.flatMap(({ hostId, name, verdict }) => {
      if (cpuModel === null || verdict === null || verdict.kind === 'fits') return []
      const missing = verdict.kind === 'lacks' ? [...verdict.missing] : []
      return [{ hostId, hostName: name, reason: verdict.kind, missing }]
    }),
  }
}

/** Models that every host knows that was asked, in the order of the first. */
function commonModels(members: readonly MemberCpu[]): string[] {
  const [first, ...others] = members.flatMap(({ cpu }) => (cpu === null ? [] : [cpu.knownModels]))
  const sets = others.map((models) => new Set(models))
  return (first ?? []).filter((model) => sets.every((models) => models.has(model)))
}
