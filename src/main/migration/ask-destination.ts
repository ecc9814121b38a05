import { isVolumeOnLuns, type Vm } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { domainReference, type HostLink, isLibvirtError, shellQuote } from '../hosts/index.ts'
import { type MigrationDisk, type MigrationNeeds, parseMigrationNeeds, XmlError } from '../xml/index.ts'

const TIMEOUT_MS = 30_000
const OUTPUT_LIMIT_BYTES = 256 * 1024
/** `VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE`: a "no" comes as an error that names the flags. */
const FAIL_INCOMPATIBLE = 1
/** `VIR_DOMAIN_XML_MIGRATABLE`: the CPU as another host has to give it. */
const XML_MIGRATABLE = 8

/** Caches with which nothing of a disk stays behind in the memory of a host. */
const WITHOUT_HOST_CACHE: ReadonlySet<string> = new Set(['none', 'directsync'])

/** Reads what the running machine needs at another host. Errors: those of the link, vm.definition-unreadable. */
export async function fetchNeeds(link: HostLink, vm: Vm, signal: AbortSignal): Promise<MigrationNeeds> {
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const limits = { timeoutMs: TIMEOUT_MS, signal }
  const { xml } = await link.control().call('DOMAIN_GET_XML_DESC', { dom, flags: XML_MIGRATABLE }, limits)
  try {
    return parseMigrationNeeds(xml)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new AppError('vm.definition-unreadable', { name: vm.name, detail: error.message }, { cause: error })
  }
}

/**
 * May libvirt's own doubt about shared storage be overruled? Only where the domains of all disks are proved to be shared, and no
 * host keeps parts of them in its memory. Pure.
 */
export function decideUnsafe(
  { disks }: { readonly disks: readonly Pick<MigrationDisk, 'path' | 'cache' | 'shareable'>[] },
  isProvedShared: (path: string) => boolean,
): boolean {
  const caches = disks.every(({ cache, shareable }) => shareable || (cache !== null && WITHOUT_HOST_CACHE.has(cache)))
  return disks.length > 0 && caches && disks.every(({ path }) => isProvedShared(path))
}

/**
 * Asks the destination itself for what nobody else knows: whether files and bridges are there, and what its libvirt says of the
 * machine's CPU. All that is in the way; empty: nothing. Errors: those of the link.
 */
export async function askDestination(link: HostLink, needs: MigrationNeeds, signal: AbortSignal): Promise<AppError[]> {
  const [things, cpu] = await Promise.all([askForThings(link, needs, signal), askForCpu(link, needs, signal)])
  return cpu === null ? things : [...things, cpu]
}

async function askForCpu(link: HostLink, needs: MigrationNeeds, signal: AbortSignal): Promise<AppError | null> {
  if (needs.cpuXml === null) return null
  const hypervisor = {
    emulator: null,
    arch: needs.architecture,
    machine: null,
    virttype: needs.domainType,
    xmlCPU: needs.cpuXml,
    flags: FAIL_INCOMPATIBLE,
  }
  try {
    await link.control().call('CONNECT_COMPARE_HYPERVISOR_CPU', hypervisor, { timeoutMs: TIMEOUT_MS, signal })
    return null
  } catch (error) {
    if (isLibvirtError(error, 'cpuIncompatible')) {
      const params = { hostName: link.definition.name, detail: error.params.message }
      return new AppError('migration.cpu-incompatible', params, { cause: error })
    }
    // An architecture or a libvirt that cannot compare: its own look at the machine, when it comes, decides.
    if (isLibvirtError(error)) return null
    throw error
  }
}

async function askForThings(link: HostLink, needs: MigrationNeeds, signal: AbortSignal): Promise<AppError[]> {
  const { files, bridges, disks } = needs
  // A volume on LUNs is activated there when the machine is on its way.
  const paths = [...files, ...disks.map(({ path }) => path)].filter((path) => !isVolumeOnLuns(path))
  if (link.definition.transport === 'local' || (paths.length === 0 && bridges.length === 0)) return []
  const lines = [
    ...paths.map((path, index) => buildLook(`f${index}`, path, '-e')),
    ...bridges.map((bridge, index) => buildLook(`b${index}`, `/sys/class/net/${bridge}`, '-d')),
  ]
  const options = { timeoutMs: TIMEOUT_MS, maxOutputBytes: OUTPUT_LIMIT_BYTES, signal }
  const { stdout } = await link.runScript(lines.join('\n'), options)
  const missing = new Set(stdout.toString().split('\n'))
  const hostName = link.definition.name
  return [
    ...paths
      .filter((_, index) => missing.has(`f${index}`))
      .map((path) => new AppError('migration.file-missing', { hostName, path })),
    ...bridges
      .filter((_, index) => missing.has(`b${index}`))
      .map((bridge) => new AppError('migration.bridge-missing', { hostName, bridge })),
  ]
}

/** Prints the mark where the path is not there. A folder that may not be looked into tells nothing. */
function buildLook(mark: string, path: string, test: '-e' | '-d'): string {
  const quoted = shellQuote(path)
  const folder = shellQuote(path.slice(0, path.lastIndexOf('/')) || '/')
  return `[ ${test} ${quoted} ] || { [ -d ${folder} ] && [ ! -x ${folder} ]; } || echo ${mark}`
}
