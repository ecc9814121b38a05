import { isAppError } from '../../shared/errors/index.ts'
import {
  type DomainRecord,
  domainReference,
  type HostLink,
  isLibvirtError,
  type LibvirtConnection,
} from '../hosts/index.ts'

/** `virDomainInterfaceAddressesSource`: the host's DHCP leases, the guest's agent, the host's ARP table. */
const SOURCES = { lease: 0, agent: 1, arp: 2 } as const
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
  for (const source of [SOURCES.lease, SOURCES.arp]) {
    for (const [mac, addresses] of await fetchFrom(link.control(), record, source, signal)) {
      found.set(mac, [...new Set([...(found.get(mac) ?? []), ...addresses])].slice(0, ADDRESSES_LIMIT))
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
