import type { ParsedInput } from '../../shared/contract/index.ts'
import type { ToldNetwork } from './fetch-networks.ts'
import type { WantedNetwork } from './write-network.ts'

type Changes = Omit<ParsedInput<'libvirt-network.edit'>, 'hostId' | 'libvirtNetworkId'>

const NOTHING: WantedNetwork = {
  mode: 'isolated',
  bridgeName: null,
  forwardDevice: null,
  domainName: null,
  mtu: null,
  natIpv6: false,
  ipv4: null,
  ipv6: null,
  dns: { isEnabled: true, forwarders: [], hosts: [] },
}

/**
 * A network as it is wanted: as it was, with what is changed. What a mode cannot have, and nobody asks for, goes with a change of
 * the mode. `before` null: it is new. Pure.
 */
export function decideWanted(before: ToldNetwork | null, changes: Changes): WantedNetwork {
  const known = before ?? NOTHING
  const mode = changes.mode ?? known.mode
  const hasDevice = mode === 'nat' || mode === 'route'
  const choose = <Key extends Exclude<keyof WantedNetwork, 'mode'>>(key: Key): WantedNetwork[Key] =>
    (changes[key] === undefined ? known[key] : changes[key]) as WantedNetwork[Key]
  return {
    mode,
    bridgeName: choose('bridgeName'),
    forwardDevice:
      changes.forwardDevice === undefined && mode !== known.mode && !hasDevice ? null : choose('forwardDevice'),
    domainName: choose('domainName'),
    mtu: choose('mtu'),
    natIpv6: changes.natIpv6 === undefined && mode !== 'nat' ? false : choose('natIpv6'),
    ipv4: choose('ipv4'),
    ipv6: choose('ipv6'),
    dns: choose('dns'),
  }
}
