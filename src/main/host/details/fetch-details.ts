import type { HostDetails } from '../../../shared/domain/index.ts'
import { isAppError } from '../../../shared/errors/index.ts'
import { type HostLink, isLibvirtError, typedParametersToObject } from '../../hosts/index.ts'
import { parseHostTopology } from '../../xml/index.ts'
import { detailsScript, parseDetails, type ShellDetails } from './details-script.ts'

const CALL_TIMEOUT_MS = 20_000
const SCRIPT_TIMEOUT_MS = 30_000
const OUTPUT_BYTES = 64 * 1024
const KSM_PARAMETERS = 32

/** Without a shell: nothing of what it would tell. */
const NOTHING: ShellDetails = {
  system: null,
  kernel: null,
  uptimeSeconds: null,
  load: null,
  selinux: null,
  appArmor: null,
  isKsmRunning: null,
  restarts: [],
}

/**
 * Reads what a host is and how it runs: by libvirt what libvirt knows, the rest by one script that only reads.
 * Errors: host.not-connected, those of `call`, ssh.connection-lost, ssh.aborted, XmlError.
 */
export async function fetchDetails(link: HostLink, asOf: number, signal: AbortSignal): Promise<HostDetails> {
  const limits = { timeoutMs: CALL_TIMEOUT_MS, signal }
  const control = link.control()
  const [{ capabilities }, ksm, shell] = await Promise.all([
    control.call('CONNECT_GET_CAPABILITIES', {}, limits),
    fetchKsm(link, signal),
    fetchShellDetails(link, signal),
  ])
  const { cells, securityDrivers } = parseHostTopology(capabilities)
  const free = await fetchFreeMemory(link, cells.length, signal)
  const { isKsmRunning, ...told } = shell ?? NOTHING
  return {
    id: 'details',
    asOf,
    ...told,
    numaCells: cells.map((cell, index) => ({ ...cell, cpus: [...cell.cpus], freeKiB: free[index] ?? null })),
    securityDrivers: [...securityDrivers],
    ksm: ksm === null && isKsmRunning === null ? null : { ...(ksm ?? NO_COUNTERS), isRunning: isKsmRunning },
    hasShell: shell !== null,
  }
}

type Counters = Omit<NonNullable<HostDetails['ksm']>, 'isRunning'>

const NO_COUNTERS: Counters = {
  pagesToScan: null,
  sleepMs: null,
  pagesShared: null,
  pagesSharing: null,
  pagesUnshared: null,
  fullScans: null,
}

/** Null where the kernel has no KSM. */
async function fetchKsm(link: HostLink, signal: AbortSignal): Promise<Counters | null> {
  try {
    const { params } = await link
      .control()
      .call('NODE_GET_MEMORY_PARAMETERS', { nparams: KSM_PARAMETERS, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS, signal })
    const values = typedParametersToObject(params)
    const count = (name: string) => (name in values ? Number(values[name]) : null)
    return {
      pagesToScan: count('shm_pages_to_scan'),
      sleepMs: count('shm_sleep_millisecs'),
      pagesShared: count('shm_pages_shared'),
      pagesSharing: count('shm_pages_sharing'),
      pagesUnshared: count('shm_pages_unshared'),
      fullScans: count('shm_full_scans'),
    }
  } catch (error) {
    if (isLibvirtError(error)) return null
    throw error
  }
}

/** In KiB, in the order of the cells; less where the host does not tell. */
async function fetchFreeMemory(link: HostLink, cells: number, signal: AbortSignal): Promise<readonly number[]> {
  if (cells === 0) return []
  try {
    const free = await link
      .control()
      .call('NODE_GET_CELLS_FREE_MEMORY', { startCell: 0, maxcells: cells }, { timeoutMs: CALL_TIMEOUT_MS, signal })
    return free.cells.map((bytes) => Number(bytes / 1_024n))
  } catch (error) {
    if (isLibvirtError(error)) return []
    throw error
  }
}

/** Null where the host runs no commands for us, and for this computer. */
async function fetchShellDetails(link: HostLink, signal: AbortSignal): Promise<ShellDetails | null> {
  try {
    const ran = await link.runScript(detailsScript, {
      timeoutMs: SCRIPT_TIMEOUT_MS,
      maxOutputBytes: OUTPUT_BYTES,
      signal,
    })
    return ran.exitCode === 0 ? parseDetails(ran.stdout) : null
  } catch (error) {
    if (!isAppError(error) || isAppError(error, 'ssh.connection-lost') || isAppError(error, 'ssh.aborted')) throw error
    return null
  }
}
