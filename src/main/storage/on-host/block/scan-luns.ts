import type { IscsiTarget } from '../../../../shared/domain/index.ts'
import { AppError } from '../../../../shared/errors/index.ts'
import { hostFailed, printable, runAsRoot } from '../root-script.ts'
import type { HostCallOptions, StorageHost } from '../types.ts'
import { explainBlock } from './explain-block.ts'
import { discoverScript, logInForNow, NO_CLIENT, parseTargets } from './iscsi-script.ts'
import { LUN_FUNCTIONS, SCAN_LUNS, WAIT_FOR_LUNS } from './lun-script.ts'
import { SCAN_GROUPS } from './lvm-script.ts'
import { type LunScan, parseLunScan } from './parse-luns.ts'

/** open-iscsi tries a portal that does not answer several times. */
const TIMEOUT_MS = 240_000
const OUTPUT_BYTES = 4 * 1024 * 1024

/** Targets to log in to, with whom they let in. */
export interface TargetAccess {
  readonly targets: readonly IscsiTarget[]
  readonly chapUser?: string | undefined
  readonly chapPassword?: string | undefined
}

/** Asks a portal through a host for its targets. Nothing is kept there. Errors: storage.iscsi-client-missing, storage.portal-unreachable, those of `runAsRoot`. */
export async function discoverTargets(
  host: StorageHost,
  portal: string,
  options: HostCallOptions,
): Promise<readonly IscsiTarget[]> {
  const limits = { ...options, path: portal, timeoutMs: TIMEOUT_MS }
  const result = await runAsRoot(host, discoverScript(portal), limits)
  if (result.exitCode === 0) return parseTargets(result.stdout)
  if (result.exitCode === NO_CLIENT) throw explainBlock(host, '', result)
  const params = { hostName: host.definition.name, portal, reason: printable(result.stderr).slice(0, 300) }
  throw new AppError('storage.portal-unreachable', params, { hostId: host.id, retry: 'safe' })
}

/**
 * The LUNs that a host sees, and what is on them; those of the targets as well, which it logs in to for that time only. Nothing is written on them.
 * Errors: storage.iscsi-client-missing, storage.portal-unreachable, storage.target-refused, storage.chap-refused, those of `runAsRoot`.
 */
export async function scanLuns(
  host: StorageHost,
  { targets, chapUser, chapPassword }: TargetAccess,
  options: HostCallOptions,
): Promise<LunScan> {
  const path = targets[0]?.portal ?? 'LUN'
  const script = [
    logInForNow(targets, chapUser),
    LUN_FUNCTIONS,
    ...(targets.length > 0 ? [WAIT_FOR_LUNS] : []),
    SCAN_LUNS,
    SCAN_GROUPS,
  ].join('\n')
  const limits = {
    ...options,
    path,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: OUTPUT_BYTES,
    input: `${chapPassword ?? ''}\n`,
  }
  const result = await runAsRoot(host, script, limits)
  if (result.exitCode === 0) return parseLunScan(result.stdout)
  throw result.stdout.includes('@failed') || result.exitCode === NO_CLIENT
    ? explainBlock(host, '', result)
    : hostFailed(host, path, result.stderr || `exit code ${result.exitCode}`)
}
