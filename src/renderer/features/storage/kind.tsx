import { useTranslation } from 'react-i18next'
import type { StorageDomain } from '../../../shared/domain/index.ts'
import { StorageDomainIcon } from '../../components/icons.ts'
import { useFormat } from '../../i18n/index.ts'
import { type EntityKind, EntityTable, NOBODYS_PATH } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { STORAGE_ACTIONS } from './actions.tsx'
import { DomainCandidates } from './DomainCandidates.tsx'
import { DomainMachines } from './DomainMachines.tsx'
import { STORAGE_FIELDS } from './fields.ts'
import { HostConnections } from './HostConnections.tsx'
import { StorageHeader } from './StorageHeader.tsx'
import { StorageSummary } from './StorageSummary.tsx'
import { countConnected, describeStorageDomain, storageTone } from './status.ts'
import { useStorageColumns } from './storage-columns.tsx'

/** What the page knows of storage domains. */
export const storageKind: EntityKind<'storage-domain'> = {
  name: 'storage-domain',
  keywords: ['storage', 'domain', 'domains'],
  rank: 15,
  Icon: StorageDomainIcon,
  toneOf: storageTone,
  isStale: ({ stale }) => stale,
  statusOf: describeStorageDomain,
  words: {
    one: (t) => t('storage:all.one'),
    many: (t) => t('storage:all.label'),
    all: (t) => t('storage:all.menu'),
    count: (t, count) => t('storage:all.count', { count }),
    none: (t) => t('storage:all.none'),
    filter: (t) => t('storage:all.filter'),
    selectFirst: (t) => t('storage:all.selectFirst'),
    gone: (t) => ({ title: t('storage:gone.title'), body: t('storage:gone.body') }),
  },
  parents: {
    storage: ({ datacenterId }) => (datacenterId === null ? null : { kind: 'datacenter', id: datacenterId }),
  },
  holds: ['disk'],
  create: {
    id: 'storage.create',
    label: (t) => t('storage:action.create'),
    isMain: true,
    open: () => openDialog({ kind: 'create-storage', datacenterId: null }),
    others: [
      {
        id: 'storage.import',
        label: (t) => t('storage:action.import'),
        open: () => openDialog({ kind: 'import-storage', datacenterId: null }),
      },
    ],
    // A domain that is imported says itself what it is: what keeps it out keeps all others out.
    proposals: ({ datacenters }) =>
      datacenters.map(({ id, storageType }) => ({
        command: 'storage.import',
        input: { datacenterId: id, storage: { kind: storageType === 'local' ? 'local' : 'posix', path: NOBODYS_PATH } },
      })),
  },
  TreeAside: FreeSpace,
  Header: StorageHeader,
  tabs: [
    { id: 'summary', title: (_domain, t) => t('hosts:tab.summary'), Content: SummaryTab },
    {
      id: 'hosts',
      title: ({ connections }, t) =>
        t('storage:tab.hosts', { connected: countConnected(connections), count: connections.length }),
      Content: HostsTab,
    },
    {
      id: 'disks',
      title: ({ type, diskCount }, t) =>
        t(type === 'iso' ? 'storage:tab.images' : 'storage:tab.disks', { count: diskCount }),
      Content: DisksTab,
    },
    { id: 'vms', title: (_domain, t) => t('storage:tab.vms'), Content: MachinesTab },
    { id: 'candidates', title: (_domain, t) => t('storage:tab.candidates'), Content: CandidatesTab },
    { id: 'events', title: (_domain, t) => t('hosts:tab.events'), Content: EventsTab },
  ],
  actions: STORAGE_ACTIONS,
  useColumns: useStorageColumns,
  refersTo: ['datacenter'],
  fields: STORAGE_FIELDS,
}

interface TabProps {
  readonly entity: StorageDomain
}

/** How much room is left, or how it stands when it cannot be used. */
function FreeSpace({ entity: { status, availableBytes } }: TabProps) {
  const { t } = useTranslation()
  const format = useFormat()
  if (status !== 'active') return t(`storage:status.${status}`)
  return availableBytes === null ? null : t('storage:tree.free', { free: format.bytes(availableBytes) })
}

function SummaryTab({ entity }: TabProps) {
  return <StorageSummary domain={entity} />
}

function HostsTab({ entity }: TabProps) {
  return <HostConnections domain={entity} />
}

function DisksTab({ entity: { id } }: TabProps) {
  return <EntityTable key={id} kind="disk" within={{ kind: 'storage-domain', id }} />
}

function MachinesTab({ entity }: TabProps) {
  return <DomainMachines domain={entity} />
}

function CandidatesTab({ entity }: TabProps) {
  return <DomainCandidates domain={entity} />
}

function EventsTab({ entity }: TabProps) {
  return <EventList subjectIds={[entity.id]} />
}
