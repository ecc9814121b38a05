import { useTranslation } from 'react-i18next'
import type { Datacenter } from '../../../shared/domain/index.ts'
import { EntryButton } from '../../components/ActionButton.tsx'
import { BuildingIcon, EllipsisVIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { PageHeader } from '../../components/PageHeader.tsx'
import { StatusLabel } from '../../components/StatusLabel.tsx'
import { EntityBreadcrumb, useEntityActions } from '../../kinds/index.ts'
import { datacenterTone, describeDatacenter } from './status.ts'

/** What the datacenter is called, how it stands, and what can be done to it. */
export function DatacenterHeader({ entity: datacenter }: { readonly entity: Datacenter }) {
  const { t } = useTranslation()
  const { byId, menu } = useEntityActions('datacenter', [datacenter.id])
  return (
    <PageHeader
      breadcrumb={<EntityBreadcrumb kind="datacenter" entity={datacenter} />}
      icon={<BuildingIcon />}
      title={datacenter.name}
      labels={
        <StatusLabel
          tone={datacenterTone(datacenter)}
          status={datacenter.status}
          word={describeDatacenter(datacenter, t)}
        />
      }
      actions={
        <>
          <EntryButton entry={byId.get('datacenter.add-cluster')} />
          <EntryButton entry={byId.get('datacenter.add-storage')} />
          <EntryButton entry={byId.get('datacenter.edit')} />
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
        </>
      }
    />
  )
}
