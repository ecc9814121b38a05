import type { IpSettings, LibvirtNetworkSettings, NetworkDns, StaticLease } from '../../shared/domain/index.ts'
import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  findIp,
  insertElement,
  parseEditable,
  readLease,
  readNetwork,
  removeElement,
  renderPart,
  setAttribute,
  type XmlPart,
} from '../xml/index.ts'

/** The settings, with libvirt's own word for a mode that cannot be made here. */
export type WantedNetwork = Omit<LibvirtNetworkSettings, 'mode'> & { readonly mode: string }

/** A new network's definition. Throws XmlError where XML cannot hold a value. Pure. */
export function buildNetworkXml(name: string, uuid: string, wanted: WantedNetwork): string {
  const parts = [
    { name: 'name', content: name },
    { name: 'uuid', content: uuid },
  ]
  return writeNetwork(`${renderPart({ name: 'network', content: parts })}\n`, wanted)
}

/**
 * A network's definition with what is wanted of it. Only what is another one is touched: all that is not known here, and the form of
 * all else, stay byte for byte. Throws XmlError. Pure.
 */
export function writeNetwork(xml: string, wanted: WantedNetwork): string {
  let document = parseEditable(xml)
  document = writeForward(document, wanted)
  document = writeNamed(document, 'bridge', 'name', wanted.bridgeName)
  document = writeNamed(document, 'mtu', 'size', wanted.mtu)
  document = writeNamed(document, 'domain', 'name', wanted.domainName)
  document = writeDns(document, wanted.dns)
  document = writeIp(document, 4, wanted.ipv4)
  document = writeIp(document, 6, wanted.ipv6)
  return document.text
}

/** A fixed address as it stands in the definition. Pure. */
export function leasePart({ macAddress, clientId, name, address }: StaticLease): XmlPart {
  return { name: 'host', attributes: { mac: macAddress, id: clientId, name, ip: address } }
}

/** The names of an address as they stand in the definition. Pure. */
export function dnsHostPart({ address, names }: NetworkDns['hosts'][number]): XmlPart {
  return {
    name: 'host',
    attributes: { ip: address },
    content: names.map((name) => ({ name: 'hostname', content: name })),
  }
}

function writeForward(before: EditableXml, wanted: WantedNetwork): EditableXml {
  let document = before
  const now = readNetwork(document.root)
  const forward = () => childIn(document.root, 'forward')
  const change = (next: (element: EditableElement) => EditableXml) => {
    const element = forward()
    if (element !== null) document = next(element)
  }
  if (now.mode !== wanted.mode) {
    if (wanted.mode === 'isolated') {
      change((element) => removeElement(document, element))
      return document
    }
    if (forward() === null) {
      document = append(document, { name: 'forward', attributes: { mode: wanted.mode } }, ['uuid', 'name'])
    } else {
      change((element) => setAttribute(document, element, 'mode', wanted.mode))
      // Only network address translation has its settings.
      const nat = childIn(forward(), 'nat')
      if (nat !== null && wanted.mode !== 'nat') document = removeElement(document, nat)
    }
  }
  if (now.forwardDevice !== wanted.forwardDevice) {
    for (;;) {
      const listed = childIn(forward(), 'interface')
      if (listed === null) break
      document = removeElement(document, listed)
    }
    change((element) => setAttribute(document, element, 'dev', wanted.forwardDevice))
  }
  const hasNatIpv6 = readNetwork(document.root).natIpv6
  if (wanted.mode === 'nat' && hasNatIpv6 !== wanted.natIpv6) {
    const nat = childIn(forward(), 'nat')
    if (nat !== null) document = setAttribute(document, nat, 'ipv6', wanted.natIpv6 ? 'yes' : null)
    else change((element) => insertElement(document, element, { name: 'nat', attributes: { ipv6: 'yes' } }))
  }
  return document
}

/** `<domain name='…'/>` and its like: without a value it goes, with all that is in it. */
function writeNamed(
  document: EditableXml,
  name: string,
  attribute: string,
  value: string | number | null,
): EditableXml {
  const element = childIn(document.root, name)
  if (element !== null && value === null) return removeElement(document, element)
  if (element !== null) return setAttribute(document, element, attribute, value)
  if (value === null) return document
  return append(document, { name, attributes: { [attribute]: value } }, ['forward', 'uuid', 'name'])
}

function writeDns(before: EditableXml, wanted: NetworkDns): EditableXml {
  let document = before
  const now = readNetwork(document.root).dns
  const [hasHosts, hasForwarders] = [sameJson(now.hosts, wanted.hosts), sameJson(now.forwarders, wanted.forwarders)]
  if (now.isEnabled === wanted.isEnabled && hasHosts && hasForwarders) return document
  if (childIn(document.root, 'dns') === null) {
    document = append(document, { name: 'dns' }, ['domain', 'mtu', 'bridge', 'forward', 'uuid', 'name'])
  }
  if (now.isEnabled !== wanted.isEnabled) {
    const dns = childIn(document.root, 'dns')
    if (dns !== null) document = setAttribute(document, dns, 'enable', wanted.isEnabled ? null : 'no')
  }
  const dnsOf = (root: EditableElement) => childIn(root, 'dns')
  document = reconcile(document, dnsOf, 'forwarder', {
    wanted: wanted.forwarders.map(({ address, domain }) => ({
      key: JSON.stringify([address, domain]),
      part: { name: 'forwarder', attributes: { domain, addr: address } },
    })),
    keyOf: (element) => JSON.stringify([element.attributes.addr ?? null, element.attributes.domain ?? null]),
    sameAs: (_element, index) => index,
  })
  return reconcile(document, dnsOf, 'host', {
    wanted: wanted.hosts.map((host) => ({
      key: JSON.stringify([host.address, ...host.names]),
      part: dnsHostPart(host),
    })),
    keyOf: (element) =>
      JSON.stringify([element.attributes.ip ?? '', ...childrenIn(element, 'hostname').map(({ text }) => text.trim())]),
  })
}

function writeIp(before: EditableXml, family: 4 | 6, wanted: IpSettings | null): EditableXml {
  let document = before
  const now = readNetwork(document.root)[family === 4 ? 'ipv4' : 'ipv6']
  if (sameJson(now, wanted)) return document
  const ipOf = (root: EditableElement) => findIp(root.children, family)
  const change = (next: (element: EditableElement) => EditableXml) => {
    const element = ipOf(document.root)
    if (element !== null) document = next(element)
  }
  if (wanted === null) {
    change((element) => removeElement(document, element))
    return document
  }
  const { address, prefix, dhcp } = wanted
  if (ipOf(document.root) === null) {
    const attributes = { family: family === 6 ? 'ipv6' : null, address, prefix }
    document = append(document, { name: 'ip', attributes }, [])
  }
  change((element) => setAttribute(document, element, 'address', address))
  if (now !== null && now.prefix !== prefix) {
    change((element) => setAttribute(document, element, 'netmask', null))
    change((element) => setAttribute(document, element, 'prefix', prefix))
  }
  return writeDhcp(document, ipOf, dhcp)
}

function writeDhcp(
  before: EditableXml,
  ipOf: (root: EditableElement) => EditableElement | null,
  wanted: IpSettings['dhcp'],
): EditableXml {
  let document = before
  const ip = ipOf(document.root)
  const dhcpOf = (root: EditableElement) => childIn(ipOf(root), 'dhcp')
  const there = dhcpOf(document.root)
  if (ip === null) return document
  if (wanted === null) return there === null ? document : removeElement(document, there)
  if (there === null) document = insertElement(document, ip, { name: 'dhcp' })
  document = reconcile(document, dhcpOf, 'range', {
    wanted: wanted.ranges.map(({ start, end }) => ({
      key: `${start} ${end}`,
      part: { name: 'range', attributes: { start, end } },
    })),
    keyOf: (element) => `${element.attributes.start ?? ''} ${element.attributes.end ?? ''}`,
    sameAs: (_element, index) => index,
  })
  return reconcile(document, dhcpOf, 'host', {
    wanted: wanted.hosts.map((lease) => ({ key: JSON.stringify(lease), part: leasePart(lease) })),
    keyOf: (element) => JSON.stringify(readLease(element)),
    sameAs: (element) => wanted.hosts.findIndex((lease) => isSameMachine(lease, readLease(element))),
  })
}

function isSameMachine(one: StaticLease, other: StaticLease): boolean {
  return (['macAddress', 'clientId', 'name'] as const).some((key) => one[key] !== null && one[key] === other[key])
}

interface Reconciled {
  readonly wanted: readonly { readonly key: string; readonly part: XmlPart }[]
  readonly keyOf: (element: EditableElement) => string
  /** Which of those wanted, by its place, one that is there would become by other attributes: so what else is in it stays. */
  readonly sameAs?: (element: EditableElement, index: number) => number
}

/**
 * Changes the children of that name to those wanted: those that stay are not touched, those that change are where they stand, the
 * others go, and what lacks is added. Their order is that of the list.
 */
function reconcile(
  before: EditableXml,
  parentOf: (root: EditableElement) => EditableElement | null,
  name: string,
  { wanted, keyOf, sameAs }: Reconciled,
): EditableXml {
  let document = before
  const wantedKeys = wanted.map(({ key }) => key)
  const list = () => childrenIn(parentOf(document.root), name)
  for (const [index, element] of list().entries()) {
    const become = wanted[sameAs?.(element, index) ?? -1]
    if (become === undefined || wantedKeys.includes(keyOf(element))) continue
    if (list().some((other) => keyOf(other) === become.key)) continue
    for (const [attribute, value] of Object.entries(become.part.attributes ?? {})) {
      const current = list()[index]
      if (current === undefined || isSameValue(attribute, current.attributes[attribute], value)) continue
      document = setAttribute(document, current, attribute, value ?? null)
    }
  }
  const seen = new Set<string>()
  for (let index = 0; index < list().length; ) {
    const element = list()[index]
    if (element === undefined) break
    const key = keyOf(element)
    if (wantedKeys.includes(key) && !seen.has(key)) index += 1
    else document = removeElement(document, element)
    seen.add(key)
  }
  for (const [index, { key, part }] of wanted.entries()) {
    const there = list()[index]
    if (there !== undefined && keyOf(there) === key) continue
    const parent = parentOf(document.root)
    if (parent === null) break
    // One that stands elsewhere in the list moves as it is written.
    const elsewhere = list().find((element) => keyOf(element) === key)
    const moved = elsewhere === undefined ? part : textOf(document, elsewhere)
    if (elsewhere !== undefined) document = removeElement(document, elsewhere)
    document = insertAt(document, parentOf, name, index, moved)
  }
  return document
}

/** MAC addresses are the same in upper and lower case. */
function isSameValue(attribute: string, value: string | undefined, other: string | number | null | undefined): boolean {
  return attribute === 'mac' && value?.toLowerCase() === other
}

function insertAt(
  document: EditableXml,
  parentOf: (root: EditableElement) => EditableElement | null,
  name: string,
  index: number,
  part: XmlPart | string,
): EditableXml {
  const parent = parentOf(document.root)
  if (parent === null) return document
  const list = childrenIn(parent, name)
  const before = list[index]
  const last = list.at(-1)
  if (before !== undefined) return insertElement(document, parent, part, { before })
  return insertElement(document, parent, part, last === undefined ? undefined : { after: last })
}

function textOf(document: EditableXml, { span }: EditableElement): string {
  return document.text.slice(span.start, span.end)
}

/** Behind the last child of the first of these names that is there; else as the last. */
function append(document: EditableXml, part: XmlPart, behind: readonly string[]): EditableXml {
  const after = behind.map((name) => childrenIn(document.root, name).at(-1)).find((element) => element !== undefined)
  return insertElement(document, document.root, part, after === undefined ? undefined : { after })
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
