import type { HostDefinition } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { HostNetworkFacts } from '../on-host/host-facts.ts'
import { parseFacts } from '../on-host/parse-facts.ts'
import { stateScript } from '../on-host/state-script.ts'
import { printable, type ScriptRunner } from './host-shell.ts'

/** Each manager is waited for, as on a host under load. */
const TIMEOUT_MS = 120_000
const OUTPUT_BYTES = 12 * 1024 * 1024

/** Reads what a host's network is, as far as the one who signed in may. Errors: network.host-failed, and those of running a script. */
export async function fetchFacts(
  run: ScriptRunner,
  { id: hostId, name: hostName }: Pick<HostDefinition, 'id' | 'name'>,
  signal: AbortSignal,
): Promise<HostNetworkFacts> {
  const result = await run(stateScript, { timeoutMs: TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES, signal })
  if (result.exitCode === 0) return parseFacts(result.stdout)
  const detail = printable(result.stderr || `exit code ${result.exitCode}`)
  throw new AppError('network.host-failed', { hostName, detail }, { hostId })
}
