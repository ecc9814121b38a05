import type { StorageDomain, StorageDomainStatus, StorageDomainType } from '../../../shared/domain/index.ts'
import type { SearchField } from '../../kinds/index.ts'
import { countConnected, describePlace, STORAGE_STATUSES } from './status.ts'

const BYTES_PER_GIB = 1_073_741_824

/** What storage domains can be searched by. Sizes are in GiB. */
export const STORAGE_FIELDS: readonly SearchField<'storage-domain'>[] = [
  { name: 'name', type: 'text', isSearched: true, read: ({ name }) => [name] },
  { name: 'description', type: 'text', isSearched: true, read: ({ description }) => [description] },
  {
    name: 'status',
    type: 'choice',
    choices: STORAGE_STATUSES,
    wordOf: (choice, t) => t(`storage:status.${choice as StorageDomainStatus}`),
    isSearched: true,
    read: ({ status }) => [status],
  },
  {
    name: 'type',
    type: 'choice',
    choices: ['data', 'iso', 'export'],
    wordOf: (choice, t) => t(`storage:type.${choice as StorageDomainType}`),
    isSearched: true,
    read: ({ type }) => [type],
  },
  {
    name: 'storage',
    type: 'choice',
    choices: ['nfs', 'posix', 'local', 'iscsi', 'fc'],
    wordOf: (choice, t) => t(`storage:kind.${choice as StorageDomain['storage']['kind']}`),
    isSearched: false,
    read: ({ storage }) => [storage.kind],
  },
  {
    name: 'path',
    aliases: ['export', 'server'],
    type: 'text',
    isSearched: true,
    read: ({ storage, targetPath }) => [describePlace(storage), targetPath],
  },
  {
    name: 'datacenter',
    aliases: ['dc'],
    type: 'text',
    isSearched: false,
    read: ({ datacenterId }, nameOf) =>
      datacenterId === null ? [] : [nameOf({ kind: 'datacenter', id: datacenterId }), datacenterId],
  },
  { name: 'id', aliases: ['uuid'], type: 'text', isSearched: true, read: ({ id }) => [id] },
  {
    name: 'free',
    type: 'number',
    isSearched: false,
    read: ({ availableBytes }) => (availableBytes === null ? [] : [availableBytes / BYTES_PER_GIB]),
  },
  {
    name: 'capacity',
    type: 'number',
    isSearched: false,
    read: ({ capacityBytes }) => (capacityBytes === null ? [] : [capacityBytes / BYTES_PER_GIB]),
  },
  { name: 'disks', type: 'number', isSearched: false, read: ({ diskCount }) => [diskCount] },
  { name: 'hosts', type: 'number', isSearched: false, read: ({ connections }) => [countConnected(connections)] },
  { name: 'problems', type: 'number', isSearched: false, read: ({ problems }) => [problems.length] },
]
