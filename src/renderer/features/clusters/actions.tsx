import { EditIcon, ServerIcon, TrashIcon, VirtualMachineIcon } from '../../components/icons.ts'
import { type EntityAction, NOBODYS_ADDRESS, NOBODYS_NAME } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'

/** Everything that can be done to a cluster, in the order of the menus. */
export const CLUSTER_ACTIONS: readonly EntityAction<'cluster'>[] = [
  {
    id: 'cluster.create-vm',
    group: 'create',
    label: (t) => t('newvm:action.create'),
    icon: <VirtualMachineIcon />,
    call: { command: 'vm.create', input: { name: NOBODYS_NAME, memoryMiB: 1, vcpus: 1 } },
    open: ({ id }) => openDialog({ kind: 'create-vm', clusterId: id }),
  },
  {
    id: 'cluster.add-host',
    group: 'add',
    label: (t) => t('hosts:action.add'),
    icon: <ServerIcon />,
    call: { command: 'host.add', input: { address: NOBODYS_ADDRESS } },
    open: ({ id }) => openDialog({ kind: 'add-host', clusterId: id }),
  },
  {
    id: 'cluster.add-hosts',
    group: 'add',
    label: (t) => t('hosts:action.addMany'),
    call: { command: 'host.add', input: { address: NOBODYS_ADDRESS } },
    open: ({ id }) => openDialog({ kind: 'add-hosts', clusterId: id }),
  },
  {
    id: 'cluster.edit',
    group: 'edit',
    label: (t) => t('clusters:action.edit'),
    icon: <EditIcon />,
    call: { command: 'cluster.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-cluster', clusterId: id }),
  },
  {
    id: 'cluster.sync-networks',
    group: 'edit',
    label: (t) => t('clusters:action.syncNetworks'),
    asked: 'always',
    question: (t, name) => ({
      title: t('networks:syncHosts.title', { name }),
      body: t('networks:syncHosts.body'),
      confirm: t('networks:host.sync'),
    }),
    call: { command: 'host.sync-networks', input: {} },
  },
  {
    id: 'cluster.remove',
    group: 'remove',
    label: (t) => t('clusters:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    // Not asked of the engine here: the dialog says why not, with links to what stands in the way.
    open: ({ id }) => openDialog({ kind: 'remove-cluster', clusterId: id }),
  },
]
