import { ClusterIcon, EditIcon, ImportIcon, StorageDomainIcon, TrashIcon } from '../../components/icons.ts'
import { type EntityAction, NOBODYS_NAME } from '../../kinds/index.ts'
import { openDialog } from '../../stores/index.ts'

/** Everything that can be done to a datacenter, in the order of the menus. */
export const DATACENTER_ACTIONS: readonly EntityAction<'datacenter'>[] = [
  {
    id: 'datacenter.add-cluster',
    group: 'add',
    label: (t) => t('clusters:action.create'),
    icon: <ClusterIcon />,
    call: { command: 'cluster.create', input: { name: NOBODYS_NAME } },
    open: ({ id }) => openDialog({ kind: 'create-cluster', datacenterId: id }),
  },
  {
    id: 'datacenter.add-storage',
    group: 'add',
    label: (t) => t('storage:action.create'),
    icon: <StorageDomainIcon />,
    open: ({ id }) => openDialog({ kind: 'create-storage', datacenterId: id }),
  },
  {
    id: 'datacenter.import-storage',
    group: 'add',
    label: (t) => t('storage:action.import'),
    icon: <ImportIcon />,
    open: ({ id }) => openDialog({ kind: 'import-storage', datacenterId: id }),
  },
  {
    id: 'datacenter.edit',
    group: 'edit',
    label: (t) => t('datacenters:action.edit'),
    icon: <EditIcon />,
    call: { command: 'datacenter.edit', input: {} },
    open: ({ id }) => openDialog({ kind: 'edit-datacenter', datacenterId: id }),
  },
  {
    id: 'datacenter.remove',
    group: 'remove',
    label: (t) => t('datacenters:action.remove'),
    icon: <TrashIcon />,
    danger: true,
    // Not asked of the engine here: the dialog says why not, with links to what stands in the way.
    open: ({ id }) => openDialog({ kind: 'remove-datacenter', datacenterId: id }),
  },
]
