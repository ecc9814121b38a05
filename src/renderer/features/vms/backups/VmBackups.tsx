import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Backup, Vm } from '../../../../shared/domain/index.ts'
import { ActionButton } from '../../../components/ActionButton.tsx'
import { Card } from '../../../components/Card.tsx'
import { EmptyPage } from '../../../components/EmptyPage.tsx'
import { EllipsisVIcon } from '../../../components/icons.ts'
import { MenuButton } from '../../../components/menu.tsx'
import { PlainTable } from '../../../components/PlainTable.tsx'
import { useFormat } from '../../../i18n/index.ts'
import { openDialog, useCollection } from '../../../stores/index.ts'

/** A machine's backups, the newest first, and what can be done with them. */
export function VmBackups({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('backups')
  const domains = useCollection('storage-domains').entities
  const backups = useMemo(
    () =>
      [...entities.values()].filter(({ vmId }) => vmId === vm.id).sort((one, other) => other.createdAt - one.createdAt),
    [entities, vm.id],
  )
  const take = (
    <ActionButton
      label={t('vms:backups.take')}
      disabledReason={vm.stale ? t('vms:hostAway') : null}
      onClick={() => openDialog({ kind: 'back-up', vmId: vm.id })}
    />
  )
  if (backups.length === 0) {
    return <EmptyPage title={t('vms:backups.none')} body={t('vms:backups.noneAbout')} actions={take} />
  }
  const heads = (['taken', 'kind', 'domain', 'size', 'description', 'actions'] as const).map((column) =>
    t(`vms:backups.column.${column}`),
  )
  return (
    <div className="vd-summary">
      <Card title={t('vms:backups.title', { count: backups.length })} aside={take}>
        <PlainTable
          label={t('vms:backups.list')}
          heads={heads}
          rows={backups.map((backup) => ({
            key: backup.id,
            cells: [
              <time key="taken" title={format.dateTime(backup.createdAt)}>
                {format.time(backup.createdAt)}
              </time>,
              t(`vms:backups.kind.${backup.kind}`) + (backup.fromRunning ? '' : ` · ${t('vms:backups.wasOff')}`),
              domains.get(backup.storageDomainId)?.name ?? '',
              format.bytes(backup.sizeBytes),
              backup.description,
              <BackupMenu key="actions" backup={backup} />,
            ],
          }))}
        />
      </Card>
    </div>
  )
}

function BackupMenu({ backup }: { readonly backup: Backup }) {
  const { t } = useTranslation()
  const format = useFormat()
  const about = { backupId: backup.id }
  return (
    <MenuButton
      plain
      label={<EllipsisVIcon />}
      ariaLabel={`${t('vms:backups.column.actions')}: ${format.dateTime(backup.createdAt)}`}
      entries={[
        {
          type: 'action',
          id: 'backup.restore',
          label: t('vms:backups.restore'),
          run: () => openDialog({ kind: 'restore-backup', ...about }),
        },
        {
          type: 'action',
          id: 'backup.remove',
          label: t('vms:backups.remove'),
          danger: true,
          run: () => openDialog({ kind: 'remove-backup', ...about }),
        },
      ]}
    />
  )
}
