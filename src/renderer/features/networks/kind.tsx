import { useTranslation } from 'react-i18next'
import type { Network } from '../../../shared/domain/index.ts'
import { NetworkIcon } from '../../components/icons.ts'
import { type EntityKind, EntityTable } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { NETWORK_ACTIONS } from './actions.tsx'
import { NETWORK_FIELDS } from './fields.ts'
import { NetworkClusters } from './NetworkAssignments.tsx'
import { NetworkHeader } from './NetworkHeader.tsx'
import { NetworkSummary } from './NetworkSummary.tsx'
import { useNetworkColumns } from './network-columns.tsx'
import { describeNetwork, describeVlan, networkTone } from './status.ts'

/** What the page knows of logical networks. */
export const networkKind: EntityKind<'network'> = {
  name: 'network',
  keywords: ['network', 'networks', 'net'],
  rank: 17,
  Icon: NetworkIcon,
  toneOf: networkTone,
  statusOf: describeNetwork,
  words: {
    one: (t) => t('networks:all.one'),
    many: (t) => t('networks:all.label'),
    all: (t) => t('networks:all.menu'),
    count: (t, count) => t('networks:all.count', { count }),
    none: (t) => t('networks:all.none'),
    filter: (t) => t('networks:all.filter'),
    selectFirst: (t) => t('networks:all.selectFirst'),
    gone: (t) => ({ title: t('networks:gone.title'), body: t('networks:gone.body') }),
  },
  parents: { networks: ({ datacenterId }) => ({ kind: 'datacenter', id: datacenterId }) },
  holds: ['vnic-profile'],
  create: {
    id: 'network.create',
    label: (t) => t('networks:action.create'),
    isMain: true,
    open: () => openDialog({ kind: 'create-network', datacenterId: null }),
  },
  TreeAside: Vlan,
  Header: NetworkHeader,
  tabs: [
    { id: 'summary', title: (_network, t) => t('hosts:tab.summary'), Content: SummaryTab },
    {
      id: 'clusters',
      title: ({ clusters }, t) => t('networks:tab.clustersCount', { count: clusters.length }),
      Content: ClustersTab,
    },
    {
      id: 'profiles',
      title: ({ profileCount }, t) => t('networks:tab.profiles', { count: profileCount }),
      Content: ProfilesTab,
    },
    { id: 'events', title: (_network, t) => t('hosts:tab.events'), Content: EventsTab },
  ],
  actions: NETWORK_ACTIONS,
  useColumns: useNetworkColumns,
  refersTo: ['datacenter'],
  fields: NETWORK_FIELDS,
}

interface TabProps {
  readonly entity: Network
}

function Vlan({ entity }: TabProps) {
  const { t } = useTranslation()
  return entity.vlanId === null ? null : describeVlan(entity, t)
}

function SummaryTab({ entity }: TabProps) {
  return <NetworkSummary network={entity} />
}

function ClustersTab({ entity }: TabProps) {
  return <NetworkClusters key={entity.id} network={entity} />
}

function ProfilesTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="vnic-profile" within={{ kind: 'network', id }} />
}

function EventsTab({ entity }: TabProps) {
  return <EventList subjectIds={[entity.id]} />
}
