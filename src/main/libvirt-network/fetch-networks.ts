import type { LibvirtNetwork, NetworkLease } from '../../shared/domain/index.ts'
import { type HostLink, isLibvirtError } from '../hosts/index.ts'
import { type NetworkDefinition, parseNetwork, XmlError } from '../xml/index.ts'
import { decidePending } from './decide-pending.ts'

const CALL_TIMEOUT_MS = 20_000
/** `VIR_NETWORK_XML_INACTIVE`. */
const INACTIVE = 1
/** `VIR_CONNECT_LIST_NETWORKS_ACTIVE`, and all. */
const LIST_ACTIVE = 2
const LIST_ALL = 0
/** More than any host has; what it lists beyond is left out. */
const NETWORKS_LIMIT = 512
const LEASES_LIMIT = 2_048
const AT_ONCE = 4

/** A network as libvirt tells of it. Who uses it is known elsewhere. */
export type ToldNetwork = Omit<LibvirtNetwork, 'usedBy'>
interface Named {
  readonly name: string
  readonly uuid: string
}

/**
 * Reads the networks of a host's libvirt, by name. Those that go while they are read, and those that nobody can read, are left out.
 * Errors: host.driver-absent, host.driver-failed and those of `call`.
 */
export async function fetchNetworks(
  link: Pick<HostLink, 'family'>,
  asOf: number,
  signal?: AbortSignal,
): Promise<ToldNetwork[]> {
  const limits = { timeoutMs: CALL_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
  const driver = link.family('network')
  const list = async (flags: number) =>
    (await driver.call('CONNECT_LIST_ALL_NETWORKS', { need_results: 1, flags }, limits)).nets
  const all = (await list(LIST_ALL)).slice(0, NETWORKS_LIMIT)
  const active = new Set((await list(LIST_ACTIVE)).map(({ uuid }) => uuid))
  const read: ToldNetwork[] = []
  const waiting = [...all]

  async function fetchOne(net: Named): Promise<ToldNetwork> {
    const isActive = active.has(net.uuid)
    const isPersistent = (await driver.call('NETWORK_IS_PERSISTENT', { net }, limits)).persistent !== 0
    const { autostart } = isPersistent ? await driver.call('NETWORK_GET_AUTOSTART', { net }, limits) : { autostart: 0 }
    const fetchXml = async (flags: number) => (await driver.call('NETWORK_GET_XML_DESC', { net, flags }, limits)).xml
    const xml = await fetchXml(isPersistent ? INACTIVE : 0)
    const definition = parseNetwork(xml)
    const running = isActive && isPersistent ? parseNetwork(await fetchXml(0)) : null
    return {
      ...shown(definition),
      id: net.uuid,
      name: net.name,
      isActive,
      isPersistent,
      autostart: autostart !== 0,
      pending: running === null ? [] : decidePending(running, definition),
      leases: isActive && hasDhcp(running ?? definition) ? await fetchLeases(net) : [],
      xml,
      asOf,
    }
  }

  async function fetchLeases(net: Named): Promise<NetworkLease[]> {
    const request = { net, mac: null, need_results: 1, flags: 0 }
    const { leases } = await driver.call('NETWORK_GET_DHCP_LEASES', request, limits)
    return leases.slice(0, LEASES_LIMIT).map((lease) => ({
      macAddress: lease.mac,
      address: lease.ipaddr,
      prefix: lease.prefix,
      hostName: lease.hostname,
      clientId: lease.clientid,
      expiresAt: lease.expirytime === 0n ? null : Number(lease.expirytime) * 1_000,
    }))
  }

  const work = async (): Promise<void> => {
    for (let net = waiting.shift(); net !== undefined; net = waiting.shift()) {
      try {
        read.push(await fetchOne(net))
      } catch (error) {
        if (!isLibvirtError(error) && !(error instanceof XmlError)) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return read.sort((one, other) => one.name.localeCompare(other.name))
}

function shown({ uuid: _uuid, name: _name, otherAddresses, ...settings }: NetworkDefinition) {
  return { ...settings, otherAddresses: [...otherAddresses] }
}

function hasDhcp({ ipv4, ipv6 }: Pick<NetworkDefinition, 'ipv4' | 'ipv6'>): boolean {
  return ipv4?.dhcp != null || ipv6?.dhcp != null
}
