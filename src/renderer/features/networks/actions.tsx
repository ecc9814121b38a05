import type { TFunction } from 'i18next'
import { EditIcon, PlusIcon, SyncAltIcon, TrashIcon } from '../../components/icons.ts'
import type { EntityAction } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'

const askRemoval = (kind: 'network' | 'profile') => (t: TFunction, name: string) => ({
  title: t(`networks:remove.${kind}.title`, { name }),
  body: t(`networks:remove.${kind}.body`),
  confirm: t('networks:remove.do'),
})

/** Everything that can be done to a network, in the order of the menus. */
export const NETWORK_ACTIONS: readonly EntityAction<'network'>[] = [
  {
    id: 'network.create-profile',
    group: 'add',
    label: (t) => t('networks:action.createProfile'),
    icon: <PlusIcon />,
    open: ({ id }) => openDialog({ kind: 'create-vnic-profile', networkId: id }),
    refusal: ({ vmNetwork, name }, t) => (vmNetwork ? null : t('errors:network.not-for-vms.title', { name })),
  },
  {
    id: 'network.edit',
    group: 'edit',
    label: (t) => t('networks:action.edit'),
    icon: <EditIcon />,
    isMain: true,
    call: { command: 'network.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-network', networkId: id }),
  },
  {
    id: 'network.sync',
    group: 'edit',
    label: (t) => t('networks:action.sync'),
    icon: <SyncAltIcon />,
    asked: 'always',
    question: (t, name) => ({
      title: t('networks:syncHosts.title', { name }),
      body: t('networks:syncHosts.body'),
      confirm: t('networks:host.sync'),
    }),
    call: { command: 'host.sync-networks', input: {} },
  },
  {
    id: 'network.remove',
    group: 'remove',
    label: (t) => t('networks:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    asked: 'always',
    question: askRemoval('network'),
    explainsRefusal: true,
    call: { command: 'network.remove', input: {} },
  },
]

/** Everything that can be done to a vNIC profile, in the order of the menus. */
export const PROFILE_ACTIONS: readonly EntityAction<'vnic-profile'>[] = [
  {
    id: 'vnic-profile.edit',
    group: 'edit',
    label: (t) => t('networks:action.editProfile'),
    icon: <EditIcon />,
    isMain: true,
    call: { command: 'vnic-profile.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-vnic-profile', vnicProfileId: id }),
  },
  {
    id: 'vnic-profile.remove',
    group: 'remove',
    label: (t) => t('networks:action.removeProfile'),
    icon: <TrashIcon />,
    danger: true,
    asked: 'always',
    question: askRemoval('profile'),
    explainsRefusal: true,
    call: { command: 'vnic-profile.remove', input: {} },
  },
]
