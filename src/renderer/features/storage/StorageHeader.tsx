import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { StorageDomain } from '../../../shared/domain/index.ts'
import { EntryButton } from '../../components/ActionButton.tsx'
import { EllipsisVIcon, StorageDomainIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { PageHeader } from '../../components/PageHeader.tsx'
import { StaleAge, StatusLabel } from '../../components/StatusLabel.tsx'
import { EntityBreadcrumb, useEntityActions } from '../../kinds/index.ts'
import { describeStorageDomain, storageTone } from './status.ts'

/** What the domain is called, what it is for, how it stands, and what can be done to it. */
export function StorageHeader({ entity: domain }: { readonly entity: StorageDomain }) {
  const { t } = useTranslation()
  const { byId, menu } = useEntityActions('storage-domain', [domain.id])
  const isActive = domain.status === 'active'
  return (
    <PageHeader
      breadcrumb={<EntityBreadcrumb kind="storage-domain" entity={domain} />}
      icon={<StorageDomainIcon />}
      title={domain.name}
      labels={
        <>
          <StatusLabel tone={storageTone(domain)} status={domain.status} word={describeStorageDomain(domain, t)} />
          <Label isCompact variant="outline">
            {t(`storage:type.${domain.type}`)}
          </Label>
          {domain.isMaster ? (
            <Label isCompact variant="outline">
              {t('storage:master')}
            </Label>
          ) : null}
          {domain.stale && domain.asOf !== null ? <StaleAge asOf={domain.asOf} /> : null}
        </>
      }
      actions={
        <>
          {isActive ? <EntryButton entry={byId.get('storage.upload')} /> : null}
          <EntryButton entry={byId.get(domain.datacenterId === null ? 'storage.attach' : 'storage.activate')} />
          {isActive ? <EntryButton entry={byId.get('storage.maintenance')} /> : null}
          <EntryButton entry={byId.get('storage.edit')} />
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
        </>
      }
    />
  )
}
