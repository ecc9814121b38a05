import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { Disk } from '../../../shared/domain/index.ts'
import { HddIcon } from '../../components/icons.ts'
import { PageHeader } from '../../components/PageHeader.tsx'
import { StatusLabel } from '../../components/StatusLabel.tsx'
import { EntityBreadcrumb } from '../../kinds/index.ts'
import { describeDisk, describeFormat, diskTone } from './status.ts'

/** What the disk is called, how it stands, and what can be done to it. */
export function DiskHeader({ entity: disk }: { readonly entity: Disk }) {
  const { t } = useTranslation()
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
      actions={null}
    />
  )
}
