import type { ClusterCpu, HostId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { CpuDescription } from '../../xml/index.ts'
import type { CpuVerdict, HostCpu } from './host-cpu.ts'

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

/** The CPU level of a cluster as clients see it. Pure. */
export function buildClusterCpu(
  cpuModel: string | null,
  detected: CpuDescription | null,
  members: readonly MemberCpu[],
): ClusterCpu {
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
