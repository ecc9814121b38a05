import type { CopiedAddress, NetworkAttachment, NetworkId } from '../../../shared/domain/index.ts'
import type { HostNetworkWish, PlannedNetwork } from '../on-host/wanted-interfaces.ts'

/**
 * What another host's wish is on a host: the same networks on NICs of the same names. A static address is that of one host: the host has the one that is
 * given for it, else the one that it had in the network, else none there. Pure.
 */
export function decideCopiedWish(
  from: HostNetworkWish,
  own: HostNetworkWish,
  networks: ReadonlyMap<NetworkId, PlannedNetwork>,
  given: readonly CopiedAddress[] = [],
): HostNetworkWish {
  const copied = from.attachments
    .filter(({ networkId }) => networks.has(networkId))
    .map((attachment): NetworkAttachment => {
      const present = own.attachments.find(({ networkId }) => networkId === attachment.networkId)
      const told = given.find(({ networkId }) => networkId === attachment.networkId)
      const { ipv4, ipv6 } = attachment
      return {
        ...attachment,
        ipv4: told?.ipv4 ?? (ipv4.method === 'static' ? (present?.ipv4 ?? { method: 'none' }) : ipv4),
        ipv6: told?.ipv6 ?? (ipv6.method === 'static' ? (present?.ipv6 ?? { method: 'none' }) : ipv6),
      }
    })
  const names = new Set(from.bonds.map(({ name }) => name))
  const others = own.attachments.filter(({ networkId }) => !copied.some((each) => each.networkId === networkId))
  return {
    attachments: [...others, ...copied],
    bonds: [...own.bonds.filter(({ name }) => !names.has(name)), ...from.bonds],
  }
}
