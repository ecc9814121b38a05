import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/domain/index.ts'
import { EntryButton } from '../../components/ActionButton.tsx'
import { EllipsisVIcon, ServerIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { PageHeader } from '../../components/PageHeader.tsx'
import { StaleAge, StatusLabel } from '../../components/StatusLabel.tsx'
import { EntityBreadcrumb, useEntityActions } from '../../kinds/index.ts'
import { describeHostStatus, hostTone } from './status.ts'

/** What the host is called, how it stands, and what can be done to it. */
export function HostHeader({ entity: host }: { readonly entity: Host }) {
  const { t } = useTranslation()
  const inUse = host.maintenance === null && host.power === null
  const { byId, menu } = useEntityActions('host', [host.id])
  return (
    <PageHeader
      breadcrumb={<EntityBreadcrumb kind="host" entity={host} />}
      icon={<ServerIcon />}
      title={host.name}
      labels={
        <>
          <StatusLabel tone={hostTone(host)} status={host.status} word={describeHostStatus(host, t)} />
          {host.isStorageManager ? (
            <Label isCompact variant="outline" data-testid="storage-manager">
              {t('hosts:storageManager')}
            </Label>
          ) : null}
          {host.stale && host.asOf !== null ? <StaleAge asOf={host.asOf} /> : null}
        </>
      }
      actions={
        <>
          <EntryButton entry={byId.get(inUse ? 'host.maintenance' : 'host.activate')} />
          <EntryButton entry={byId.get('host.reconnect')} />
          <EntryButton entry={byId.get('host.edit')} />
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
        </>
      }
    />
  )
}
