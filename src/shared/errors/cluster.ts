import type { Reference } from './reference.ts'

/** Raised about a cluster (`src/main/cluster`). */
export interface ClusterErrors {
  'cluster.not-found': { clusterId: string }
  /** There is no cluster that a host could be added to. */
  'cluster.none': Record<string, never>
  /** There are several, and none was named. */
  'cluster.not-named': { references: readonly Reference[] }
  'cluster.name-taken': { name: string }
  /** Every block of addresses is in the range of some cluster. */
  'cluster.no-mac-range': Record<string, never>
  /** `references`: the first of what it holds; `count`: how much that is. */
  'cluster.not-empty': { name: string; count: number; references: readonly Reference[] }
  /** A host is where it is to be moved to. */
  'cluster.holds-host': { name: string; hostName: string }
  /** Not every host of the cluster knows this CPU model by name. */
  'cluster.cpu-model-unknown': { name: string; model: string }
  /** Hosts in use cannot give this level. `hosts`: each with the flags it lacks. */
  'cluster.cpu-above-hosts': {
    name: string
    model: string
    count: number
    hosts: string
    references: readonly Reference[]
  }
  /** libvirt finds no CPU that all hosts can give; `message` is its own. */
  'cluster.no-common-cpu': { name: string; message: string }
  /** Its MAC range has addresses of others' ranges. */
  'cluster.mac-range-overlaps': { name: string; references: readonly Reference[] }
  /** Its MAC range is nearly used up. */
  'cluster.mac-range-short': { name: string; left: number }
  /** More than one network card has the address. */
  'cluster.mac-address-twice': { mac: string; references: readonly Reference[] }
  /** It was edited since this edit was begun: `fields` and `users`, separated by commas. */
  'cluster.changed-meanwhile': { name: string; fields: string; users: string }
}
