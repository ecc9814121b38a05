import { type LibvirtNetworkSettings, prefixOfMask, type StaticLease } from '../../shared/domain/index.ts'
import {
  attributeOf,
  childOf,
  childrenOf,
  parseWholeNumber,
  parseXml,
  textOf,
  type XmlElement,
  XmlError,
} from './xml-tree.ts'

/** What a network of libvirt is defined as. Format: https://libvirt.org/formatnetwork.html */
export interface NetworkDefinition extends Omit<LibvirtNetworkSettings, 'mode'> {
  readonly uuid: string
  readonly name: string
  /** "nat", "route", "isolated", "open", "bridge", or another word of libvirt's. */
  readonly mode: string
  /** Addresses beyond the first of each family: "10.1.0.1/24". */
  readonly otherAddresses: readonly string[]
}

/** Of one list: more than any network has. */
const LIST_LIMIT = 4_096

/** Reads the description of a network. Throws {@link XmlError}. */
export function parseNetwork(xml: string): NetworkDefinition {
  return readNetwork(parseXml(xml))
}

/** The same, of a document that is read already. Throws {@link XmlError}. */
export function readNetwork(root: XmlElement): NetworkDefinition {
  if (root.name !== 'network') throw new XmlError(`expected <network>, got <${root.name.slice(0, 64)}>`)
  const forward = childOf(root, 'forward')
  const [ipv4, ipv6] = [findIp(root.children, 4), findIp(root.children, 6)]
  const others = childrenOf(root, 'ip').filter((ip) => ip !== ipv4 && ip !== ipv6)
  return {
    uuid: textOf(childOf(root, 'uuid'))?.toLowerCase() ?? '',
    name: textOf(childOf(root, 'name')) ?? '',
    mode: forward === null ? 'isolated' : (attributeOf(forward, 'mode') ?? 'nat'),
    bridgeName: attributeOf(childOf(root, 'bridge'), 'name'),
    forwardDevice: attributeOf(forward, 'dev') ?? attributeOf(childOf(forward, 'interface'), 'dev'),
    domainName: attributeOf(childOf(root, 'domain'), 'name'),
    mtu: parseWholeNumber(attributeOf(childOf(root, 'mtu'), 'size')),
    natIpv6: attributeOf(childOf(forward, 'nat'), 'ipv6') === 'yes',
    ipv4: readIp(ipv4),
    ipv6: readIp(ipv6),
    dns: readDns(childOf(root, 'dns')),
    otherAddresses: others.slice(0, LIST_LIMIT).flatMap((ip) => {
      const read = readIp(ip)
      return read === null ? [] : `${read.address}/${read.prefix}`
    }),
  }
}

/** The first `<ip>` of a family among children. libvirt tells the family where it is 6. */
export function findIp<E extends Pick<XmlElement, 'name' | 'attributes'>>(
  children: readonly E[],
  family: 4 | 6,
): E | null {
  const isSix = ({ attributes }: E) => attributes.family === 'ipv6'
  return children.find((child) => child.name === 'ip' && isSix(child) === (family === 6)) ?? null
}

/** What a fixed address is told from others by. */
export function readLease(host: XmlElement): StaticLease {
  return {
    macAddress: attributeOf(host, 'mac')?.toLowerCase() ?? null,
    clientId: attributeOf(host, 'id'),
    name: attributeOf(host, 'name'),
    address: attributeOf(host, 'ip') ?? '',
  }
}

function readIp(ip: XmlElement | null): LibvirtNetworkSettings['ipv4'] {
  const address = attributeOf(ip, 'address')
  if (ip === null || address === null) return null
  const isSix = attributeOf(ip, 'family') === 'ipv6'
  const mask = attributeOf(ip, 'netmask')
  const prefix = parseWholeNumber(attributeOf(ip, 'prefix')) ?? (mask === null ? null : prefixOfMask(mask))
  const dhcp = childOf(ip, 'dhcp')
  return {
    address,
    // libvirt's own guess where nothing is said.
    prefix: prefix ?? (isSix ? 64 : 24),
    dhcp:
      dhcp === null
        ? null
        : {
            ranges: childrenOf(dhcp, 'range')
              .slice(0, LIST_LIMIT)
              .map((range) => ({ start: attributeOf(range, 'start') ?? '', end: attributeOf(range, 'end') ?? '' })),
            hosts: childrenOf(dhcp, 'host').slice(0, LIST_LIMIT).map(readLease),
          },
  }
}

function readDns(dns: XmlElement | null): LibvirtNetworkSettings['dns'] {
  return {
    isEnabled: attributeOf(dns, 'enable') !== 'no',
    forwarders: childrenOf(dns, 'forwarder')
      .slice(0, LIST_LIMIT)
      .map((forwarder) => ({ address: attributeOf(forwarder, 'addr'), domain: attributeOf(forwarder, 'domain') })),
    hosts: childrenOf(dns, 'host')
      .slice(0, LIST_LIMIT)
      .map((host) => ({
        address: attributeOf(host, 'ip') ?? '',
        names: childrenOf(host, 'hostname').flatMap((name) => textOf(name) ?? []),
      })),
  }
}
