import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { Disk } from '../../../shared/domain/index.ts'
import { EntryButton } from '../../components/ActionButton.tsx'
import { EllipsisVIcon, HddIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { PageHeader } from '../../components/PageHeader.tsx'
import { StatusLabel } from '../../components/StatusLabel.tsx'
import { EntityBreadcrumb, useEntityActions } from '../../kinds/index.ts'
import { describeDisk, describeFormat, diskTone } from './status.ts'

/** What the disk is called, how it stands, and what can be done to it. */
export function DiskHeader({ entity: disk }: { readonly entity: Disk }) {
  const { t } = useTranslation()
  const { byId, menu } = useEntityActions('disk', [disk.id])
  return (
    <PageHeader
      breadcrumb={<EntityBreadcrumb kind="disk" entity={disk} />}
      icon={<HddIcon />}
      title={disk.name}
      labels={
        <>
          <StatusLabel tone={diskTone(disk)} status={disk.status} word={describeDisk(disk, t)} />
          <Label isCompact variant="outline">
            {describeFormat(disk.format, t)}
          </Label>
        </>
      }
      actions={
        <>
          <EntryButton entry={byId.get('disk.adopt')} />
          <EntryButton entry={byId.get('disk.download')} />
          <EntryButton entry={byId.get('disk.resize')} />
          <EntryButton entry={byId.get('disk.edit')} />
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
        </>
      }
    />
  )
}
