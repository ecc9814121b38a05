import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { shellQuote } from '../../hosts/index.ts'
import type { HostCallOptions, StorageHost } from './types.ts'

/** What the host itself allows a script, unless it says otherwise. */
const TIMEOUT_MS = 20_000
/** What a script that did not heed TERM gets more, before the link gives it up. */
const GRACE_MS = 8_000
const OUTPUT_BYTES = 1024 * 1024
const DETAIL_CHARACTERS = 500
const NO_ROOT = 77
/** coreutils' timeout: by TERM, by KILL. */
const TIMED_OUT: ReadonlySet<number> = new Set([124, 137])

export interface RootScriptOptions extends HostCallOptions {
  /** Of what the script is about, for errors. */
  readonly path: string
  readonly timeoutMs?: number
  /** Written to the script's standard input. */
  readonly input?: string
  readonly maxOutputBytes?: number
  /** In a mount namespace of its own: what it mounts nobody else sees, and it is gone with the script. */
  readonly privateMounts?: boolean
}

export interface RootScriptResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a POSIX shell script as root: as the one who signed in where that is root, else by a sudo that asks for no password. It runs
 * under `timeout`, for a file server that is gone makes its clients wait for ever. The exit code is the caller's to judge.
 * Errors: storage.needs-ssh, storage.needs-root, storage.not-answering, and those of `HostLink.runScript`.
 */
export async function runAsRoot(
  host: StorageHost,
  script: string,
  options: RootScriptOptions,
): Promise<RootScriptResult> {
  const { definition, id: hostId } = host
  const hostName = definition.name
  const { path, signal, input, timeoutMs = TIMEOUT_MS, maxOutputBytes = OUTPUT_BYTES, privateMounts = false } = options
  if (definition.transport === 'local') throw new AppError('storage.needs-ssh', { hostName }, { hostId })
  const notAnswering = (cause?: unknown) =>
    new AppError('storage.not-answering', { hostName, path, timeoutMs }, { hostId, retry: 'after-refresh', cause })
  let result: RootScriptResult
  try {
    result = await host.runScript(buildRootScript(script, timeoutMs, privateMounts), {
      timeoutMs: timeoutMs + GRACE_MS,
      maxOutputBytes,
      signal,
      ...(input === undefined ? {} : { input }),
    })
  } catch (error) {
    throw isAppError(error, 'ssh.exec-timed-out') ? notAnswering(error) : error
  }
  if (TIMED_OUT.has(result.exitCode)) throw notAnswering()
  if (result.exitCode === NO_ROOT) {
    throw new AppError('storage.needs-root', { hostName, user: definition.user ?? '' }, { hostId })
  }
  return result
}

/** As {@link runAsRoot}, for a script that has to succeed; what it printed. Errors: storage.host-failed as well. */
export async function runAsRootOrFail(host: StorageHost, script: string, options: RootScriptOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await runAsRoot(host, script, options)
  if (exitCode !== 0) throw hostFailed(host, options.path, stderr || stdout || `exit code ${exitCode}`)
  return stdout
}

/** What a host said of a command that failed, bounded, and free of what moves a cursor. */
export function hostFailed(host: StorageHost, path: string, said: string): AppError<'storage.host-failed'> {
  const detail = printable(said).slice(0, DETAIL_CHARACTERS)
  return new AppError('storage.host-failed', { hostName: host.definition.name, path, detail }, { hostId: host.id })
}

/** Text of a host on one line, as it can be shown. */
export function printable(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replace(/\p{C}/gu, '\u{fffd}')
}

function buildRootScript(script: string, timeoutMs: number, privateMounts: boolean): string {
  const limit = `timeout -k 2 ${Math.ceil(timeoutMs / 1_000)}`
  const run = `${limit} ${privateMounts ? 'unshare -m --propagation private ' : ''}sh -c "$s"`
  return [
    `s=${shellQuote(`LC_ALL=C; export LC_ALL; PATH="$PATH:/usr/sbin:/sbin"; ${script}`)}`,
    'PATH="$PATH:/usr/sbin:/sbin"',
    `if [ "$(id -u)" = 0 ]; then exec ${run}; fi`,
    `if sudo -n true 2>/dev/null; then exec sudo -n ${run}; fi`,
    `exit ${NO_ROOT}`,
  ].join('; ')
}
