import { describeOperatingSystem, type VmStatus } from '../../../shared/domain/index.ts'
import type { SearchField } from '../../kinds/index.ts'
import { VM_STATUSES } from './status.ts'

const KIB_PER_GIB = 1_048_576

/** What machines can be searched by. */
export const VM_FIELDS: readonly SearchField<'vm'>[] = [
  { name: 'name', type: 'text', isSearched: true, read: ({ name }) => [name] },
  { name: 'title', type: 'text', isSearched: true, read: ({ title }) => (title === null ? [] : [title]) },
  {
    name: 'description',
    type: 'text',
    isSearched: true,
    read: ({ description }) => (description === null ? [] : [description]),
  },
  {
    name: 'status',
    type: 'choice',
    choices: VM_STATUSES,
    wordOf: (choice, t) => t(`vms:status.${choice as VmStatus}`),
    isSearched: true,
    read: ({ status }) => [status],
  },
  {
    name: 'host',
    type: 'text',
    isSearched: true,
    read: ({ hostId }, nameOf) => [nameOf({ kind: 'host', id: hostId })],
  },
  {
    name: 'cluster',
    type: 'text',
    isSearched: false,
    read: ({ clusterId }, nameOf) => [nameOf({ kind: 'cluster', id: clusterId })],
  },
  {
    name: 'datacenter',
    type: 'text',
    isSearched: false,
    read: ({ clusterId }, nameOf) => [nameOf({ kind: 'cluster', id: clusterId }, 'datacenter')],
  },
  {
    name: 'os',
    aliases: ['system'],
    type: 'text',
    isSearched: true,
    read: ({ operatingSystem }) =>
      operatingSystem === null ? [] : [describeOperatingSystem(operatingSystem), operatingSystem],
  },
  { name: 'tag', aliases: ['tags'], type: 'text', isSearched: true, read: ({ tags }) => tags },
  // One of a folder is in what that folder is in, too.
  {
    name: 'folder',
    type: 'text',
    isSearched: true,
    read: ({ folder }) => {
      const parts = folder?.split('/') ?? []
      return parts.map((_part, index) => parts.slice(0, index + 1).join('/'))
    },
  },
  {
    name: 'ip',
    aliases: ['address'],
    type: 'text',
    isSearched: true,
    read: ({ nics }) => nics.flatMap(({ addresses }) => addresses),
  },
  {
    name: 'mac',
    type: 'text',
    isSearched: true,
    read: ({ nics }) => nics.map(({ macAddress }) => macAddress),
  },
  {
    name: 'network',
    type: 'text',
    isSearched: false,
    read: ({ nics }) => nics.flatMap(({ source }) => source ?? []),
  },
  {
    name: 'disk',
    type: 'text',
    isSearched: true,
    read: ({ disks }) => disks.flatMap(({ source }) => source ?? []),
  },
  { name: 'id', aliases: ['uuid'], type: 'text', isSearched: true, read: ({ id }) => [id] },
  { name: 'cpus', aliases: ['vcpus'], type: 'number', isSearched: false, read: ({ vcpus }) => [vcpus] },
  { name: 'memory', type: 'number', isSearched: false, read: ({ memoryKiB }) => [memoryKiB / KIB_PER_GIB] },
  {
    name: 'pending',
    type: 'choice',
    choices: ['yes', 'no'],
    wordOf: (choice, t) => t(`common:${choice as 'yes' | 'no'}`),
    isSearched: false,
    read: ({ pending }) => [pending.length > 0 ? 'yes' : 'no'],
  },
  {
    name: 'autostart',
    type: 'choice',
    choices: ['yes', 'no'],
    wordOf: (choice, t) => t(`common:${choice as 'yes' | 'no'}`),
    isSearched: false,
    read: ({ autostart }) => [autostart ? 'yes' : 'no'],
  },
]
