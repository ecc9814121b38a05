import { execFile } from 'node:child_process'
import { AppError } from '../../shared/errors/index.ts'
import type { HostConfig } from './config-files.ts'
import { abortedError, boundText, errorCodeOf } from './failure.ts'

const TIMEOUT_MS = 5_000
const OUTPUT_LIMIT_BYTES = 256 * 1024

/**
 * What `ssh -G` prints without its tokens, seen with OpenSSH 10.0; 9.2 takes no tokens in RevokedHostKeys. All else is printed
 * as it was written.
 */
const EXPANDED: ReadonlySet<string> = new Set(['hostname', 'identityagent', 'userknownhostsfile', 'revokedhostkeys'])

export interface OpenSshQuery {
  readonly name: string
  readonly port?: number | undefined
  readonly user?: string | undefined
  /** Read this file instead of the user's and the system's. */
  readonly configPath?: string | undefined
  /** The program to ask; default `ssh` from the PATH. */
  readonly command?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks OpenSSH (`ssh -G`) what its configuration says about a host: the best source, for it evaluates `Match` as well.
 * Null when it is not installed. Errors: ssh.config-invalid.
 */
export function fetchOpenSshConfig(query: OpenSshQuery): Promise<HostConfig | null> {
  const args = [
    '-G',
    ...(query.configPath === undefined ? [] : ['-F', query.configPath]),
    ...(query.port === undefined ? [] : ['-p', String(query.port)]),
    ...(query.user === undefined ? [] : ['-l', query.user]),
    '--',
    query.name,
  ]
  const command = query.command ?? 'ssh'
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      {
        timeout: TIMEOUT_MS,
        maxBuffer: OUTPUT_LIMIT_BYTES,
        windowsHide: true,
        ...(query.signal === undefined ? {} : { signal: query.signal }),
      },
      (error, stdout, stderr) => {
        if (error === null)
          resolve({ values: parseOpenSshOutput(stdout), skipped: [], expanded: EXPANDED, isPrinted: true })
        else if (query.signal?.aborted) reject(abortedError('ssh -G', query.signal))
        else if (errorCodeOf(error) === 'ENOENT' || errorCodeOf(error) === 'EACCES') resolve(null)
        else reject(parseOpenSshFailure(stderr, command, error))
      },
    )
    child.stdin?.end()
  })
}

/** Whether there is an OpenSSH client to ask. It reads no configuration for this, and runs nothing. */
export function isOpenSshInstalled(command = 'ssh', signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const limits = { timeout: TIMEOUT_MS, windowsHide: true, ...(signal === undefined ? {} : { signal }) }
    execFile(command, ['-V'], limits, (error) => resolve(error === null)).stdin?.end()
  })
}

/** Reads the output of `ssh -G`: one `keyword value` a line, a keyword as often as it has values. */
export function parseOpenSshOutput(output: string): Map<string, string[][]> {
  const values = new Map<string, string[][]>()
  for (const line of output.split(/\r?\n/)) {
    const [, keyword = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? []
    if (keyword === '') continue
    const known = values.get(keyword)
    if (known) known.push([value])
    else values.set(keyword, [[value]])
  }
  return values
}

/** Finds file and line in what ssh says about a bad configuration (`PATH: line 3: …` or `PATH line 3: …`). */
export function parseOpenSshFailure(stderr: string, command: string, cause: unknown): AppError {
  const [, path = '', line = '0', detail = ''] = /^(.+?):? line (\d+): (.*)$/m.exec(stderr) ?? []
  const params =
    path === ''
      ? { path: `${command} -G`, line: 0, detail: boundText(stderr) || 'no answer in time' }
      : { path, line: Number(line), detail: boundText(detail) }
  return new AppError('ssh.config-invalid', params, { cause })
}
