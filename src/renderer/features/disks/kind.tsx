import type { Disk } from '../../../shared/domain/index.ts'
import { HddIcon } from '../../components/icons.ts'
import type { EntityKind } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { DISK_ACTIONS } from './actions.tsx'
import { DiskHeader } from './DiskHeader.tsx'
import { DiskSummary } from './DiskSummary.tsx'
import { useDiskColumns } from './disk-columns.tsx'
import { DISK_FIELDS } from './fields.ts'
import { describeDisk, diskTone } from './status.ts'

/** What the page knows of disks and images. */
export const diskKind: EntityKind<'disk'> = {
  name: 'disk',
  keywords: ['disk', 'disks', 'image', 'images'],
  rank: 25,
  Icon: HddIcon,
  toneOf: diskTone,
  statusOf: describeDisk,
  words: {
    one: (t) => t('disks:all.one'),
    many: (t) => t('disks:all.label'),
    all: (t) => t('disks:all.menu'),
    count: (t, count) => t('disks:all.count', { count }),
    none: (t) => t('disks:all.none'),
    filter: (t) => t('disks:all.filter'),
    selectFirst: (t) => t('disks:all.selectFirst'),
    gone: (t) => ({ title: t('disks:gone.title'), body: t('disks:gone.body') }),
  },
  parents: { storage: ({ storageDomainId }) => ({ kind: 'storage-domain', id: storageDomainId }) },
  holds: [],
  areMany: true,
  isListedOnly: true,
  create: {
    id: 'disk.create',
    label: (t) => t('disks:action.create'),
    open: () => openDialog({ kind: 'create-disk', storageDomainId: null }),
  },
  Header: DiskHeader,
  tabs: [
    { id: 'summary', title: (_disk, t) => t('hosts:tab.summary'), Content: SummaryTab },
    { id: 'events', title: (_disk, t) => t('hosts:tab.events'), Content: EventsTab },
  ],
  actions: DISK_ACTIONS,
  useColumns: useDiskColumns,
  refersTo: ['storage-domain'],
  fields: DISK_FIELDS,
}

interface TabProps {
  readonly entity: Disk
}

function SummaryTab({ entity }: TabProps) {
  return <DiskSummary disk={entity} />
}

function EventsTab({ entity }: TabProps) {
  return <EventList subjectIds={[entity.id]} />
}
