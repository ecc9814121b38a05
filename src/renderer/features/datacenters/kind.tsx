import type { Datacenter } from '../../../shared/domain/index.ts'
import { BuildingIcon } from '../../components/icons.ts'
import { type EntityKind, EntityTable, NOBODYS_NAME, useContainedIds } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { TopologyTab } from '../networks/index.ts'
import { DATACENTER_ACTIONS } from './actions.tsx'
import { DatacenterHeader } from './DatacenterHeader.tsx'
import { DatacenterSummary } from './DatacenterSummary.tsx'
import { useDatacenterColumns } from './datacenter-columns.tsx'
import { DATACENTER_FIELDS } from './fields.ts'
import { datacenterTone, describeDatacenter } from './status.ts'

/** What the page knows of datacenters. */
export const datacenterKind: EntityKind<'datacenter'> = {
  name: 'datacenter',
  keywords: ['datacenter', 'datacenters', 'dc'],
  rank: 2,
  Icon: BuildingIcon,
  toneOf: datacenterTone,
  statusOf: describeDatacenter,
  words: {
    one: (t) => t('frame:menu.datacenter'),
    many: (t) => t('datacenters:all.label'),
    all: (t) => t('frame:menu.allDatacenters'),
    count: (t, count) => t('datacenters:all.count', { count }),
    none: (t) => t('datacenters:all.none'),
    filter: (t) => t('datacenters:all.filter'),
    selectFirst: (t) => t('frame:menu.noDatacenter'),
    gone: (t) => ({ title: t('datacenters:gone.title'), body: t('datacenters:gone.body') }),
  },
  parents: { compute: () => null, storage: () => null, networks: () => null },
  holds: ['cluster', 'storage-domain', 'network', 'template'],
  create: {
    id: 'datacenter.create',
    label: (t) => t('datacenters:action.create'),
    open: () => openDialog({ kind: 'create-datacenter' }),
    proposals: () => [{ command: 'datacenter.create', input: { name: NOBODYS_NAME } }],
  },
  Header: DatacenterHeader,
  tabs: [
    { id: 'summary', title: (_datacenter, t) => t('hosts:tab.summary'), Content: SummaryTab },
    {
      id: 'clusters',
      title: ({ clusterCount }, t) => t('datacenters:tab.clusters', { count: clusterCount }),
      Content: ClustersTab,
    },
    {
      id: 'hosts',
      title: ({ population }, t) => t('clusters:tab.hosts', { count: population.hostCount }),
      Content: HostsTab,
    },
    {
      id: 'vms',
      title: ({ population }, t) => t('hosts:tab.vms', { count: population.vmCount }),
      Content: MachinesTab,
    },
    { id: 'storage', title: (_datacenter, t) => t('datacenters:tab.storage'), Content: StorageTab },
    { id: 'networks', title: (_datacenter, t) => t('networks:all.label'), Content: NetworksTab },
    { id: 'templates', title: (_datacenter, t) => t('templates:all.label'), Content: TemplatesTab },
    { id: 'topology', title: (_datacenter, t) => t('networks:topology.tab'), Content: Topology },
    { id: 'events', title: (_datacenter, t) => t('hosts:tab.events'), Content: EventsTab },
  ],
  actions: DATACENTER_ACTIONS,
  useColumns: useDatacenterColumns,
  refersTo: [],
  fields: DATACENTER_FIELDS,
}

interface TabProps {
  readonly entity: Datacenter
}

function SummaryTab({ entity }: TabProps) {
  return <DatacenterSummary datacenter={entity} />
}

function ClustersTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="cluster" within={{ kind: 'datacenter', id }} />
}

function HostsTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="host" within={{ kind: 'datacenter', id }} />
}

function MachinesTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="vm" within={{ kind: 'datacenter', id }} />
}

function StorageTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="storage-domain" within={{ kind: 'datacenter', id }} />
}

function NetworksTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="network" within={{ kind: 'datacenter', id }} />
}

function TemplatesTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="template" within={{ kind: 'datacenter', id }} />
}

function Topology({ entity }: TabProps) {
  return <TopologyTab datacenter={entity} />
}

function EventsTab({ entity }: TabProps) {
  return <EventList subjectIds={useContainedIds('datacenter', [entity.id])} objectId={entity.id} />
}
