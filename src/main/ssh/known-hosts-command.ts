import { execFile } from 'node:child_process'
import { isAbsolute } from 'node:path'
import { AppError } from '../../shared/errors/index.ts'
import { expandTokens, type TokenValues } from './config-tokens.ts'
import { abortedError, boundText, errorCodeOf, reasonOf } from './failure.ts'
import { fingerprintOf, keyTypeOf } from './fingerprint.ts'
import { parseKnownHosts } from './known-hosts-format.ts'
import type { KnownHostsPlaces } from './known-hosts-places.ts'
import type { KnownHostsSource } from './known-hosts-verdict.ts'

const TIMEOUT_MS = 5_000
const OUTPUT_LIMIT_BYTES = 1024 * 1024
const NO_KEY = { keyType: 'NONE', fingerprint: 'NONE', key: 'NONE' }

/**
 * Runs the `KnownHostsCommand` of ssh_config, as ssh does: without a shell, once to order the algorithms (`key` null) and
 * once about the key that the host shows. What it prints is read as known_hosts. Errors: ssh.known-hosts-command-failed
 * when it does not end well, for it may know of a revocation; ssh.aborted.
 */
export function fetchFromCommand(
  { words, tokens }: NonNullable<KnownHostsPlaces['command']>,
  name: string,
  key: Buffer | null,
  signal?: AbortSignal,
): Promise<KnownHostsSource> {
  const shown =
    key === null
      ? NO_KEY
      : { keyType: keyTypeOf(key) ?? 'NONE', fingerprint: fingerprintOf(key), key: key.toString('base64') }
  const lookup: TokenValues['lookup'] = { name, reason: key === null ? 'ORDER' : 'HOSTNAME', ...shown }
  const [program = '', ...args] = words.map((word) => expandTokens(word, { ...tokens, lookup }))
  const failed = (reason: string, cause?: unknown) =>
    new AppError('ssh.known-hosts-command-failed', { command: program, reason }, { retry: 'safe', cause })
  if (!isAbsolute(program)) return Promise.reject(failed('its path is not absolute'))
  return new Promise((resolve, reject) => {
    const limits = { timeout: TIMEOUT_MS, maxBuffer: OUTPUT_LIMIT_BYTES, windowsHide: true }
    const child = execFile(
      program,
      args,
      { ...limits, ...(signal === undefined ? {} : { signal }) },
      (error, stdout) => {
        if (error === null) resolve({ path: program, own: false, ...parseKnownHosts(stdout) })
        else if (signal?.aborted) reject(abortedError('KnownHostsCommand', signal))
        else reject(failed(reasonOfEnd(error), error))
      },
    )
    child.stdin?.end()
  })
}

/** What a person can act on: why it did not start, its exit code, or that it took too long. */
function reasonOfEnd(error: Error & { code?: unknown; killed?: boolean }): string {
  if (typeof error.code === 'number') return `exit code ${error.code}`
  if (errorCodeOf(error) !== '') return reasonOf(error)
  return error.killed === true ? `no answer in ${TIMEOUT_MS} ms` : boundText(error.message)
}
