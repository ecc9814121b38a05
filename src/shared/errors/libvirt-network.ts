/** Raised about the networks of a host's own libvirt (`src/main/libvirt-network`). */
export interface LibvirtNetworkErrors {
  'libvirt-network.not-found': { hostName: string; libvirtNetworkId: string }
  'libvirt-network.name-taken': { name: string; hostName: string }
  /** `by`: the network that has it; empty: a device of the host. */
  'libvirt-network.bridge-taken': { bridgeName: string; hostName: string; by: string }
  /** Mode `bridge` joins a bridge that is there. */
  'libvirt-network.bridge-missing': { bridgeName: string; hostName: string }
  'libvirt-network.needs-bridge': { name: string }
  /** To and from mode `bridge`, and from modes that cannot be made here. */
  'libvirt-network.mode-fixed': { name: string; from: string; to: string }
  /** A mode that forwards to other networks needs an address of the host there. */
  'libvirt-network.needs-address': { mode: string }
  /** `what`: "address", "domainName", "dns", "mtu", "forwardDevice", "natIpv6", … */
  'libvirt-network.not-with-mode': { mode: string; what: string }
  'libvirt-network.wrong-family': { address: string; family: number }
  'libvirt-network.prefix-too-long': { prefix: number; longest: number }
  /** For DHCP with IPv6. */
  'libvirt-network.prefix-too-short': { prefix: number; shortest: number }
  /** The host's own address is the subnet's first or last. */
  'libvirt-network.address-not-usable': { address: string; subnet: string }
  /** Of another network there: `other`. */
  'libvirt-network.subnet-overlaps': { subnet: string; other: string; otherSubnet: string }
  /** The host has an address in that subnet already. */
  'libvirt-network.subnet-on-host': { subnet: string; hostName: string; device: string; address: string }
  'libvirt-network.range-backwards': { start: string; end: string }
  'libvirt-network.range-outside-subnet': { start: string; end: string; subnet: string }
  'libvirt-network.ranges-overlap': { start: string; end: string; otherStart: string; otherEnd: string }
  'libvirt-network.lease-outside-subnet': { address: string; subnet: string }
  /** `what`: "mac", "client-id", "address" or "name", which must be one machine's alone. */
  'libvirt-network.lease-twice': { what: string; value: string }
  /** A fixed address says for whom: by MAC address with IPv4, by name or client id with IPv6. */
  'libvirt-network.lease-for-nobody': { address: string; family: number }
  'libvirt-network.forwarder-empty': { name: string }
  /** `names`: the first of the machines, separated by commas; `count`: all of them. */
  'libvirt-network.used': { name: string; hostName: string; action: string; names: string; count: number }
  'libvirt-network.not-active': { name: string; action: string }
  'libvirt-network.already-active': { name: string }
  /** It exists only as long as it runs. */
  'libvirt-network.transient': { name: string; action: string }
  /** `message`: libvirt's own words. */
  'libvirt-network.refused': { name: string; hostName: string; action: string; message: string }
}
