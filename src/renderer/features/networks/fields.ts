import { DEFAULT_MTU_BYTES, NETWORK_ROLES, type NetworkRole } from '../../../shared/domain/index.ts'
import type { SearchField } from '../../kinds/index.ts'
import { NETWORK_STATUSES, type NetworkStatus, statusOfNetwork } from './status.ts'

/** What networks can be searched by. The MTU is in bytes. */
export const NETWORK_FIELDS: readonly SearchField<'network'>[] = [
  { name: 'name', type: 'text', isSearched: true, read: ({ name }) => [name] },
  {
    name: 'description',
    aliases: ['comment'],
    type: 'text',
    isSearched: true,
    read: ({ description, comment }) => [description, comment],
  },
  { name: 'bridge', type: 'text', isSearched: true, read: ({ bridgeName }) => [bridgeName] },
  {
    name: 'status',
    type: 'choice',
    choices: NETWORK_STATUSES,
    wordOf: (choice, t) => t(`networks:status.${choice as NetworkStatus}`),
    isSearched: false,
    read: (network) => [statusOfNetwork(network)],
  },
  {
    name: 'role',
    type: 'choice',
    choices: NETWORK_ROLES,
    wordOf: (choice, t) => t(`networks:role.${choice as NetworkRole}`),
    isSearched: false,
    read: ({ clusters }) => clusters.flatMap(({ roles }) => roles),
  },
  {
    name: 'datacenter',
    aliases: ['dc'],
    type: 'text',
    isSearched: false,
    read: ({ datacenterId }, nameOf) => [nameOf({ kind: 'datacenter', id: datacenterId }), datacenterId],
  },
  { name: 'id', aliases: ['uuid'], type: 'text', isSearched: true, read: ({ id }) => [id] },
  { name: 'vlan', type: 'number', isSearched: false, read: ({ vlanId }) => (vlanId === null ? [] : [vlanId]) },
  { name: 'mtu', type: 'number', isSearched: false, read: ({ mtu }) => [mtu ?? DEFAULT_MTU_BYTES] },
  { name: 'hosts', type: 'number', isSearched: false, read: ({ hostIds }) => [hostIds.length] },
  { name: 'vms', type: 'number', isSearched: false, read: ({ vmCount }) => [vmCount] },
  { name: 'problems', type: 'number', isSearched: false, read: ({ problems }) => [problems.length] },
]

/** What vNIC profiles can be searched by. */
export const PROFILE_FIELDS: readonly SearchField<'vnic-profile'>[] = [
  { name: 'name', type: 'text', isSearched: true, read: ({ name }) => [name] },
  { name: 'description', type: 'text', isSearched: true, read: ({ description }) => [description] },
  { name: 'network', type: 'text', isSearched: true, read: ({ networkName }) => [networkName] },
  { name: 'filter', type: 'text', isSearched: false, read: ({ filter }) => (filter === null ? [] : [filter]) },
  { name: 'id', aliases: ['uuid'], type: 'text', isSearched: true, read: ({ id }) => [id] },
]
