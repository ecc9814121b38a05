import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { printable } from '../cli/table.ts'
import { openBoundedLogFile } from './bounded-log-file.ts'

const FILE_LIMIT_BYTES = 8 * 1024 * 1024

/** Names under which a secret could ever stand in something that is logged, at any of the first depths. */
const SECRET_NAMES = ['password', 'passphrase', 'token', 'secret', 'cookie', 'authorization', 'ticket', 'privateKey']
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`])

export interface EngineLog {
  readonly logger: Logger
  close(): void
}

/** The engine's log: `<dataDir>/virtdeck.log`. */
export function openEngineLog(dataDir: string, writeWarning: (line: string) => void): EngineLog {
  return openLog(join(dataDir, 'virtdeck.log'), writeWarning)
}

/**
 * A process's log: JSON lines in a (bounded) file of its own, and warnings as plain lines for whoever looks at the terminal.
 * Secrets are left out by name, whatever logs them.
 */
export function openLog(path: string, writeWarning: (line: string) => void): EngineLog {
  const warn = (text: string) => writeWarning(`virtdeck: ${printable(text)}\n`)
  let fileFailed = false
  const file = openBoundedLogFile(path, FILE_LIMIT_BYTES, (error) => {
    if (!fileFailed) warn(`the log cannot be written (${error instanceof Error ? error.message : String(error)})`)
    fileFailed = true
  })
  const terminal = { write: (line: string) => warn(describeLine(line)) }
  const logger = pino(
    {
      base: null,
      redact: { paths: REDACTED, censor: '[left out]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    pino.multistream([
      { level: 'info', stream: file },
      { level: 'warn', stream: terminal },
    ]),
  )
  return { logger, close: () => file.close() }
}

function describeLine(line: string): string {
  const entry: unknown = JSON.parse(line)
  if (typeof entry !== 'object' || entry === null) return line.trim()
  const message = 'msg' in entry ? String(entry.msg) : ''
  const error = 'err' in entry && typeof entry.err === 'object' && entry.err !== null ? entry.err : {}
  const cause = 'message' in error ? String(error.message) : ''
  return cause === '' || cause === message ? message : `${message} (${cause})`
}
