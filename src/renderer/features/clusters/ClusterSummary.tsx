import type { Cluster } from '../../../shared/domain/index.ts'
import { useContainedIds, useSameIds } from '../../kinds/index.ts'
import { showEntity, useEntity } from '../../stores/index.ts'
import { CapacityCards, HostsByStatusCard, SubjectProblems, VmsByStatusCard } from '../capacity/index.ts'
import { RecentEvents } from '../events/index.ts'
import { ClusterSettingsCard } from './ClusterSettingsCard.tsx'
import { CompatibilityCard } from './CompatibilityCard.tsx'
import { CpuCard } from './CpuCard.tsx'

/** What an admin asks first of a cluster: problems, room, who is in it, what its machines can count on, what happened. */
export function ClusterSummary({ cluster }: { readonly cluster: Cluster }) {
  const { id, population } = cluster
  const datacenter = useEntity('datacenters', cluster.datacenterId)
  const within = { kind: 'cluster', id } as const
  const containedIds = useContainedIds('cluster', useSameIds([id]))
  return (
    <div className="vd-summary">
      <SubjectProblems
        problems={cluster.problems}
        count={cluster.problemCount}
        onShowAll={() => showEntity('cluster', id, 'hosts')}
      />
      <CapacityCards
        capacity={cluster.capacity}
        storage={datacenter?.storageCapacity}
        onShowStorage={() => showEntity('datacenter', cluster.datacenterId, 'storage')}
      />
      <div className="vd-summary__columns">
        <HostsByStatusCard within={within} population={population} />
        <VmsByStatusCard within={within} population={population} />
        <CpuCard cluster={cluster} />
        <CompatibilityCard cluster={cluster} />
        <ClusterSettingsCard cluster={cluster} />
        <RecentEvents subjectIds={containedIds} onShowAll={() => showEntity('cluster', id, 'events')} />
      </div>
    </div>
  )
}
