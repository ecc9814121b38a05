import { Checkbox, FormGroup, Radio, TextInput } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Backup, BackupId, StorageDomainId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { useFormat } from '../../../i18n/index.ts'
import { useCollection, useDialogCommand, useEntity, useVerdicts } from '../../../stores/index.ts'
import { DomainSelect } from '../../disks/index.ts'
import { useBackupDomains } from './use-backup-domains.ts'

const NAME_LIMIT = 128

interface BackupProps {
  readonly backupId: BackupId
}

/** Makes a new machine of a backup, or puts its own back. */
export function RestoreBackupDialog({ backupId }: BackupProps) {
  const backup = useCollection('backups').entities.get(backupId)
  return backup === undefined ? null : <Restore backup={backup} />
}

function Restore({ backup }: { readonly backup: Backup }) {
  const { t } = useTranslation()
  const format = useFormat()
  const ids = { how: useId(), name: useId() }
  const vm = useEntity('vms', backup.vmId)
  const choices = useBackupDomains()
  const [isNew, setNew] = useState(true)
  const [name, setName] = useState(vm === undefined ? backup.name : `${backup.name}-2`)
  const [chosen, setChosen] = useState<StorageDomainId>(backup.storageDomainId)
  const { isBusy, error, run } = useDialogCommand('backup.restore', backup.name)
  const input = {
    backupId: backup.id,
    ...(isNew ? { name: name.trim(), storageDomainId: chosen } : { vmId: backup.vmId }),
  }
  const isNameless = isNew && name.trim() === ''
  // What the engine would say to it is said before it is asked to.
  const [verdict] = useVerdicts(isNameless ? [] : [{ command: 'backup.restore', input }], vm)
  const refusal = verdict ?? null
  return (
    <FormDialog
      size="medium"
      title={t('vms:backups.restoreTitle', { name: backup.name, time: format.dateTime(backup.createdAt) })}
      label={t('vms:backups.restoreDo')}
      busyLabel={t('vms:backups.restoring')}
      isBusy={isBusy}
      isDisabled={isNameless || refusal !== null}
      error={error ?? (isBusy ? null : refusal)}
      onSubmit={() => void run(input)}
    >
      {vm === undefined ? null : (
        <FormGroup role="radiogroup" label={t('vms:backups.how')} fieldId={ids.how} isStack>
          <Radio
            id={`${ids.how}-new`}
            name={ids.how}
            label={t('vms:backups.asNew')}
            isChecked={isNew}
            onChange={() => setNew(true)}
          />
          <Radio
            id={`${ids.how}-old`}
            name={ids.how}
            label={t('vms:backups.asOld', { name: vm.name })}
            isChecked={!isNew}
            onChange={() => setNew(false)}
          />
        </FormGroup>
      )}
      <p>{t(isNew ? 'vms:backups.newAbout' : 'vms:backups.oldAbout')}</p>
      {isNew ? (
        <>
          <FormGroup label={t('vms:backups.newName')} fieldId={ids.name}>
            <TextInput id={ids.name} value={name} maxLength={NAME_LIMIT} onChange={(_event, value) => setName(value)} />
          </FormGroup>
          <DomainSelect choices={choices} value={chosen} onChange={setChosen} />
        </>
      ) : null}
    </FormDialog>
  )
}

/** Asks before a backup is removed, and says what lies on it. */
export function RemoveBackupDialog({ backupId }: BackupProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('backups')
  const backup = entities.get(backupId)
  const [withIncrements, setWith] = useState(false)
  const { isBusy, error, run } = useDialogCommand('backup.remove', backup?.name ?? '')
  if (backup === undefined) return null
  const count = countIncrements(entities.values(), backupId)
  return (
    <FormDialog
      title={t('vms:backups.removeTitle', { name: backup.name, time: format.dateTime(backup.createdAt) })}
      label={t('vms:backups.removeDo')}
      busyLabel={t('vms:backups.removing')}
      isBusy={isBusy}
      isDisabled={count > 0 && !withIncrements}
      error={error}
      onSubmit={() => void run({ backupId, withIncrements })}
    >
      <p>{t('vms:backups.removeBody')}</p>
      {count === 0 ? null : (
        <Checkbox
          id="remove-backup-increments"
          label={t('vms:backups.removeWith', { count })}
          isChecked={withIncrements}
          onChange={(_event, checked) => setWith(checked)}
        />
      )}
    </FormDialog>
  )
}

function countIncrements(backups: Iterable<Backup>, backupId: BackupId): number {
  const all = [...backups]
  const found = [backupId]
  for (const each of found) found.push(...all.filter(({ parentId }) => parentId === each).map(({ id }) => id))
  return found.length - 1
}
