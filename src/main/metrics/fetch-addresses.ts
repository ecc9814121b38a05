import { type DomainRecord, domainReference, isLibvirtError, type LibvirtConnection } from '../hosts/index.ts'

/** `virDomainInterfaceAddressesSource`: the host's DHCP leases, the guest's agent, the host's ARP table. */
const SOURCES = { lease: 0, agent: 1, arp: 2 } as const
const READ_TIMEOUT_MS = 10_000
const ADDRESSES_LIMIT = 32

/**
 * The addresses of a running domain by MAC address (lower case). The agent knows best and is asked when it is there; else what
 * the host has seen. Loopback and link-local ones are left out. Errors: those of `call` but the daemon's refusals.
 */
export async function fetchAddresses(
  connection: LibvirtConnection,
  record: DomainRecord,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const sources =
    record.definition.guestAgent === 'connected'
      ? [SOURCES.agent, SOURCES.lease, SOURCES.arp]
      : [SOURCES.lease, SOURCES.arp]
  const found = new Map<string, string[]>()
  for (const source of sources) {
    for (const [mac, addresses] of await fetchFrom(connection, record, source)) {
      const known = found.get(mac) ?? []
      found.set(mac, [...new Set([...known, ...addresses])].slice(0, ADDRESSES_LIMIT))
    }
    if (source === SOURCES.agent && found.size > 0) break
  }
  return found
}

async function fetchFrom(
  connection: LibvirtConnection,
  record: DomainRecord,
  source: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  try {
    const { ifaces } = await connection.call(
      'DOMAIN_INTERFACE_ADDRESSES',
      { dom: domainReference(record), source, flags: 0 },
      { timeoutMs: READ_TIMEOUT_MS },
    )
    const pairs = ifaces.flatMap(({ hwaddr, addrs }) => {
      const addresses = addrs.map(({ addr }) => addr).filter(isTelling)
      return hwaddr === null || addresses.length === 0 ? [] : [[hwaddr.toLowerCase(), addresses] as const]
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
