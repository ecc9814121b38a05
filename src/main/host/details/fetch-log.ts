import type { LogTail, VmId } from '../../../shared/domain/index.ts'
import { LOG_TAIL_BYTES } from '../../../shared/domain/index.ts'
import { AppError, type ErrorCode, isAppError } from '../../../shared/errors/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import { hostLogScript, parseLogTail, vmLogScript } from './log-script.ts'

const SCRIPT_TIMEOUT_MS = 30_000
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'host.not-connected',
  'ssh.connection-lost',
  'ssh.aborted',
  'ssh.exec-timed-out',
])
const OUTPUT_BYTES = LOG_TAIL_BYTES + 8 * 1_024

/** Reads the end of what the host's libvirt daemons logged. Errors: those that pass by themselves. */
export function fetchHostLog(link: HostLink, asOf: number, signal: AbortSignal): Promise<LogTail> {
  return fetchLog(link, hostLogScript, asOf, signal)
}

/** Reads the end of the log of a machine's QEMU. Errors: vm.not-found, and those of {@link fetchHostLog}. */
export async function fetchVmLog(link: HostLink, vmId: VmId, asOf: number, signal: AbortSignal): Promise<LogTail> {
  const record = link.domains.get(vmId)
  if (record === undefined) throw new AppError('vm.not-found', { vmId })
  return fetchLog(link, vmLogScript(record.name, link.definition.libvirtMode), asOf, signal)
}

async function fetchLog(link: HostLink, script: string, asOf: number, signal: AbortSignal): Promise<LogTail> {
  if (link.definition.transport === 'local') return withoutShell(asOf)
  try {
    const limits = { timeoutMs: SCRIPT_TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES, signal }
    return parseLogTail((await link.runScript(script, limits)).stdout, asOf)
  } catch (error) {
    // A host that is away, or slow, has a shell all the same: what was read before stays, and it is asked again.
    if (!isAppError(error) || PASSING.has(error.code)) throw error
    return withoutShell(asOf)
  }
}

function withoutShell(asOf: number): LogTail {
  return { id: 'tail', asOf, source: '', text: '', isCut: false, obstacle: 'no-shell' }
}
