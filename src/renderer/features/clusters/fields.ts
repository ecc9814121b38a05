import type { SearchField } from '../../kinds/index.ts'
import { CLUSTER_STATES, type ClusterState, decideClusterState } from './status.ts'

const KIB_PER_GIB = 1_048_576

/** What clusters can be searched by. */
export const CLUSTER_FIELDS: readonly SearchField<'cluster'>[] = [
  { name: 'name', type: 'text', isSearched: true, read: ({ name }) => [name] },
  { name: 'description', type: 'text', isSearched: true, read: ({ settings }) => [settings.description] },
  {
    name: 'status',
    type: 'choice',
    choices: CLUSTER_STATES,
    wordOf: (choice, t) => {
      const state = choice as ClusterState
      return t(`clusters:stateWord.${state}`)
    },
    isSearched: false,
    read: (cluster) => [decideClusterState(cluster)],
  },
  {
    name: 'datacenter',
    type: 'text',
    isSearched: false,
    read: ({ datacenterId }, nameOf) => [nameOf({ kind: 'datacenter', id: datacenterId })],
  },
  { name: 'cpu', type: 'text', isSearched: true, read: ({ cpu }) => (cpu.model === null ? [] : [cpu.model]) },
  { name: 'id', aliases: ['uuid'], type: 'text', isSearched: true, read: ({ id }) => [id] },
  { name: 'cpus', type: 'number', isSearched: false, read: ({ capacity }) => [capacity.cpus] },
  { name: 'memory', type: 'number', isSearched: false, read: ({ capacity }) => [capacity.memoryKiB / KIB_PER_GIB] },
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
