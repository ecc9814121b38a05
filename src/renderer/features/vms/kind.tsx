import type { Vm } from '../../../shared/domain/index.ts'
import { VirtualMachineIcon } from '../../components/icons.ts'
import type { EntityKind } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { LogTail } from '../logs/index.ts'
import { VM_ACTIONS } from './actions.tsx'
import { VmBackups } from './backups/VmBackups.tsx'
import { VM_FIELDS } from './fields.ts'
import { VmDevices } from './hardware/VmDevices.tsx'
import { VmDisks } from './hardware/VmDisks.tsx'
import { VmNics } from './hardware/VmNics.tsx'
import { openAnyConsole } from './open-console.ts'
import { VmSnapshots } from './snapshots/VmSnapshots.tsx'
import { describeVmStatus, vmTone } from './status.ts'
import { VmHeader } from './VmHeader.tsx'
import { VmSummary } from './VmSummary.tsx'
import { VmTreeAside } from './VmTreeAside.tsx'
import { VmXml } from './VmXml.tsx'
import { useVmColumns, useVmSortVersion } from './vm-columns.tsx'

/** What the page knows of machines. */
export const vmKind: EntityKind<'vm'> = {
  name: 'vm',
  keywords: ['vm', 'vms', 'machine', 'machines'],
  rank: 20,
  Icon: VirtualMachineIcon,
  toneOf: vmTone,
  isStale: ({ stale }) => stale,
  statusOf: describeVmStatus,
  words: {
    one: (t) => t('frame:menu.machine'),
    many: (t) => t('vms:table.label'),
    all: (t) => t('frame:menu.allVms'),
    count: (t, count) => t('vms:bulk.machines', { count }),
    none: (t) => t('vms:table.none'),
    filter: (t) => t('vms:table.filter'),
    selectFirst: (t) => t('frame:menu.noMachine'),
    gone: (t) => ({ title: t('vms:gone.title'), body: t('vms:gone.body') }),
  },
  parents: { compute: ({ hostId }) => ({ kind: 'host', id: hostId }) },
  holds: [],
  areMany: true,
  create: {
    id: 'vm.create',
    label: (t) => t('newvm:action.create'),
    open: () => openDialog({ kind: 'create-vm', clusterId: null }),
  },
  TreeAside: VmTreeAside,
  Header: VmHeader,
  tabs: [
    { id: 'summary', title: (_vm, t) => t('vms:tab.summary'), Content: SummaryTab },
    { id: 'disks', title: (_vm, t) => t('vms:tab.disks'), Content: DisksTab },
    { id: 'nics', title: (_vm, t) => t('vms:tab.nics'), Content: NicsTab },
    { id: 'devices', title: (_vm, t) => t('vms:tab.devices'), Content: DevicesTab },
    { id: 'snapshots', title: (_vm, t) => t('vms:tab.snapshots'), Content: SnapshotsTab },
    { id: 'backups', title: (_vm, t) => t('vms:tab.backups'), Content: BackupsTab },
    { id: 'xml', title: (_vm, t) => t('vms:tab.xml'), Content: XmlTab },
    { id: 'log', title: (_vm, t) => t('vms:tab.log'), Content: LogTab },
    { id: 'events', title: (_vm, t) => t('vms:tab.events'), Content: EventsTab },
  ],
  actions: VM_ACTIONS,
  activate: openAnyConsole,
  useColumns: useVmColumns,
  useSortVersion: useVmSortVersion,
  refersTo: ['host', 'cluster', 'datacenter'],
  fields: VM_FIELDS,
}

interface TabProps {
  readonly entity: Vm
}

function SummaryTab({ entity }: TabProps) {
  return <VmSummary vm={entity} />
}

function DisksTab({ entity }: TabProps) {
  return <VmDisks key={entity.id} vm={entity} />
}

function NicsTab({ entity }: TabProps) {
  return <VmNics key={entity.id} vm={entity} />
}

function DevicesTab({ entity }: TabProps) {
  return <VmDevices key={entity.id} vm={entity} />
}

function SnapshotsTab({ entity }: TabProps) {
  return <VmSnapshots key={entity.id} vm={entity} />
}

function BackupsTab({ entity }: TabProps) {
  return <VmBackups key={entity.id} vm={entity} />
}

function XmlTab({ entity }: TabProps) {
  return <VmXml vmId={entity.id} />
}

function LogTab({ entity: { id, stale } }: TabProps) {
  return <LogTail key={id} topic="vm.log" id={id} stale={stale} />
}

function EventsTab({ entity }: TabProps) {
  return <EventList subjectIds={[entity.id]} />
}
