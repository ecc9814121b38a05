import type { HostDefinition } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { type HostRoute, shellQuote } from '../../hosts/index.ts'

const OUTPUT_BYTES = 64 * 1024
/** What a script that did not heed TERM gets more, before the link gives it up. */
const GRACE_MS = 8_000
const NO_ROOT = 77
const DETAIL_CHARACTERS = 500

/** A way to a host on which scripts can be run: a route, or a host's link. */
export type ScriptRunner = NonNullable<HostRoute['runScript']>

export interface RootCallOptions {
  readonly timeoutMs: number
  /** Written to the script's standard input. */
  readonly input?: string
  readonly signal: AbortSignal
}

export interface RootCallResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a POSIX shell script as root: as the one who signed in where that is root, else by a sudo that asks for no password. It runs under
 * `timeout`; what it starts in a session of its own goes on. Exit codes are the caller's to judge.
 * Errors: network.needs-root, network.host-failed (out of time), and those of running a script.
 */
export async function runAsRoot(
  run: ScriptRunner,
  { id: hostId, name: hostName, user }: Pick<HostDefinition, 'id' | 'name' | 'user'>,
  script: string,
  { timeoutMs, input, signal }: RootCallOptions,
): Promise<RootCallResult> {
  const limit = `timeout -k 2 ${Math.ceil(timeoutMs / 1_000)} sh -c "$s"`
  const command = [
    `s=${shellQuote(`LC_ALL=C; export LC_ALL; PATH="$PATH:/usr/sbin:/sbin"\n${script}`)}`,
    `if [ "$(id -u)" = 0 ]; then exec ${limit}; fi`,
    `if sudo -n true 2>/dev/null; then exec sudo -n ${limit}; fi`,
    `exit ${NO_ROOT}`,
  ].join('; ')
  const limits = { timeoutMs: timeoutMs + GRACE_MS, maxOutputBytes: OUTPUT_BYTES, signal }
  try {
    const result = await run(command, input === undefined ? limits : { ...limits, input })
    if (result.exitCode === NO_ROOT)
      throw new AppError('network.needs-root', { hostName, user: user ?? '' }, { hostId })
    return result
  } catch (error) {
    if (!isAppError(error, 'ssh.exec-timed-out')) throw error
    const detail = `no end after ${timeoutMs / 1_000} s`
    throw new AppError('network.host-failed', { hostName, detail }, { hostId, retry: 'after-refresh', cause: error })
  }
}

/** As {@link runAsRoot}, for a script that has to succeed; what it printed. Errors: network.host-failed as well. */
export async function runAsRootOrFail(
  run: ScriptRunner,
  host: Pick<HostDefinition, 'id' | 'name' | 'user'>,
  script: string,
  options: RootCallOptions,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runAsRoot(run, host, script, options)
  if (exitCode === 0) return stdout
  const detail = printable(stderr || stdout || `exit code ${exitCode}`)
  throw new AppError('network.host-failed', { hostName: host.name, detail }, { hostId: host.id })
}

/** Text of a host on one line, as it can be shown. */
export function printable(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replace(/\p{C}/gu, '\u{fffd}').slice(-DETAIL_CHARACTERS)
}
