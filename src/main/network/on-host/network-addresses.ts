import type { HostNetworks } from '../../../shared/domain/index.ts'
import { addressedInterface, type PlannedNetwork } from './wanted-interfaces.ts'

/**
 * The addresses, without their prefixes, that a host has on a network: of the interface that carries them there. None where the network is not set up, or
 * where what it lies on has no link. Pure.
 */
export function findNetworkAddresses(
  { attachments, nics, bonds, vlans, bridges }: HostNetworks,
  network: PlannedNetwork,
): readonly string[] {
  const attachment = attachments.find(({ networkId }) => networkId === network.id)
  if (attachment === undefined || attachment.status === 'missing' || !attachment.linkUp) return []
  const name = addressedInterface(network, attachment.nic)
  const found = [...nics, ...bonds, ...vlans, ...bridges].find((each) => each.name === name)
  return (found?.addresses ?? []).flatMap((text) => text.split('/').slice(0, 1))
}
