import type { WireError } from '../../../shared/errors/index.ts'
import { formatError } from '../error-texts.ts'
import { printable } from './table.ts'

const SECRET_FIELDS = ['password', 'passphrase']

/**
 * What a person reads on standard error. For a host key that nobody has confirmed it ends with the command that confirms
 * it, as it must be typed.
 */
export function describeFailure(
  error: WireError,
  call: { readonly command: string; readonly input: unknown } | null,
  dataDir: string | null,
): string {
  const lines = formatError(error).split('\n').map(printable)
  const { fingerprint, keyType } = error.params
  if (error.code === 'ssh.host-key-unknown' && call !== null && typeof fingerprint === 'string') {
    const folder = dataDir === null ? '' : ` --data-dir ${quoteForShell(dataDir)}`
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
