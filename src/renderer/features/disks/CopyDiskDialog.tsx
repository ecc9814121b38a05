import { FormGroup, TextInput } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disk, DiskId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { useDialogCommand, useEntity } from '../../stores/index.ts'
import { DomainSelect } from './DomainSelect.tsx'
import { useDomainChoices } from './use-domain-choices.ts'

/** As long as a disk's name may be. */
const NAME_LIMIT = 120
const FOR_DISKS = ['data'] as const
const FOR_IMAGES = ['data', 'iso'] as const

/** Copies a disk, within its domain or to another one. */
export function CopyDiskDialog({ diskId }: { readonly diskId: DiskId }) {
  const disk = useEntity('disks', diskId)
  return disk === undefined ? null : <CopyForm disk={disk} />
}

function useTargets(disk: Disk) {
  return useDomainChoices(disk.kind === 'image' ? FOR_IMAGES : FOR_DISKS)
}

function CopyForm({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  const id = useId()
  const choices = useTargets(disk)
  const [chosen, setChosen] = useState(disk.storageDomainId)
  const [alias, setAlias] = useState(() => t('disks:copy.name', { name: disk.name }).slice(0, NAME_LIMIT))
  const { isBusy, error, run } = useDialogCommand('disk.copy', disk.name)
  return (
    <FormDialog
      title={t('disks:copy.title', { name: disk.name })}
      label={t('disks:copy.do')}
      busyLabel={t('disks:copy.busy')}
      isBusy={isBusy}
      isDisabled={choices.length === 0 || alias.trim() === ''}
      error={error}
      onSubmit={() => void run({ diskId: disk.id, storageDomainId: chosen, alias: alias.trim() })}
    >
      <p>{t('disks:copy.body')}</p>
      <DomainSelect choices={choices} value={chosen} onChange={setChosen} autoFocus />
      <FormGroup label={t('disks:copy.as')} fieldId={id}>
        <TextInput id={id} value={alias} maxLength={NAME_LIMIT} onChange={(_event, value) => setAlias(value)} />
      </FormGroup>
    </FormDialog>
  )
}
