import type { ClusterId, HostNetworks, Network, NetworkRole } from '../../../shared/domain/index.ts'
import type { Addresses } from './address-form.ts'
import type { SetupDraft } from './setup-draft.ts'

/** What a host does in such a network itself, it does from an address. */
const NEEDS_ADDRESS: ReadonlySet<NetworkRole> = new Set(['management', 'display', 'migration', 'default-route'])

/** The address that the host is reached at stands on a plain NIC, and could move into the management network. */
export interface ManagementOffer {
  readonly network: Network
  readonly ownAddress: NonNullable<HostNetworks['ownAddress']>
}

/** What of the host's own address may be moved into the cluster's management network; null: there is nothing to offer. Pure. */
export function findOffer(
  { ownAddress }: Pick<HostNetworks, 'ownAddress'>,
  { attachments }: SetupDraft,
  networks: readonly Network[],
  clusterId: ClusterId,
): ManagementOffer | null {
  const network = networks.find((one) => rolesIn(one, clusterId).includes('management'))
  if (ownAddress === null || network === undefined) return null
  // On a NIC that another network is on already the plan would be refused.
  return attachments.some(({ networkId, nic }) => networkId === network.id || nic === ownAddress.nic)
    ? null
    : { network, ownAddress }
}

/**
 * The addresses that a network begins with on a NIC, and whether a person is asked for them at once: the management network on the NIC with the host's own
 * address takes that over; where the host has to have one and none is known, it is asked for. Pure.
 */
export function decideAttachment(
  there: Pick<HostNetworks, 'ownAddress'>,
  draft: SetupDraft,
  network: Network,
  clusterId: ClusterId,
  nic: string,
): { readonly addresses: Addresses | undefined; readonly isAsked: boolean } {
  if (draft.attachments.some(({ networkId }) => networkId === network.id))
    return { addresses: undefined, isAsked: false }
  const offer = findOffer(there, draft, [network], clusterId)
  if (offer !== null && offer.ownAddress.nic === nic) return { addresses: offer.ownAddress, isAsked: false }
  return { addresses: undefined, isAsked: rolesIn(network, clusterId).some((role) => NEEDS_ADDRESS.has(role)) }
}

function rolesIn({ clusters }: Network, clusterId: ClusterId): readonly NetworkRole[] {
  return clusters.find((one) => one.clusterId === clusterId)?.roles ?? []
}
