import { useTranslation } from 'react-i18next'
import type { Vm } from '../../../shared/domain/index.ts'
import { Problems } from '../../components/Problems.tsx'
import { useFormat } from '../../i18n/index.ts'
import { DriftCard } from '../drift/index.ts'
import { LastFailure } from '../events/index.ts'
import { DevicesCard } from './DevicesCard.tsx'
import { GuestCard } from './guest/GuestCard.tsx'
import { MachineCard } from './MachineCard.tsx'
import { PendingNote } from './Pending.tsx'
import { SnapshotsCard } from './SnapshotsCard.tsx'
import { whyInactive } from './status.ts'
import { VmPlots } from './VmPlots.tsx'

/** What an admin asks first: problems, load, the machine, its disks and networks. */
export function VmSummary({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="vd-summary">
      <Problems problems={vm.problems} />
      {whyInactive(vm.status) === 'vms:inactive.notRunning' ? <LastFailure subjectId={vm.id} /> : null}
      <PendingNote vm={vm} />
      {vm.lastStatus === null ? null : (
        <p className="vd-summary__note">
          {t('vms:lastHeard', {
            status: t(`vms:status.${vm.lastStatus}`),
            time: format.time(vm.asOf ?? vm.statusSince),
          })}
        </p>
      )}
      <DriftCard about={{ vmId: vm.id }} />
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
        <div className="vd-summary__column">
          <DevicesCard vm={vm} />
          {vm.guestAgent === 'connected' ? <GuestCard vmId={vm.id} /> : null}
          <SnapshotsCard vmId={vm.id} />
        </div>
      </div>
    </div>
  )
}
