import type { Datacenter } from '../../../shared/domain/index.ts'
import { useContainedIds, useSameIds } from '../../kinds/index.ts'
import { showEntity } from '../../stores/index.ts'
import { CapacityCards, HostsByStatusCard, SubjectProblems, VmsByStatusCard } from '../capacity/index.ts'
import { RecentEvents } from '../events/index.ts'
import { ActivationCard } from './ActivationCard.tsx'
import { DatacenterStorageCard } from './DatacenterStorageCard.tsx'

/** What an admin asks first of a datacenter: what it still needs, problems, room, who is in it, what happened. */
export function DatacenterSummary({ datacenter }: { readonly datacenter: Datacenter }) {
  const { id, population } = datacenter
  const within = { kind: 'datacenter', id } as const
  const containedIds = useContainedIds('datacenter', useSameIds([id]))
  return (
    <div className="vd-summary">
      <SubjectProblems
        problems={datacenter.problems}
        count={datacenter.problemCount}
        onShowAll={() => showEntity('datacenter', id, 'hosts')}
      />
      {datacenter.description === '' ? null : <p className="vd-summary__note">{datacenter.description}</p>}
      <ActivationCard datacenter={datacenter} />
      <CapacityCards
        capacity={datacenter.capacity}
        storage={datacenter.storageCapacity}
        onShowStorage={() => showEntity('datacenter', id, 'storage')}
      />
      <div className="vd-summary__columns">
        <HostsByStatusCard within={within} population={population} />
        <VmsByStatusCard within={within} population={population} />
        <DatacenterStorageCard datacenter={datacenter} />
      </div>
      <RecentEvents subjectIds={containedIds} onShowAll={() => showEntity('datacenter', id, 'events')} />
    </div>
  )
}
