import type { WireError } from '../../../shared/errors/index.ts'
import { formatError } from '../error-texts.ts'
import { printable } from './table.ts'

const SECRET_FIELDS = ['password', 'passphrase']

/** A call that failed, with its task where it was one. */
export interface FailedCall {
  readonly command: string
  readonly input: unknown
  readonly taskId?: string | undefined
}

/**
 * What a person reads on standard error. It ends with the command that helps on, as it must be typed: the one that confirms a host
 * key, or the one that says why rows of a task failed.
 */
export function describeFailure(error: WireError, call: FailedCall | null, dataDir: string | null): string {
  const lines = formatError(error).split('\n').map(printable)
  const { fingerprint, keyType } = error.params
  const folder = dataDir === null ? '' : ` --data-dir ${quoteForShell(dataDir)}`
  if (error.code === 'batch.partly-failed' && call?.taskId !== undefined)
    lines.push(`  npx virtdeck get task.rows --key ${call.taskId}${folder}`)
  if (error.code === 'ssh.host-key-unknown' && call !== null && typeof fingerprint === 'string') {
    lines.push(
      '',
      `  ${printable(String(keyType))} ${printable(fingerprint)}`,
      '',
      'Compare it with the host’s own (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then:',
      `  npx virtdeck call ${call.command} ${quoteForShell(JSON.stringify(confirm(call.input, fingerprint)))}${folder}`,
    )
  }
  if (error.correlationId !== undefined && error.code === 'internal')
    lines.push(`Correlation id: ${error.correlationId}`)
  return `${lines.join('\n')}\n`
}

/** The same input with the key confirmed; secrets are not shown. */
function confirm(input: unknown, fingerprint: string): object {
  const fields = typeof input === 'object' && input !== null ? input : {}
  const entries = Object.entries(fields) as [string, unknown][]
  const shown = entries.map(([name, value]) => [name, SECRET_FIELDS.includes(name) ? '…' : value] as const)
  return { ...Object.fromEntries<unknown>(shown), hostKey: fingerprint }
}

/** One word for a POSIX shell. */
function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
