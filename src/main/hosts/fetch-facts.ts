import type { HostFacts } from '../../shared/domain/index.ts'
import { isLibvirtError, type LibvirtConnection } from '../libvirt/index.ts'
import { parseCapabilities, parseDomainCapabilities, parseProcessorName } from '../xml/index.ts'

/** Capabilities are slow the first time: the daemon then probes its QEMU. */
const SLOW_TIMEOUT_MS = 60_000

/** libvirt packs versions as major × 1,000,000 + minor × 1,000 + release. */
export function formatLibvirtVersion(version: bigint): string {
  return `${version / 1_000_000n}.${(version / 1_000n) % 1_000n}.${version % 1_000n}`
}

/** Reads what a host says of itself. Errors: those of `call`, XmlError. */
export async function fetchFacts(connection: LibvirtConnection): Promise<HostFacts> {
  const slow = { timeoutMs: SLOW_TIMEOUT_MS }
  const [node, { hostname }, { type }, { hv_ver }, { lib_ver }, { capabilities: xml }, processor] = await Promise.all([
    connection.call('NODE_GET_INFO', {}),
    connection.call('CONNECT_GET_HOSTNAME', {}),
    connection.call('CONNECT_GET_TYPE', {}),
    connection.call('CONNECT_GET_VERSION', {}),
    connection.call('CONNECT_GET_LIB_VERSION', {}),
    connection.call('CONNECT_GET_CAPABILITIES', {}, slow),
    fetchProcessorName(connection),
  ])
  const capabilities = parseCapabilities(xml)
  const guest = capabilities.guests.find(
    (each) => each.osType === 'hvm' && each.architecture === capabilities.architecture,
  )
  const cpuModel = processor ?? (await fetchHostModel(connection)) ?? capabilities.cpuModel ?? node.model
  return {
    hostName: hostname.slice(0, 253),
    uuid: capabilities.uuid ?? '',
    libvirtVersion: formatLibvirtVersion(lib_ver),
    hypervisor: type,
    hypervisorVersion: formatLibvirtVersion(hv_ver),
    architecture: capabilities.architecture === '' ? node.model : capabilities.architecture,
    cpuModel,
    cpuVendor: capabilities.cpuVendor ?? '',
    cpuMhz: node.mhz,
    cpus: node.cpus,
    numaNodes: node.nodes,
    sockets: node.sockets,
    coresPerSocket: node.cores,
    threadsPerCore: node.threads,
    memoryKiB: Number(node.memory),
    domainTypes: [...(guest?.domainTypes ?? [])],
    machineTypes: [...(guest?.machineTypes ?? [])],
  }
}

/** The name that the firmware gives; null where there is none, as in many machines that are virtual themselves. */
async function fetchProcessorName(connection: LibvirtConnection): Promise<string | null> {
  try {
    return parseProcessorName((await connection.call('CONNECT_GET_SYSINFO', { flags: 0 })).sysinfo)
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return null
  }
}

async function fetchHostModel(connection: LibvirtConnection): Promise<string | null> {
  try {
    const any = { emulatorbin: null, arch: null, machine: null, virttype: null, flags: 0 }
    const { capabilities } = await connection.call('CONNECT_GET_DOMAIN_CAPABILITIES', any, {
      timeoutMs: SLOW_TIMEOUT_MS,
    })
    return parseDomainCapabilities(capabilities).hostCpuModel
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return null
  }
}
