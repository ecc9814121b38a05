import { DEFAULT_MTU_BYTES, type HostId, type HostNetworks } from '../../../shared/domain/index.ts'
import { addressedInterface, type PlannedNetwork } from '../on-host/wanted-interfaces.ts'

/** A host with an address in a network. */
export interface ReachHost {
  readonly hostId: HostId
  readonly interfaceName: string
  /** Without its prefix. */
  readonly address: string
}

/** Where a host has its addresses in a network, and the one that others reach it at: IPv4 first. Null: it has none there. Pure. */
export function decideReachHost(there: HostNetworks, network: PlannedNetwork): ReachHost | null {
  const attachment = there.attachments.find(({ networkId }) => networkId === network.id)
  if (attachment === undefined) return null
  const interfaceName = addressedInterface(network, attachment.nic)
  const found = [...there.bridges, ...there.vlans, ...there.bonds, ...there.nics].find(
    ({ name }) => name === interfaceName,
  )
  const addresses = (found?.addresses ?? []).map((one) => one.split('/')[0] ?? '')
  const address = addresses.find((one) => !one.includes(':')) ?? addresses[0]
  return address === undefined ? null : { hostId: there.id, interfaceName, address }
}

/** The size that packets of a network may have. Pure. */
export function reachMtu({ mtu }: Pick<PlannedNetwork, 'mtu'>): number {
  return mtu ?? DEFAULT_MTU_BYTES
}
