import type { HostStatus } from '../../../shared/domain/index.ts'
import type { SearchField } from '../../kinds/index.ts'
import { HOST_STATUSES } from './status.ts'

const KIB_PER_GIB = 1_048_576

/** What hosts can be searched by. */
export const HOST_FIELDS: readonly SearchField<'host'>[] = [
  { name: 'name', type: 'text', isSearched: true, read: ({ name }) => [name] },
  {
    name: 'status',
    type: 'choice',
    choices: HOST_STATUSES,
    wordOf: (choice, t) => t(`hosts:status.${choice as HostStatus}`),
    isSearched: true,
    read: ({ status }) => [status],
  },
  {
    name: 'address',
    aliases: ['ip'],
    type: 'text',
    isSearched: true,
    read: ({ address, facts }) => (facts === null ? [address] : [address, facts.hostName]),
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
  { name: 'user', type: 'text', isSearched: false, read: ({ user }) => [user] },
  {
    name: 'cpu',
    type: 'text',
    isSearched: true,
    read: ({ facts }) => (facts === null ? [] : [`${facts.cpuVendor} ${facts.cpuModel}`]),
  },
  { name: 'id', aliases: ['uuid'], type: 'text', isSearched: true, read: ({ id, facts }) => [id, facts?.uuid ?? ''] },
  {
    name: 'libvirt',
    type: 'text',
    isSearched: false,
    read: ({ facts }) => (facts === null ? [] : [facts.libvirtVersion]),
  },
  { name: 'cpus', type: 'number', isSearched: false, read: ({ facts }) => (facts === null ? [] : [facts.cpus]) },
  {
    name: 'memory',
    type: 'number',
    isSearched: false,
    read: ({ facts }) => (facts === null ? [] : [facts.memoryKiB / KIB_PER_GIB]),
  },
  { name: 'vms', aliases: ['machines'], type: 'number', isSearched: false, read: ({ vmCount }) => [vmCount] },
]
