import type { TFunction } from 'i18next'
import type { StorageDomain } from '../../../shared/domain/index.ts'
import {
  BuildingIcon,
  EditIcon,
  LockIcon,
  PauseIcon,
  PlayIcon,
  PlusIcon,
  SyncAltIcon,
  TimesIcon,
  TrashIcon,
  UnlinkIcon,
  UploadIcon,
} from '../../components/icons.ts'
import type { EntityAction } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'

/** Actions with words of their own for the question before them. */
type Asked = 'maintenance' | 'detach' | 'takeOver'

const ask = (id: Asked) => (t: TFunction, name: string) => ({
  title: t(`storage:ask.${id}.title`, { name }),
  body: t(`storage:ask.${id}.body`),
  confirm: t(`storage:ask.${id}.do`),
})

/** Why nothing can be put into a domain now; null: it can. What else stands in the way the engine says. Pure. */
export function refuseContent({ status }: Pick<StorageDomain, 'status'>, t: TFunction): string | null {
  return status === 'active' ? null : t('storage:refusal.notActive', { status: t(`storage:status.${status}`) })
}

const isAttached = (domains: readonly StorageDomain[]) => domains.some(({ datacenterId }) => datacenterId !== null)

/** Everything that can be done to a storage domain, in the order of the menus. */
export const STORAGE_ACTIONS: readonly EntityAction<'storage-domain'>[] = [
  {
    id: 'storage.upload',
    group: 'content',
    label: (t) => t('disks:action.upload'),
    icon: <UploadIcon />,
    open: ({ id }) => openDialog({ kind: 'upload-disk', storageDomainId: id }),
    refusal: refuseContent,
  },
  {
    id: 'storage.upload-url',
    group: 'content',
    label: (t) => t('disks:action.uploadUrl'),
    open: ({ id }) => openDialog({ kind: 'upload-url', storageDomainId: id }),
    refusal: refuseContent,
  },
  {
    id: 'storage.create-disk',
    group: 'content',
    label: (t) => t('disks:action.create'),
    icon: <PlusIcon />,
    isOffered: (domains) => domains.every(({ type }) => type === 'data'),
    open: ({ id }) => openDialog({ kind: 'create-disk', storageDomainId: id }),
    refusal: refuseContent,
  },
  {
    id: 'storage.activate',
    group: 'life',
    label: (t) => t('storage:action.activate'),
    icon: <PlayIcon />,
    isMain: true,
    isOffered: (domains) => isAttached(domains) && domains.some(({ status }) => status !== 'active'),
    call: { command: 'storage.activate', input: {} },
  },
  {
    id: 'storage.maintenance',
    group: 'life',
    label: (t) => t('storage:action.maintenance'),
    icon: <PauseIcon />,
    isMain: true,
    asked: 'always',
    question: ask('maintenance'),
    explainsRefusal: true,
    isOffered: (domains) => isAttached(domains) && domains.some(({ status }) => status !== 'maintenance'),
    call: { command: 'storage.maintenance', input: {} },
  },
  {
    id: 'storage.attach',
    group: 'life',
    label: (t) => t('storage:action.attach'),
    icon: <BuildingIcon />,
    isOffered: (domains) => domains.some(({ datacenterId }) => datacenterId === null),
    open: ({ id }) => openDialog({ kind: 'attach-storage', storageDomainId: id }),
  },
  {
    id: 'storage.detach',
    group: 'life',
    label: (t) => t('storage:action.detach'),
    icon: <UnlinkIcon />,
    asked: 'always',
    question: ask('detach'),
    explainsRefusal: true,
    isOffered: isAttached,
    call: { command: 'storage.detach', input: {} },
  },
  {
    id: 'storage.edit',
    group: 'edit',
    label: (t) => t('storage:action.edit'),
    icon: <EditIcon />,
    call: { command: 'storage.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-storage', storageDomainId: id }),
  },
  {
    id: 'storage.refresh',
    group: 'edit',
    label: (t) => t('storage:action.refresh'),
    icon: <SyncAltIcon />,
    isMain: true,
    call: { command: 'storage.refresh', input: {} },
  },
  {
    id: 'storage.prove',
    group: 'edit',
    label: (t) => t('storage:action.prove'),
    icon: <LockIcon />,
    call: { command: 'storage.prove', input: {} },
  },
  {
    id: 'storage.take-over',
    group: 'edit',
    label: (t) => t('storage:action.takeOver'),
    danger: true,
    asked: 'always',
    question: ask('takeOver'),
    isOffered: (domains) => domains.some(({ owner }) => owner.status === 'foreign'),
    call: { command: 'storage.take-over', input: {} },
  },
  {
    id: 'storage.remove',
    group: 'remove',
    label: (t) => t('storage:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    // Not asked of the engine here: the dialog says why not, with links to what stands in the way.
    open: ({ id }) => openDialog({ kind: 'remove-storage', storageDomainId: id }),
  },
  {
    id: 'storage.destroy',
    group: 'remove',
    label: (t) => t('storage:action.destroy'),
    icon: <TimesIcon />,
    danger: true,
    open: ({ id }) => openDialog({ kind: 'destroy-storage', storageDomainId: id }),
  },
]
