import type { VnicProfile } from '../../../shared/domain/index.ts'
import { PlugIcon } from '../../components/icons.ts'
import type { EntityKind } from '../../kinds/index.ts'
import { EventList } from '../events/index.ts'
import { PROFILE_ACTIONS } from './actions.tsx'
import { PROFILE_FIELDS } from './fields.ts'
import { ProfileHeader } from './NetworkHeader.tsx'
import { ProfileSummary } from './ProfileSummary.tsx'
import { useProfileColumns } from './profile-columns.tsx'
import { describeAllowed } from './profile-text.ts'

/** What the page knows of vNIC profiles. */
export const vnicProfileKind: EntityKind<'vnic-profile'> = {
  name: 'vnic-profile',
  keywords: ['profile', 'profiles', 'vnic'],
  rank: 27,
  Icon: PlugIcon,
  toneOf: () => 'ok',
  statusOf: describeAllowed,
  words: {
    one: (t) => t('networks:profile.one'),
    many: (t) => t('networks:profile.many'),
    all: (t) => t('networks:profile.all'),
    count: (t, count) => t('networks:profile.count', { count }),
    none: (t) => t('networks:profile.none'),
    filter: (t) => t('networks:profile.filter'),
    selectFirst: (t) => t('networks:profile.selectFirst'),
    gone: (t) => ({ title: t('networks:profile.gone'), body: t('networks:gone.body') }),
  },
  parents: { networks: ({ networkId }) => ({ kind: 'network', id: networkId }) },
  holds: [],
  isListedOnly: true,
  hasNoMenu: true,
  Header: ProfileHeader,
  tabs: [
    { id: 'summary', title: (_profile, t) => t('hosts:tab.summary'), Content: SummaryTab },
    { id: 'events', title: (_profile, t) => t('hosts:tab.events'), Content: EventsTab },
  ],
  actions: PROFILE_ACTIONS,
  useColumns: useProfileColumns,
  refersTo: [],
  fields: PROFILE_FIELDS,
}

interface TabProps {
  readonly entity: VnicProfile
}

function SummaryTab({ entity }: TabProps) {
  return <ProfileSummary profile={entity} />
}

function EventsTab({ entity }: TabProps) {
  return <EventList subjectIds={[entity.id]} />
}
