/** An address of an interface. */
export interface AddressFacts {
  readonly family: 'ipv4' | 'ipv6'
  readonly address: string
  readonly prefix: number
  /** Given for a time: by DHCP or router advertisements. */
  readonly isDynamic: boolean
}

/** An interface as the kernel has it. */
export interface LinkFacts {
  readonly index: number
  readonly name: string
  /** `bridge`, `bond`, `vlan`, `tun`, …; null: a device of its own. */
  readonly kind: string | null
  readonly isEthernet: boolean
  /** Its other end, or what it lies on, is in another network namespace. */
  readonly isAcrossNamespaces: boolean
  readonly macAddress: string
  readonly mtu: number
  /** Null: the kernel does not say. */
  readonly maxMtu: number | null
  readonly isUp: boolean
  /** It has a carrier. */
  readonly linkUp: boolean
  /** The bridge or bond that it is in. */
  readonly master: string | null
  /** What a VLAN interface lies on. */
  readonly parent: string | null
  readonly vlanId: number | null
  readonly bond: { readonly mode: string; readonly options: Readonly<Record<string, string>> } | null
  /** Of global scope. */
  readonly addresses: readonly AddressFacts[]
  readonly speedMbps: number | null
  readonly duplex: 'full' | 'half' | null
  readonly driver: string | null
  readonly pciAddress: string | null
  readonly sriov: { readonly total: number; readonly inUse: number } | null
  readonly lldp: { readonly chassis: string; readonly port: string } | null
}

/** A route of the main table. */
export interface RouteFacts {
  readonly family: 'ipv4' | 'ipv6'
  /** `default`, or a subnet. */
  readonly to: string
  readonly gateway: string | null
  readonly interfaceName: string
  readonly metric: number | null
  /** `kernel`: made by an address; `dhcp`, `ra`, `static`, `boot`, … */
  readonly protocol: string
}

/** What a network manager says of itself on a host. Null: it does not run there. */
export interface ManagerFacts {
  /** Interfaces by their states; `unmanaged` are left alone by it. */
  readonly networkManager: ReadonlyMap<string, { readonly state: string; readonly connection: string }> | null
  readonly networkd: ReadonlyMap<string, { readonly setup: string; readonly file: string | null }> | null
  /** netplan's files as they are after YAML, in their order. */
  readonly netplan: readonly { readonly path: string; readonly document: unknown }[]
  /** ifup is there. */
  readonly hasIfupdown: boolean
  readonly openVswitchBridges: readonly string[]
  readonly hasNmstate: boolean
  /** A manager's program that was asked and gave no answer in time; null: all did. */
  readonly silent: string | null
}

/** What was read of a host's network. Everything in it is the host's word: bounded, and not to be trusted. */
export interface HostNetworkFacts {
  readonly links: readonly LinkFacts[]
  readonly routes: readonly RouteFacts[]
  readonly dns: readonly string[]
  /** The host's own address of our SSH connection; null: there is none. */
  readonly sshAddress: string | null
  /** Who signed in is root, or may be by sudo. */
  readonly canBeRoot: boolean
  readonly hasSystemd: boolean
  /** ifupdown's way to the host's DNS servers. */
  readonly hasResolvconf: boolean
  /** systemd-resolved runs: networkd's way to them. */
  readonly hasResolved: boolean
  readonly managers: ManagerFacts
  /** Texts of the files that a plan may change, by their paths. */
  readonly files: ReadonlyMap<string, string>
}
