import type { CommandName, ObjectReference, Permission } from '../../shared/contract/index.ts'
import { type BatchSpec, batchInputOf, type CommandSpec, commands, isCommandName } from '../../shared/contract/index.ts'
import { fitSubject, type Subject } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import { isPermitted } from './authorization.ts'
import type { CommandHandlers, InstantHandler } from './command-handler.ts'
import type { HandlerBase, Identity } from './handler-base.ts'
import type { ModelSnapshot } from './model-snapshot.ts'
import type { AnyOperationHandler } from './operations/operation-run.ts'

/** More issues than this help nobody. */
const ISSUES_SHOWN = 20

/** A handler whose command is known only at run time: `never` keeps anything but the parsed input out. */
export type AnyInstantHandler = InstantHandler<never> & { readonly name: CommandName }

interface CallBase {
  readonly command: CommandName
  readonly input: never
  readonly permission: Permission
  /** What it acts on. */
  readonly objects: readonly ObjectReference[]
}

export interface InstantCall extends CallBase {
  readonly kind: 'instant'
  readonly handler: AnyInstantHandler
}

export interface OperationCall extends CallBase {
  readonly kind: 'task'
  readonly handler: AnyOperationHandler
  /** Names of the input's secrets that were given. */
  readonly secrets: readonly string[]
  readonly inputVersion: number
}

/** One command over many objects: a call for each. */
export interface BatchCall {
  readonly kind: 'batch'
  readonly command: CommandName
  readonly permission: Permission
  readonly objects: readonly ObjectReference[]
  readonly rows: readonly OperationCall[]
  /** Of rows that are begun once another one is done: which. */
  readonly follows?: ReadonlyMap<OperationCall, OperationCall>
}

export type SingleCall = InstantCall | OperationCall
export type ParsedCall = SingleCall | BatchCall

type AnySpec = CommandSpec<CommandName, (typeof commands)['host.check']['input'], never, 'instant' | 'task', undefined>

/** Parses a call as it came over the wire. Returns `command.unknown` or `command.input-invalid` (path and message of each issue). */
export function parseCall(handlers: CommandHandlers, command: string, input: unknown): ParsedCall | AppError {
  if (!isCommandName(command)) return new AppError('command.unknown', { command: command.slice(0, 64) })
  const { batch } = commands[command] as { batch?: BatchSpec }
  if (batch !== undefined && typeof input === 'object' && input !== null && Object.hasOwn(input, batch.list)) {
    return parseBatch(handlers, command, batch, input)
  }
  return parseSingle(handlers, command, input)
}

/** What a command acts on with this input. */
export function objectsOf(command: CommandName, input: never): readonly ObjectReference[] {
  return (commands[command] as unknown as AnySpec).objects(input)
}

/** Parses the input of a call about one object. */
export function parseSingle(handlers: CommandHandlers, command: CommandName, input: unknown): SingleCall | AppError {
  const spec = commands[command] as unknown as AnySpec
  const parsed = spec.input.safeParse(input)
  if (!parsed.success) return inputInvalid(command, parsed.error.issues)
  const base = {
    command,
    input: parsed.data as never,
    permission: spec.permission,
    objects: objectsOf(command, parsed.data as never),
  }
  if (spec.kind === 'instant') {
    return { ...base, kind: 'instant', handler: handlers[command] as unknown as AnyInstantHandler }
  }
  const given = parsed.data as Readonly<Record<string, unknown>>
  return {
    ...base,
    kind: 'task',
    handler: handlers[command] as unknown as AnyOperationHandler,
    secrets: (spec.secrets ?? []).filter((name) => given[name] !== undefined),
    inputVersion: spec.inputVersion ?? 1,
  }
}

function parseBatch(
  handlers: CommandHandlers,
  command: CommandName,
  { field, list, byItem = [] }: BatchSpec,
  input: object,
): BatchCall | AppError {
  const parsed = batchInputOf(commands[command])?.safeParse(input)
  if (parsed === undefined || !parsed.success) return inputInvalid(command, parsed?.error.issues ?? [])
  const { [list]: ids, ...rest } = parsed.data as Record<string, unknown>
  const rows: OperationCall[] = []
  for (const id of new Set(ids as readonly string[])) {
    const call = parseSingle(handlers, command, { ...rest, ...entriesOf(rest, byItem, id), [field]: id })
    if (call instanceof AppError) return call
    if (call.kind === 'task') rows.push(call)
  }
  const { permission } = commands[command]
  return { kind: 'batch', command, permission, objects: rows.flatMap(({ objects }) => objects), rows }
}

/** Of records by item, what they say of one. */
function entriesOf(input: Readonly<Record<string, unknown>>, names: readonly string[], id: string) {
  const own: Record<string, unknown> = {}
  for (const name of names) {
    const record = input[name] as Readonly<Record<string, unknown>> | undefined
    if (record !== undefined) own[name] = Object.hasOwn(record, id) ? { [id]: record[id] } : undefined
  }
  return own
}

function inputInvalid(
  command: string,
  found: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): AppError {
  const issues = found
    .slice(0, ISSUES_SHOWN)
    .map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }))
  return new AppError('command.input-invalid', { command, issues })
}

/** Whether this person may run it at all, on these objects and with this input. */
export function authorize(call: ParsedCall, identity: Identity, model: ModelSnapshot): AppError | null {
  const { command, permission, objects } = call
  if (!isPermitted(identity, permission, objects, model)) {
    return new AppError('command.forbidden', { command, permission })
  }
  for (const { handler, input } of singlesOf(call)) {
    const refusal = (handler as HandlerBase<never>).authorize?.(identity, input) ?? null
    if (refusal !== null) return refusal
  }
  return null
}

/** Why nothing can be stored now, for what stores something. */
export function decideStorable({ command }: Pick<ParsedCall, 'command'>, refusal: AppError | null): AppError | null {
  return (commands[command] as { readonly stores?: false }).stores === false ? null : refusal
}

/** What only I/O can tell about that; once, before it runs. An AppError that it meets refuses as well. */
export async function admit(call: ParsedCall, identity: Identity, model: ModelSnapshot): Promise<AppError | null> {
  try {
    for (const { handler, input } of singlesOf(call)) {
      const refusal = await (handler as HandlerBase<never>).admit?.(identity, input, model)
      if (refusal !== undefined && refusal !== null) return refusal
    }
    return null
  } catch (error) {
    if (isAppError(error)) return error
    return new AppError('internal', { detail: `${call.command}: admit threw` }, { cause: error })
  }
}

function singlesOf(call: ParsedCall): readonly SingleCall[] {
  return call.kind === 'batch' ? call.rows : [call]
}

/** The handler's own word; a handler that throws has a bug, and the command does not run. */
export function validate({ command, handler, input }: SingleCall, model: ModelSnapshot): AppError | null {
  try {
    return (handler as HandlerBase<never>).validate(model, input)
  } catch (error) {
    if (isAppError(error)) return error
    return new AppError('internal', { detail: `${command}: validate threw` }, { cause: error })
  }
}

/** The same for any call: a batch may run when it can be done to one of its objects. */
export function validateCall(call: ParsedCall, model: ModelSnapshot): AppError | null {
  if (call.kind !== 'batch') return validate(call, model)
  let first: AppError | null = null
  for (const row of call.rows) {
    const refusal = validate(row, model)
    if (refusal === null) return null
    first ??= refusal
  }
  return first
}

/** What the call is about, as the trail and the task list name it. */
export function describeSubject(
  { command, handler, input }: SingleCall,
  model: ModelSnapshot,
  ids?: Readonly<Record<string, string>>,
): Subject {
  try {
    return fitSubject((handler as HandlerBase<never>).subject(model, input, ids))
  } catch {
    return { kind: 'system', id: command, name: command }
  }
}

/** The facts for the trail; none when the handler cannot say them. */
export function describeAuditParams({
  handler,
  input,
}: {
  readonly handler: SingleCall['handler']
  readonly input: never
}): Readonly<Record<string, string | number | boolean>> {
  try {
    return (handler as HandlerBase<never>).auditParams?.(input) ?? {}
  } catch {
    return {}
  }
}
