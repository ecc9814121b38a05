import { useTranslation } from 'react-i18next'
import type { Cluster } from '../../../shared/domain/index.ts'
import { ClusterIcon } from '../../components/icons.ts'
import { type EntityKind, EntityTable, NOBODYS_NAME, useContainedIds } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { ClusterNetworks } from '../networks/index.ts'
import { CLUSTER_ACTIONS } from './actions.tsx'
import { ClusterHeader } from './ClusterHeader.tsx'
import { ClusterSummary } from './ClusterSummary.tsx'
import { useClusterColumns } from './cluster-columns.tsx'
import { CLUSTER_FIELDS } from './fields.ts'
import { clusterTone, describeCluster } from './status.ts'

/** What the page knows of clusters. */
export const clusterKind: EntityKind<'cluster'> = {
  name: 'cluster',
  keywords: ['cluster', 'clusters'],
  rank: 5,
  Icon: ClusterIcon,
  toneOf: clusterTone,
  statusOf: describeCluster,
  words: {
    one: (t) => t('frame:menu.cluster'),
    many: (t) => t('clusters:all.label'),
    all: (t) => t('frame:menu.allClusters'),
    count: (t, count) => t('clusters:all.count', { count }),
    none: (t) => t('clusters:all.none'),
    filter: (t) => t('clusters:all.filter'),
    selectFirst: (t) => t('frame:menu.noCluster'),
    gone: (t) => ({ title: t('clusters:gone.title'), body: t('clusters:gone.body') }),
  },
  parents: { compute: ({ datacenterId }) => ({ kind: 'datacenter', id: datacenterId }) },
  holds: ['host'],
  create: {
    id: 'cluster.create',
    label: (t) => t('clusters:action.create'),
    open: () => openDialog({ kind: 'create-cluster', datacenterId: null }),
    proposals: ({ datacenters }) =>
      datacenters.map(({ id }) => ({ command: 'cluster.create', input: { datacenterId: id, name: NOBODYS_NAME } })),
  },
  TreeAside: HostCount,
  Header: ClusterHeader,
  tabs: [
    { id: 'summary', title: (_cluster, t) => t('hosts:tab.summary'), Content: SummaryTab },
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
    { id: 'networks', title: (_cluster, t) => t('networks:all.label'), Content: NetworksTab },
    { id: 'events', title: (_cluster, t) => t('hosts:tab.events'), Content: EventsTab },
  ],
  actions: CLUSTER_ACTIONS,
  useColumns: useClusterColumns,
  refersTo: ['datacenter'],
  fields: CLUSTER_FIELDS,
}

interface TabProps {
  readonly entity: Cluster
}

function HostCount({ entity: { population } }: TabProps) {
  const { t } = useTranslation()
  return t('hosts:bulk.hosts', { count: population.hostCount })
}

function SummaryTab({ entity }: TabProps) {
  return <ClusterSummary cluster={entity} />
}

function HostsTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="host" within={{ kind: 'cluster', id }} />
}

function MachinesTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="vm" within={{ kind: 'cluster', id }} />
}

function NetworksTab({ entity }: TabProps) {
  return <ClusterNetworks key={entity.id} cluster={entity} />
}

function EventsTab({ entity }: TabProps) {
  return <EventList subjectIds={useContainedIds('cluster', [entity.id])} objectId={entity.id} />
}
