import { isCommandName } from '../../../shared/contract/index.ts'
import type { OperationRecord } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { CommandHandlers } from '../command-handler.ts'
import { type OperationCall, parseSingle } from '../parsed-call.ts'
import type { SecretVault } from '../ports.ts'
import { foundAgain } from './change-record.ts'
import { decideAfterCrash } from './operation-handler.ts'

export interface RecoverOptions {
  readonly handlers: CommandHandlers
  readonly vault: SecretVault
  readonly now: number
}

export interface Recovered {
  readonly record: OperationRecord
  readonly call: OperationCall
}

/**
 * A stored operation with the call that it came from, secrets put back, as far as it is to this engine: not begun, in doubt,
 * or half-way. An error: this program cannot go on with it.
 */
export async function recoverOperation(
  record: OperationRecord,
  { handlers, vault, now }: RecoverOptions,
): Promise<Recovered | AppError> {
  const { command, inputVersion } = record
  const foreign = new AppError('operation.other-version', { command, version: inputVersion })
  if (!isCommandName(command)) return foreign
  const secrets: Record<string, unknown> = {}
  for (const name of record.secrets) {
    const secret = await fetchSecret(vault, secretKey(record.id, name))
    if (secret !== undefined) secrets[name] = readSecret(secret)
  }
  const call = parseSingle(handlers, command, { ...(record.input as object), ...secrets })
  if (call instanceof AppError || call.kind !== 'task' || call.inputVersion !== inputVersion) return foreign
  const next = record.steps.findIndex(({ phase }) => phase !== 'done')
  return { record: foundAgain(record, decideAfterCrash(call.handler, record.plan, next), now), call }
}

/** What cannot be decrypted any more is as good as gone: undoing needs no secrets, and going on will say what lacks. */
async function fetchSecret(vault: SecretVault, key: string): Promise<string | undefined> {
  try {
    return await vault.get(key)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** Where a secret of an operation's input lies. */
export function secretKey(operationId: string, name: string): string {
  return `operation/${operationId}/${name}`
}

/** No text that a person types begins with it. */
const STRUCTURED = '\u0000'

/** A secret of an input as the vault keeps it: a text as it is, anything else as JSON. */
export function writeSecret(value: unknown): string {
  return typeof value === 'string' ? value : `${STRUCTURED}${JSON.stringify(value)}`
}

function readSecret(kept: string): unknown {
  return kept.startsWith(STRUCTURED) ? JSON.parse(kept.slice(STRUCTURED.length)) : kept
}
