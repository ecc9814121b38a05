import type { HostNetworks } from '../../../shared/domain/index.ts'
import type { HostNetworkFacts, LinkFacts } from './host-facts.ts'

/** What of a host's network is shown, without what is wished of it. */
export type HostPicture = Pick<HostNetworks, 'nics' | 'bonds' | 'bridges' | 'vlans' | 'gateways' | 'dns'>

/**
 * A NIC is a device of its own. In a machine made of namespaces its end of a veth pair is one; those whose names say that they are ends of
 * somebody else's (`veth1a2b3c`, as container engines call them) are none.
 */
export function isNic({ kind, isEthernet, isAcrossNamespaces, name }: LinkFacts): boolean {
  if (!isEthernet) return false
  return kind === null || (kind === 'veth' && isAcrossNamespaces && !name.startsWith('veth'))
}

/** Shows what was read by what things are to each other. Pure. */
export function buildHostPicture(facts: HostNetworkFacts): HostPicture {
  const { links, routes, dns } = facts
  const ours = findOurLinks(facts)
  const byName = new Map(links.map((link) => [link.name, link]))
  const masterOf = ({ master }: LinkFacts, kind: string) =>
    master !== null && byName.get(master)?.kind === kind ? master : null
  const vlansOn = (name: string) => links.filter(({ parent }) => parent === name).map((link) => link.name)
  return {
    nics: links.filter(isNic).map((link) => ({
      name: link.name,
      macAddress: link.macAddress,
      linkUp: link.linkUp,
      speedMbps: link.speedMbps,
      duplex: link.duplex,
      driver: link.driver,
      pciAddress: link.pciAddress,
      mtu: link.mtu,
      sriov: link.sriov,
      lldp: link.lldp,
      addresses: addressesOf(link),
      bondOf: masterOf(link, 'bond'),
      bridge: masterOf(link, 'bridge'),
      vlans: vlansOn(link.name),
      isOursForSsh: ours.has(link.name),
    })),
    bonds: links.flatMap((link) =>
      link.bond === null
        ? []
        : [
            {
              name: link.name,
              mode: link.bond.mode,
              options: { ...link.bond.options },
              nics: links.filter(({ master }) => master === link.name).map(({ name }) => name),
              macAddress: link.macAddress,
              linkUp: link.linkUp,
              speedMbps: link.speedMbps,
              mtu: link.mtu,
              addresses: addressesOf(link),
              bridge: masterOf(link, 'bridge'),
              vlans: vlansOn(link.name),
              isOursForSsh: ours.has(link.name),
            },
          ],
    ),
    bridges: links
      .filter(({ kind }) => kind === 'bridge')
      .map((link) => {
        const ports = links.filter(({ master }) => master === link.name)
        return {
          name: link.name,
          ports: ports.filter(({ kind }) => kind !== 'tun').map(({ name }) => name),
          addresses: addressesOf(link),
          mtu: link.mtu,
          vnics: ports.filter(({ kind }) => kind === 'tun').map(({ name }) => name),
          isOursForSsh: ours.has(link.name),
        }
      }),
    vlans: links.flatMap((link) =>
      link.vlanId === null || link.parent === null
        ? []
        : [
            {
              name: link.name,
              parent: link.parent,
              vlanId: link.vlanId,
              mtu: link.mtu,
              addresses: addressesOf(link),
              bridge: masterOf(link, 'bridge'),
            },
          ],
    ),
    gateways: routes.flatMap(({ to, gateway, interfaceName }) =>
      to === 'default' && gateway !== null ? [{ address: gateway, interfaceName }] : [],
    ),
    dns: [...dns],
  }
}

/** The interface with the address of our SSH connection, and all that it lies on. Pure. */
export function findOurLinks({ links, sshAddress }: HostNetworkFacts): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting = links.filter(({ addresses }) => addresses.some(({ address }) => address === sshAddress))
  for (let link = waiting.pop(); link !== undefined; link = waiting.pop()) {
    const { name, parent } = link
    if (found.has(name)) continue
    found.add(name)
    waiting.push(...links.filter((each) => each.name === parent || (each.master === name && each.kind !== 'tun')))
  }
  return found
}

function addressesOf({ addresses }: LinkFacts): string[] {
  return addresses.map(({ address, prefix }) => `${address}/${prefix}`)
}
