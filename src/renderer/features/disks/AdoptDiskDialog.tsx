import { FormGroup, TextInput } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disk, DiskId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { showEntity, useDialogCommand, useEntity } from '../../stores/index.ts'

/** Takes a file that was found in a domain into the inventory. */
export function AdoptDiskDialog({ diskId }: { readonly diskId: DiskId }) {
  const disk = useEntity('disks', diskId)
  return disk === undefined ? null : <AdoptForm disk={disk} />
}

function AdoptForm({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  const id = useId()
  const [alias, setAlias] = useState(disk.name)
  const { isBusy, error, run } = useDialogCommand('disk.adopt', disk.name)
  const adopt = async () => {
    const { storageDomainId, fileName } = disk
    // Left as it is, it takes the name that its domain describes, where it does.
    const given = alias.trim() === disk.name ? {} : { alias: alias.trim() }
    const made = await run({ storageDomainId, fileName, ...given })
    if (made !== null) showEntity('disk', made.diskId)
  }
  return (
    <FormDialog
      title={t('disks:adopt.title', { name: disk.fileName })}
      label={t('disks:adopt.do')}
      isBusy={isBusy}
      isDisabled={alias.trim() === ''}
      error={error}
      onSubmit={() => void adopt()}
    >
      <p>{t('disks:adopt.body')}</p>
      <FormGroup label={t('disks:column.name')} fieldId={id}>
        <TextInput id={id} value={alias} maxLength={120} onChange={(_event, value) => setAlias(value)} autoFocus />
      </FormGroup>
    </FormDialog>
  )
}
