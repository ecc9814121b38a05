import type { Reference } from './reference.ts'

/** Raised about logical networks, their profiles, and the networks of hosts (`src/main/network`). `name`: the network's. */
export interface NetworkErrors {
  'network.not-found': { networkId: string }
  'network.name-taken': { name: string; datacenterName: string }
  /** It was edited since this edit was begun: `fields` and `users`, separated by commas. */
  'network.changed-meanwhile': { name: string; fields: string; users: string }
  /** It came with the datacenter: its name stays, and it is not removed. */
  'network.management-fixed': { name: string }
  /** `references`: the clusters, hosts and machines that use it. */
  'network.in-use': { name: string; count: number; references: readonly Reference[] }
  /** Another network of the datacenter has the VLAN. A warning. */
  'network.vlan-shared': { name: string; vlanId: number; other: string }
  /** The cluster is in another datacenter. */
  'network.other-datacenter': { name: string; clusterName: string }
  'network.not-attached': { name: string; clusterName: string }
  /** Each cluster has a management network, which is required. */
  'network.management-needed': { name: string; clusterName: string }
  /** A role for machines on a network that is not for them. */
  'network.not-for-vms': { name: string }
  /** A host in use does not have a required network that all others have. */
  'network.host-misses': { name: string; hostName: string }
  /** Not every host in use has it. */
  'network.non-operational': { name: string; clusterName: string; count: number }

  'vnic-profile.not-found': { vnicProfileId: string }
  'vnic-profile.name-taken': { name: string; networkName: string }
  'vnic-profile.changed-meanwhile': { name: string; fields: string; users: string }
  /** The filter stops what the other setting allows. */
  'vnic-profile.filter-contradicts': { name: string; filter: string }
  /** A virtual function goes past the host, which can then neither mirror, filter nor limit it. */
  'vnic-profile.passthrough-alone': { name: string }
  /** Profiles are for machines, and the network is not. */
  'vnic-profile.network-without-vms': { name: string; networkName: string }

  /** `references`: the machines with a network card of it. */
  'vnic-profile.in-use': { name: string; count: number; references: readonly Reference[] }
  /** No card is given it: Virtdeck sets up nothing of that kind on hosts. `setting`: "passthrough", "portMirroring". */
  'vnic-profile.not-carried-out': { name: string; setting: string }

  // The networks of a host, before anything is changed. `nic`: name of a NIC or bond.
  /** This computer, reached by its socket: nothing is run there. */
  'network.needs-ssh': { hostName: string }
  /** Who signed in is not root there, and sudo asks for a password. */
  'network.needs-root': { hostName: string; user: string }
  /** Several have NICs there. `managers`: their names, separated by commas. */
  'network.managers-mixed': { hostName: string; managers: string }
  /** It is read, and not written for. */
  'network.manager-read-only': { hostName: string; manager: string }
  'network.no-manager': { hostName: string }
  /** Its files are not read without Python's YAML, or are none. */
  'network.netplan-unreadable': { hostName: string }
  'network.nic-missing': { hostName: string; nic: string }
  'network.nic-in-bond': { hostName: string; nic: string; bond: string }
  'network.vlan-overlaps-on-nic': { hostName: string; nic: string; vlanId: number; name: string; other: string }
  'network.second-untagged': { hostName: string; nic: string; name: string; other: string }
  'network.role-needs-address': { hostName: string; name: string; role: string }
  'network.mtu-over-nic': { hostName: string; nic: string; name: string; mtu: number; nicMtu: number }
  /** Asked on the wire: who answered has `macAddress`. */
  'network.address-in-use': { hostName: string; name: string; address: string; macAddress: string }
  'network.gateway-outside-subnet': { hostName: string; name: string; gateway: string; subnet: string }
  /** The engine's own connection to the host goes over it. */
  'network.carries-our-connection': { hostName: string; nic: string; address: string }
  'network.not-in-cluster': { hostName: string; name: string; clusterName: string }
  'network.attached-twice': { hostName: string; name: string }
  'network.bond-needs-nics': { hostName: string; bond: string }
  /** The bridge's name is that of something else there. */
  'network.bridge-name-taken': { hostName: string; name: string; bridge: string }
  /** A host has one default gateway of each family. `other`: the network that has one already. */
  'network.second-gateway': { hostName: string; name: string; gateway: string; other: string }
  /** `option`: as the kernel calls it. */
  'network.bond-option-unknown': { hostName: string; bond: string; option: string }
  'network.copy-onto-itself': Record<string, never>
  /** A warning. */
  'network.moves-our-connection': { hostName: string; nic: string }
  /** A warning: ifupdown hands them to resolvconf, which is not there. */
  /** A program that tells who keeps the host's network gave no answer. */
  'network.manager-silent': { hostName: string }
  /** Another change of its networks is on trial on the host, or goes back. */
  'network.change-under-way': { hostName: string }
  'network.dns-not-kept': { hostName: string; name: string }

  // While a change is on trial there.
  /** The files are other than the plan knows them: `path`. */
  'network.changed-on-host': { hostName: string; path: string }
  'network.host-failed': { hostName: string; detail: string }
  /** A command of it failed; the host goes back. `detail`: what it said last. */
  'network.apply-failed': { hostName: string; detail: string }
  /** It did not answer over a new connection in time; it goes back by itself. */
  'network.not-reached': { hostName: string; seconds: number }
  'network.gateway-silent': { hostName: string; gateway: string }
  /** The host went back to what it was before it was confirmed. */
  'network.went-back': { hostName: string }
  /** It does so by itself; nobody can see it yet. */
  'network.going-back': { hostName: string }
}
