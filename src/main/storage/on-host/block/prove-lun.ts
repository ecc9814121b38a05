import { AppError } from '../../../../shared/errors/index.ts'
import { shellQuote } from '../../../hosts/index.ts'
import { hostFailed, printable, runAsRoot } from '../root-script.ts'
import type { HostCallOptions, StorageHost } from '../types.ts'
import { findDevices, LUN_FUNCTIONS, LUN_MISSING } from './lun-script.ts'
import { LVM_FUNCTION } from './lvm-script.ts'

const TIMEOUT_MS = 90_000
/** Exit code: the path is not there, or is another device. */
const UNNAMED = 27
const WHAT_CHARACTERS = 120
/** Of lsblk(8): what a disk consists of by itself. Anything else that stands on it is the host's. */
const OWN_PARTS: ReadonlySet<string> = new Set(['disk', 'part', 'mpath'])

/** A LUN that a machine is to have whole. */
export interface WholeLun {
  readonly lunId: string
  /** As the machine's definition names it. */
  readonly path: string
}

/**
 * Looks on a host whether a machine may have a LUN whole: the host sees it under that path, does not use it itself, and it belongs to no storage
 * domain. Nothing is written. Errors: vm.lun-not-seen, vm.lun-without-path, vm.lun-held, vm.lun-of-domain, storage.host-failed, those of `runAsRoot`.
 */
export async function proveLunFree(host: StorageHost, lun: WholeLun, options: HostCallOptions): Promise<void> {
  const { lunId, path } = lun
  const script = [
    LUN_FUNCTIONS,
    findDevices([lunId]),
    'set -- $devices; d=$1',
    `p=${shellQuote(path)}; if [ ! -b "$p" ] || [ "$(readlink -f "$p")" != "$(readlink -f "$d")" ]; then exit ${UNNAMED}; fi`,
    'lsblk -nPpo NAME,TYPE,MOUNTPOINT "$d" || exit 1',
    'if command -v lvm >/dev/null; then',
    LVM_FUNCTION,
    'lv pvs --readonly --noheadings -o vg_tags "$d" 2>/dev/null | sed "s/^ */tags=/"; fi; exit 0',
  ].join('\n')
  const { exitCode, stdout, stderr } = await runAsRoot(host, script, { ...options, path, timeoutMs: TIMEOUT_MS })
  const hostName = host.definition.name
  const about = { hostId: host.id, retry: 'safe' } as const
  if (exitCode === LUN_MISSING) throw new AppError('vm.lun-not-seen', { hostName, lunId }, about)
  if (exitCode === UNNAMED) throw new AppError('vm.lun-without-path', { hostName, lunId, path }, about)
  if (exitCode !== 0) throw hostFailed(host, path, stderr || `exit code ${exitCode}`)
  const refusal = decideLunFree(hostName, lunId, stdout)
  if (refusal !== null) throw refusal
}

/** What a host printed of a LUN; null: nobody has it. Pure. */
export function decideLunFree(hostName: string, lunId: string, printed: string): AppError | null {
  for (const line of printed.split('\n')) {
    const domainId = /^tags=(?:.*,)?virtdeck\.id=([0-9a-f-]{36})(?:,|\s*$)/.exec(line)?.[1]
    if (domainId !== undefined) return new AppError('vm.lun-of-domain', { lunId, name: domainId })
    const [, name = '', type = '', mounted = ''] = /^NAME="(.*)" TYPE="(.*)" MOUNTPOINT="(.*)"$/.exec(line) ?? []
    if (name === '' || (mounted === '' && OWN_PARTS.has(type))) continue
    const what = printable(mounted === '' ? name : mounted).slice(0, WHAT_CHARACTERS)
    return new AppError('vm.lun-held', { hostName, lunId, what })
  }
  return null
}
