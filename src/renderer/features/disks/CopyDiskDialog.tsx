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

/** Moves a disk to another domain. */
export function MoveDiskDialog({ diskId }: { readonly diskId: DiskId }) {
  const disk = useEntity('disks', diskId)
  return disk === undefined ? null : <MoveForm disk={disk} />
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

function MoveForm({ disk }: { readonly disk: Disk }) {
  const { t } = useTranslation()
  const choices = useTargets(disk).filter(({ id }) => id !== disk.storageDomainId)
  const [chosen, setChosen] = useState<Disk['storageDomainId'] | null>(null)
  const { isBusy, error, run } = useDialogCommand('disk.move', disk.name)
  const target = chosen ?? choices[0]?.id ?? null
  return (
    <FormDialog
      title={t('disks:move.title', { name: disk.name })}
      label={t('disks:move.do')}
      busyLabel={t('disks:move.busy')}
      isBusy={isBusy}
      isDisabled={target === null}
      error={error}
      onSubmit={() => {
        if (target !== null) void run({ diskId: disk.id, storageDomainId: target })
      }}
    >
      <p>{t('disks:move.body')}</p>
      <DomainSelect choices={choices} value={target} onChange={setChosen} autoFocus />
    </FormDialog>
  )
}
