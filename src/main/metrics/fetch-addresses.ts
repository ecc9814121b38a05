import { isAppError } from '../../shared/errors/index.ts'
import {
  type DomainRecord,
  domainReference,
  type HostLink,
  isLibvirtError,
  type LibvirtConnection,
} from '../hosts/index.ts'

/** `virDomainInterfaceAddressesSource`: the guest's agent, the host's ARP table. */
const SOURCES = { agent: 1, arp: 2 } as const
const READ_TIMEOUT_MS = 10_000
const ADDRESSES_LIMIT = 32

type Addresses = ReadonlyMap<string, readonly string[]>

/**
 * The addresses of a running domain by MAC address (lower case). The agent knows best and is asked when it is there; else what
 * the host has seen. Loopback and link-local ones are left out. Errors: those of `call` and of opening a connection, but not the
 * daemon's refusals, nor that the agent does not answer.
 */
export async function fetchAddresses(link: HostLink, record: DomainRecord, signal: AbortSignal): Promise<Addresses> {
  if (record.definition.guestAgent === 'connected') {
    const told = await fetchFromAgent(link, record, signal)
    if (told.size > 0) return told
  }
  const found = new Map<string, readonly string[]>()
  for (const told of [
    await fetchLeases(link, record, signal),
    await fetchFrom(link.control(), record, SOURCES.arp, signal),
  ]) {
    for (const [mac, addresses] of told) {
      found.set(mac, [...new Set([...(found.get(mac) ?? []), ...addresses])].slice(0, ADDRESSES_LIMIT))
    }
  }
  return found
}

/**
 * What the DHCP servers of the host's networks have given out. The network driver is asked itself: the hypervisor's would wait
 * for it, and one that hangs would block the control connection. Empty where it cannot tell.
 */
async function fetchLeases(link: HostLink, { definition }: DomainRecord, signal: AbortSignal): Promise<Addresses> {
  const networks = link.family('network')
  const limits = { timeoutMs: READ_TIMEOUT_MS, signal }
  const found = new Map<string, readonly string[]>()
  for (const { type, source, macAddress } of definition.nics) {
    if (type !== 'network' || source === null) continue
    try {
      const { net } = await networks.call('NETWORK_LOOKUP_BY_NAME', { name: source }, limits)
      const request = { net, mac: macAddress, need_results: 1, flags: 0 }
      const { leases } = await networks.call('NETWORK_GET_DHCP_LEASES', request, limits)
      const addresses = leases.map(({ ipaddr }) => ipaddr).filter(isTelling)
      if (addresses.length > 0) found.set(macAddress.toLowerCase(), addresses.slice(0, ADDRESSES_LIMIT))
    } catch (error) {
      if (!isAppError(error)) throw error
    }
  }
  return found
}

/**
 * A guest may leave the question open for as long as it likes, and the daemon's answer with it: on the control connection
 * four such guests would leave no room for anything else.
 */
async function fetchFromAgent(link: HostLink, record: DomainRecord, signal: AbortSignal): Promise<Addresses> {
  const connection = await link.openConnection({ signal })
  try {
    return await fetchFrom(connection, record, SOURCES.agent, signal)
  } catch (error) {
    if (isAppError(error, 'libvirt.call-timed-out')) return new Map()
    throw error
  } finally {
    await connection.close()
  }
}

async function fetchFrom(
  connection: LibvirtConnection,
  record: DomainRecord,
  source: number,
  signal: AbortSignal,
): Promise<Addresses> {
  try {
    const { ifaces } = await connection.call(
      'DOMAIN_INTERFACE_ADDRESSES',
      { dom: domainReference(record), source, flags: 0 },
      { timeoutMs: READ_TIMEOUT_MS, signal },
    )
    const pairs = ifaces.flatMap(({ hwaddr, addrs }) => {
      const addresses = addrs.map(({ addr }) => addr).filter(isTelling)
      const limited = addresses.slice(0, ADDRESSES_LIMIT)
      return hwaddr === null || limited.length === 0 ? [] : [[hwaddr.toLowerCase(), limited] as const]
    })
    return new Map(pairs)
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return new Map()
  }
}

function isTelling(address: string): boolean {
  return !/^(127\.|::1$|fe80:)/i.test(address)
}
