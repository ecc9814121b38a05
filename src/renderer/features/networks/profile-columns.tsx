import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { VnicProfile } from '../../../shared/domain/index.ts'
import { Name } from '../../components/Name.tsx'
import { CellLink, type Column } from '../../components/table/index.ts'
import { showEntity } from '../../stores/index.ts'
import { describeAllowed } from './profile-text.ts'

/** The columns of lists of vNIC profiles. */
export function useProfileColumns(): readonly Column<VnicProfile>[] {
  const { t } = useTranslation()
  return useMemo(() => buildProfileColumns(t), [t])
}

function buildProfileColumns(t: TFunction): readonly Column<VnicProfile>[] {
  return [
    {
      id: 'name',
      title: t('networks:label.name'),
      width: '22%',
      sortBy: ({ name }) => name,
      render: (profile) => (
        <CellLink onClick={() => showEntity('vnic-profile', profile.id)}>
          <Name>{profile.name}</Name>
        </CellLink>
      ),
    },
    {
      id: 'network',
      title: t('networks:all.one'),
      width: '18%',
      sortBy: ({ networkName }) => networkName,
      render: ({ networkName }) => <Name>{networkName}</Name>,
    },
    {
      id: 'filter',
      title: t('networks:label.filter'),
      width: '18%',
      sortBy: ({ filter }) => filter ?? '',
      render: ({ filter }) => (filter === null ? '—' : <code>{filter}</code>),
    },
    {
      id: 'allowed',
      title: t('networks:label.allowed'),
      sortBy: (profile) => describeAllowed(profile, t),
      render: (profile) => describeAllowed(profile, t) || '—',
    },
    {
      id: 'description',
      title: t('networks:label.description'),
      sortBy: ({ description }) => description,
      render: ({ description }) => <Name>{description}</Name>,
    },
  ]
}
