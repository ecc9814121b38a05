import type { Vm } from '../../../shared/domain/index.ts'
import { Problems } from '../../components/Problems.tsx'
import { DevicesCard } from './DevicesCard.tsx'
import { MachineCard } from './MachineCard.tsx'
import { VmPlots } from './VmPlots.tsx'

/** What an admin asks first: problems, load, the machine, its disks and networks. */
export function VmSummary({ vm }: { readonly vm: Vm }) {
  return (
    <div className="vd-summary">
      <Problems problems={vm.problems} />
      <VmPlots
        vmId={vm.id}
        status={vm.status}
        stale={vm.stale}
        vcpus={vm.vcpus}
        memoryKiB={vm.memoryKiB}
        hasDisks={vm.disks.length > 0}
        hasNetwork={vm.nics.length > 0}
      />
      <div className="vd-summary__columns">
        <MachineCard vm={vm} />
        <DevicesCard vm={vm} />
      </div>
    </div>
  )
}
