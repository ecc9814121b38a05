import type { DatacenterStatus } from '../../../shared/domain/index.ts'
import type { SearchField } from '../../kinds/index.ts'
import { DATACENTER_STATUSES } from './status.ts'

const KIB_PER_GIB = 1_048_576

/** What datacenters can be searched by. */
export const DATACENTER_FIELDS: readonly SearchField<'datacenter'>[] = [
  { name: 'name', type: 'text', isSearched: true, read: ({ name }) => [name] },
  { name: 'description', type: 'text', isSearched: true, read: ({ description }) => [description] },
  {
    name: 'status',
    type: 'choice',
    choices: DATACENTER_STATUSES,
    wordOf: (choice, t) => t(`datacenters:status.${choice as DatacenterStatus}`),
    isSearched: true,
    read: ({ status }) => [status],
  },
  { name: 'id', aliases: ['uuid'], type: 'text', isSearched: true, read: ({ id }) => [id] },
  { name: 'cpus', type: 'number', isSearched: false, read: ({ capacity }) => [capacity.cpus] },
  { name: 'memory', type: 'number', isSearched: false, read: ({ capacity }) => [capacity.memoryKiB / KIB_PER_GIB] },
  { name: 'clusters', type: 'number', isSearched: false, read: ({ clusterCount }) => [clusterCount] },
  { name: 'hosts', type: 'number', isSearched: false, read: ({ population }) => [population.hostCount] },
  {
    name: 'vms',
    aliases: ['machines'],
    type: 'number',
    isSearched: false,
    read: ({ population }) => [population.vmCount],
  },
  { name: 'problems', type: 'number', isSearched: false, read: ({ problemCount }) => [problemCount] },
]
