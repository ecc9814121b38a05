import type { CommandName, LockKey, Permission } from '../../shared/contract/index.ts'
import { commands, isCommandName } from '../../shared/contract/index.ts'
import type { Subject } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { CommandHandler, CommandHandlers, Identity } from './command-handler.ts'
import type { ModelSnapshot } from './model-snapshot.ts'
import { fitSubject } from './subject.ts'

/** More issues than this help nobody. */
const ISSUES_SHOWN = 20

/** A call whose input fits its command. */
export interface ParsedCall {
  readonly command: CommandName
  readonly input: never
  readonly kind: 'instant' | 'task'
  readonly permission: Permission
  readonly locks: readonly LockKey[]
  readonly handler: AnyHandler
}

/** A handler whose command is known only at run time: `never` keeps anything but the parsed input out. */
export type AnyHandler = CommandHandler<never> & { readonly name: CommandName }

/** Parses a call as it came over the wire. Returns `command.unknown` or `command.input-invalid` (path and message of each issue). */
export function parseCall(handlers: CommandHandlers, command: string, input: unknown): ParsedCall | AppError {
  if (!isCommandName(command)) return new AppError('command.unknown', { command: command.slice(0, 64) })
  const spec = commands[command]
  const parsed = spec.input.safeParse(input)
  if (!parsed.success) {
    const issues = parsed.error.issues
      .slice(0, ISSUES_SHOWN)
      .map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }))
    return new AppError('command.input-invalid', { command, issues })
  }
  return {
    command,
    input: parsed.data as never,
    kind: spec.kind,
    permission: spec.permission,
    locks: (spec.locks as (input: unknown) => readonly LockKey[])(parsed.data),
    handler: handlers[command] as unknown as AnyHandler,
  }
}

/** Whether this person may run it at all. */
export function authorize(call: ParsedCall, identity: Identity): AppError | null {
  if (identity.permissions.has(call.permission)) return null
  return new AppError('command.forbidden', { command: call.command, permission: call.permission })
}

/** The handler's own word; a handler that throws has a bug, and the command does not run. */
export function validate(call: ParsedCall, model: ModelSnapshot): AppError | null {
  try {
    return call.handler.validate(model, call.input)
  } catch (error) {
    if (isAppError(error)) return error
    return new AppError('internal', { detail: `${call.command}: validate threw` }, { cause: error })
  }
}

/** What the call is about, as the trail and the task list name it. */
export function describeSubject(call: ParsedCall, model: ModelSnapshot): Subject {
  try {
    return fitSubject(call.handler.subject(model, call.input))
  } catch {
    return { kind: 'system', id: call.command, name: call.command }
  }
}

/** The facts for the trail; none when the handler cannot say them. */
export function describeAuditParams(call: ParsedCall): Readonly<Record<string, string | number | boolean>> {
  try {
    return call.handler.auditParams?.(call.input) ?? {}
  } catch {
    return {}
  }
}
