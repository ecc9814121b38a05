import type { Disk } from '../../../shared/domain/index.ts'
import type { SearchField } from '../../kinds/index.ts'
import { DISK_FORMATS, DISK_STATUSES } from './status.ts'

const BYTES_PER_GIB = 1_073_741_824

/** What disks can be searched by. Sizes are in GiB. */
export const DISK_FIELDS: readonly SearchField<'disk'>[] = [
  { name: 'name', aliases: ['alias'], type: 'text', isSearched: true, read: ({ name }) => [name] },
  { name: 'file', type: 'text', isSearched: true, read: ({ fileName }) => [fileName] },
  { name: 'description', type: 'text', isSearched: true, read: ({ description }) => [description] },
  {
    name: 'domain',
    type: 'text',
    isSearched: false,
    read: ({ storageDomainId }, nameOf) => [nameOf({ kind: 'storage-domain', id: storageDomainId }), storageDomainId],
  },
  {
    name: 'status',
    type: 'choice',
    choices: DISK_STATUSES,
    wordOf: (choice, t) => t(`disks:status.${choice as Disk['status']}`),
    isSearched: false,
    read: ({ status }) => [status],
  },
  {
    name: 'kind',
    aliases: ['type'],
    type: 'choice',
    choices: ['disk', 'image', 'other'],
    wordOf: (choice, t) => t(`disks:kind.${choice as Disk['kind']}`),
    isSearched: false,
    read: ({ kind }) => [kind],
  },
  { name: 'format', type: 'choice', choices: DISK_FORMATS, isSearched: false, read: ({ format }) => [format] },
  {
    name: 'registered',
    type: 'choice',
    choices: ['yes', 'no'],
    wordOf: (choice, t) => t(`common:${choice as 'yes' | 'no'}`),
    isSearched: false,
    read: ({ registered }) => [registered ? 'yes' : 'no'],
  },
  {
    name: 'vm',
    aliases: ['machine'],
    type: 'text',
    isSearched: true,
    read: ({ usedBy }) => usedBy.map(({ name }) => name),
  },
  { name: 'id', aliases: ['uuid'], type: 'text', isSearched: true, read: ({ id }) => [id] },
  {
    name: 'size',
    type: 'number',
    isSearched: false,
    read: ({ virtualBytes }) => (virtualBytes === null ? [] : [virtualBytes / BYTES_PER_GIB]),
  },
  {
    name: 'allocated',
    type: 'number',
    isSearched: false,
    read: ({ allocatedBytes }) => (allocatedBytes === null ? [] : [allocatedBytes / BYTES_PER_GIB]),
  },
]
