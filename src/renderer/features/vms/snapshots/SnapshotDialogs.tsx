import { Checkbox } from '@patternfly/react-core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { TextField } from '../../../components/fields/index.ts'
import { useCollection, useDialogCommand, useEntity } from '../../../stores/index.ts'

interface SnapshotProps {
  readonly vmId: VmId
  readonly snapshotId: string
}

/** Asks before a machine is put back to a snapshot. */
export function RevertSnapshotDialog({ vmId, snapshotId }: SnapshotProps) {
  const { t } = useTranslation()
  const name = useEntity('vms', vmId)?.name ?? ''
  const snapshot = useCollection('snapshots', vmId).entities.get(snapshotId)
  const [start, setStart] = useState(false)
  const { isBusy, error, run } = useDialogCommand('vm.snapshot-revert', name)
  return (
    <FormDialog
      title={t('vms:snapshots.revertTitle', { name, snapshot: snapshotId })}
      label={t('vms:snapshots.revertDo')}
      busyLabel={t('vms:snapshots.reverting')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run({ vmId, snapshotId, start })}
    >
      <p>{t('vms:snapshots.revertBody')}</p>
      {snapshot?.hasMemory === true ? null : (
        <Checkbox
          id="revert-snapshot-start"
          label={t('vms:snapshots.revertStart')}
          isChecked={start}
          onChange={(_event, checked) => setStart(checked)}
        />
      )}
    </FormDialog>
  )
}

/** Asks before a snapshot is removed. */
export function RemoveSnapshotDialog({ vmId, snapshotId }: SnapshotProps) {
  const { t } = useTranslation()
  const name = useEntity('vms', vmId)?.name ?? ''
  const { isBusy, error, run } = useDialogCommand('vm.snapshot-remove', name)
  return (
    <FormDialog
      title={t('vms:snapshots.removeTitle', { snapshot: snapshotId })}
      label={t('vms:snapshots.removeDo')}
      busyLabel={t('vms:snapshots.removing')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run({ vmId, snapshotId })}
    >
      <p>{t('vms:snapshots.removeBody', { name })}</p>
    </FormDialog>
  )
}

/** Changes what is written down of a snapshot. */
export function EditSnapshotDialog({ vmId, snapshotId }: SnapshotProps) {
  const { t } = useTranslation()
  const name = useEntity('vms', vmId)?.name ?? ''
  const before = useCollection('snapshots', vmId).entities.get(snapshotId)?.description ?? ''
  const { control, handleSubmit } = useForm({ defaultValues: { description: before } })
  const { isBusy, error, run } = useDialogCommand('vm.snapshot-edit', name)
  const submit = handleSubmit(({ description }) => run({ vmId, snapshotId, description }))
  return (
    <FormDialog
      size="medium"
      title={t('vms:snapshots.editTitle', { snapshot: snapshotId })}
      label={t('vms:snapshots.editDo')}
      busyLabel={t('vms:snapshots.editing')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void submit()}
    >
      <TextField control={control} name="description" label={t('vms:snapshots.description')} autoFocus />
    </FormDialog>
  )
}
