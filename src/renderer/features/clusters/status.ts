import type { TFunction } from 'i18next'
import type { Cluster } from '../../../shared/domain/index.ts'
import type { Tone } from '../../components/StatusMark.tsx'

type Members = Pick<Cluster, 'population' | 'problems' | 'problemCount'>

/** How the hosts of a cluster stand, as one word: what a person filters clusters by. */
export const CLUSTER_STATES = ['empty', 'up', 'partly-up', 'none-up'] as const
export type ClusterState = (typeof CLUSTER_STATES)[number]

/** A cluster has no status of its own; this is that of its hosts together. Pure. */
export function decideClusterState({ population }: Pick<Cluster, 'population'>): ClusterState {
  const up = population.hostsByStatus.up ?? 0
  if (population.hostCount === 0) return 'empty'
  return up === population.hostCount ? 'up' : up > 0 ? 'partly-up' : 'none-up'
}

/** The mark of a cluster: a warning while something in it needs a person; one that can run nothing is bad or at rest. */
export function clusterTone(cluster: Members): Tone {
  const state = decideClusterState(cluster)
  if (state === 'empty') return 'off'
  if (state === 'none-up') return cluster.problems.some(({ severity }) => severity === 'error') ? 'bad' : 'paused'
  return cluster.problemCount > 0 ? 'warning' : 'ok'
}

/** "2 of 3 hosts up · 1 problem". Pure. */
export function describeCluster(cluster: Members, t: TFunction): string {
  const { hostCount, hostsByStatus } = cluster.population
  const hosts =
    hostCount === 0
      ? t('clusters:state.empty')
      : t('clusters:state.up', { up: hostsByStatus.up ?? 0, count: hostCount })
  return [hosts, describeProblemCount(cluster.problemCount, t)].filter((text) => text !== '').join(' · ')
}

/** "1 problem"; empty while there is none. Pure. */
export function describeProblemCount(count: number, t: TFunction): string {
  return count === 0 ? '' : t('clusters:problems.count', { count })
}
