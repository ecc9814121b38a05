import { EditIcon, SyncAltIcon, TrashIcon } from '../../components/icons.ts'
import type { EntityAction } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'

/** Everything that can be done to a host, in the order of the menus. */
export const HOST_ACTIONS: readonly EntityAction<'host'>[] = [
  {
    id: 'host.reconnect',
    group: 'link',
    label: (t) => t('hosts:action.reconnect'),
    icon: <SyncAltIcon />,
    isMain: true,
    call: { command: 'host.reconnect', input: {} },
  },
  {
    id: 'host.edit',
    group: 'link',
    label: (t) => t('hosts:action.edit'),
    icon: <EditIcon />,
    call: { command: 'host.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-host', hostId: id }),
  },
  {
    id: 'host.remove',
    group: 'remove',
    label: (t) => t('hosts:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    call: { command: 'host.remove', input: {} },
    open: ({ id }) => openDialog({ kind: 'remove-host', hostId: id }),
  },
]
