import type { Host } from '../../../shared/domain/index.ts'
import { ServerIcon } from '../../components/icons.ts'
import { type EntityKind, EntityTable, NOBODYS_ADDRESS } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { HostNetworksTab } from '../host-networks/index.ts'
import { HostLibvirtNetworks } from '../libvirt-networks/index.ts'
import { LogTail } from '../logs/index.ts'
import { HostStorage } from '../storage/index.ts'
import { HOST_ACTIONS } from './actions.tsx'
import { HOST_FIELDS } from './fields.ts'
import { HostHardware } from './HostHardware.tsx'
import { HostHeader } from './HostHeader.tsx'
import { HostSummary } from './HostSummary.tsx'
import { HostSystem } from './HostSystem.tsx'
import { HostTreeAside } from './HostTreeAside.tsx'
import { useHostColumns } from './host-columns.tsx'
import { describeHostStatus, hostTone } from './status.ts'

/** What the page knows of hosts. */
export const hostKind: EntityKind<'host'> = {
  name: 'host',
  keywords: ['host', 'hosts'],
  rank: 10,
  Icon: ServerIcon,
  toneOf: hostTone,
  isStale: ({ stale }) => stale,
  statusOf: describeHostStatus,
  words: {
    one: (t) => t('frame:menu.host'),
    many: (t) => t('hosts:all.label'),
    all: (t) => t('frame:menu.allHosts'),
    count: (t, count) => t('hosts:bulk.hosts', { count }),
    none: (t) => t('hosts:all.none'),
    filter: (t) => t('hosts:all.filter'),
    selectFirst: (t) => t('frame:menu.noHost'),
    gone: (t) => ({ title: t('hosts:gone.title'), body: t('hosts:gone.body') }),
  },
  parents: { compute: ({ clusterId }) => ({ kind: 'cluster', id: clusterId }) },
  holds: ['vm'],
  create: {
    id: 'host.add',
    label: (t) => t('hosts:action.add'),
    isMain: true,
    open: () => openDialog({ kind: 'add-host' }),
    others: [
      {
        id: 'host.add-many',
        label: (t) => t('hosts:action.addMany'),
        open: () => openDialog({ kind: 'add-hosts' }),
      },
    ],
    proposals: ({ clusterId }) => [
      { command: 'host.add', input: { address: NOBODYS_ADDRESS, ...(clusterId === null ? {} : { clusterId }) } },
    ],
  },
  TreeAside: HostTreeAside,
  Header: HostHeader,
  tabs: [
    { id: 'summary', title: (_host, t) => t('hosts:tab.summary'), Content: SummaryTab },
    { id: 'vms', title: ({ vmCount }, t) => t('hosts:tab.vms', { count: vmCount }), Content: MachinesTab },
    { id: 'storage', title: (_host, t) => t('hosts:tab.storage'), Content: StorageTab },
    { id: 'libvirt-networks', title: (_host, t) => t('hosts:tab.libvirtNetworks'), Content: LibvirtNetworksTab },
    { id: 'networks', title: (_host, t) => t('networks:all.label'), Content: NetworksTab },
    { id: 'hardware', title: (_host, t) => t('hosts:tab.hardware'), Content: HardwareTab },
    { id: 'system', title: (_host, t) => t('hosts:tab.system'), Content: SystemTab },
    { id: 'log', title: (_host, t) => t('hosts:tab.log'), Content: LogTab },
    { id: 'events', title: (_host, t) => t('hosts:tab.events'), Content: EventsTab },
  ],
  actions: HOST_ACTIONS,
  useColumns: useHostColumns,
  refersTo: ['cluster', 'datacenter'],
  fields: HOST_FIELDS,
}

interface TabProps {
  readonly entity: Host
}

function SummaryTab({ entity }: TabProps) {
  return <HostSummary host={entity} />
}

function MachinesTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="vm" within={{ kind: 'host', id }} />
}

function StorageTab({ entity }: TabProps) {
  return <HostStorage host={entity} />
}

function LibvirtNetworksTab({ entity }: TabProps) {
  return <HostLibvirtNetworks key={entity.id} host={entity} />
}

function NetworksTab({ entity }: TabProps) {
  return <HostNetworksTab key={entity.id} host={entity} />
}

function HardwareTab({ entity }: TabProps) {
  return <HostHardware host={entity} />
}

function SystemTab({ entity }: TabProps) {
  return <HostSystem host={entity} />
}

function LogTab({ entity: { id, stale } }: TabProps) {
  return <LogTail key={id} topic="host.log" id={id} stale={stale} />
}

function EventsTab({ entity }: TabProps) {
  return <EventList subjectIds={[entity.id]} />
}
