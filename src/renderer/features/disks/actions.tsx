import type { TFunction } from 'i18next'
import type { Disk } from '../../../shared/domain/index.ts'
import { CopyIcon, DownloadIcon, EditIcon, ExpandIcon, ImportIcon, TrashIcon } from '../../components/icons.ts'
import { type EntityAction, NOBODYS_NAME } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'

/** What can be done to a file only once somebody has taken it into the inventory. Pure. */
export function refuseOrphan({ registered, status }: Pick<Disk, 'registered' | 'status'>, t: TFunction): string | null {
  if (!registered) return t('disks:refusal.adoptFirst')
  return status === 'locked' ? t('disks:refusal.locked') : null
}

const ask = (id: 'sparsify' | 'remove') => (t: TFunction, name: string) => ({
  title: t(`disks:ask.${id}.title`, { name }),
  body: t(`disks:ask.${id}.body`),
  confirm: t(`disks:ask.${id}.do`),
})

/** Everything that can be done to a disk, in the order of the menus. */
export const DISK_ACTIONS: readonly EntityAction<'disk'>[] = [
  {
    id: 'disk.download',
    group: 'bytes',
    label: (t) => t('disks:action.download'),
    icon: <DownloadIcon />,
    // Its transfer is made once it runs.
    call: { command: 'disk.download', input: { transferId: NOBODYS_NAME } },
    open: ({ id }) => openDialog({ kind: 'download-disk', diskId: id }),
  },
  {
    id: 'disk.adopt',
    group: 'edit',
    label: (t) => t('disks:action.adopt'),
    icon: <ImportIcon />,
    isOffered: (disks) => disks.every(({ registered }) => !registered),
    open: ({ id }) => openDialog({ kind: 'adopt-disk', diskId: id }),
  },
  {
    id: 'disk.edit',
    group: 'edit',
    label: (t) => t('disks:action.edit'),
    icon: <EditIcon />,
    open: ({ id }) => openDialog({ kind: 'edit-disk', diskId: id }),
    refusal: refuseOrphan,
  },
  {
    id: 'disk.resize',
    group: 'edit',
    label: (t) => t('disks:action.resize'),
    icon: <ExpandIcon />,
    isOffered: (disks) => disks.every(({ kind }) => kind === 'disk'),
    open: ({ id }) => openDialog({ kind: 'resize-disk', diskId: id }),
    refusal: refuseOrphan,
  },
  {
    id: 'disk.copy',
    group: 'move',
    label: (t) => t('disks:action.copy'),
    icon: <CopyIcon />,
    open: ({ id }) => openDialog({ kind: 'copy-disk', diskId: id }),
    refusal: refuseOrphan,
  },
  {
    id: 'disk.move',
    group: 'move',
    label: (t) => t('disks:action.move'),
    open: ({ id }) => openDialog({ kind: 'move-disk', diskId: id }),
    refusal: refuseOrphan,
  },
  {
    id: 'disk.sparsify',
    group: 'move',
    label: (t) => t('disks:action.sparsify'),
    // Other formats have no zeros in their files that a host could find by itself.
    isOffered: (disks) => disks.every(({ kind, format }) => kind === 'disk' && format === 'raw'),
    asked: 'always',
    question: ask('sparsify'),
    explainsRefusal: true,
    call: { command: 'disk.sparsify', input: {} },
  },
  {
    id: 'disk.remove',
    group: 'remove',
    label: (t) => t('disks:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    isMain: true,
    asked: 'always',
    question: ask('remove'),
    explainsRefusal: true,
    call: { command: 'disk.remove', input: {} },
  },
]
