import { createRefusedGroups, type EachField, type GroupVerdict, isCommandName } from '../../shared/contract/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import type { CommandHandlers } from './command-handler.ts'
import type { Identity } from './handler-base.ts'
import type { ModelSnapshot } from './model-snapshot.ts'
import { authorize, decideStorable, objectsOf, parseSingle, type SingleCall, validate } from './parsed-call.ts'

/** One question about many things: may each of these calls be made for each of these ids? */
export interface EachQuestion {
  /** Their inputs without `field`. */
  readonly calls: readonly { readonly command: string; readonly input: Readonly<Record<string, unknown>> }[]
  /** The part of the input that names the thing. */
  readonly field: EachField
  readonly ids: readonly string[]
  /** Name the allowed ones too, and not only their number. */
  readonly list: boolean
}

/** So many are judged in one go; then other work has its turn. One takes some microseconds. */
const JUDGED_AT_ONCE = 500

/** Judges each call for each id; in the order of the calls. Nothing is run or recorded. */
export async function judgeEach(
  { calls, field, ids, list }: EachQuestion,
  handlers: CommandHandlers,
  identity: Identity,
  model: () => ModelSnapshot,
  writeRefusal: AppError | null,
): Promise<readonly GroupVerdict[]> {
  const verdicts: GroupVerdict[] = []
  let judged = 0
  for (const { command, input } of calls) {
    const inputFor = createInputs(handlers, command, input, field)
    const allowedIds: string[] = []
    const refused = createRefusedGroups((refusal: AppError) => toWireError(refusal))
    for (const id of ids) {
      const call = inputFor(id)
      const refusal =
        call instanceof AppError
          ? call
          : (authorize(call, identity, model()) ?? decideStorable(call, writeRefusal) ?? validate(call, model()))
      if (refusal === null) allowedIds.push(id)
      else refused.add(refusal, [id])
      judged += 1
      if (judged % JUDGED_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    verdicts.push({ allowed: allowedIds.length, allowedIds: list ? allowedIds : null, refused: refused.list() })
  }
  return verdicts
}

/** The parsed call for each id. Only the first is parsed: ids are of one form, and nothing else differs. */
function createInputs(
  handlers: CommandHandlers,
  command: string,
  input: Readonly<Record<string, unknown>>,
  field: EachQuestion['field'],
): (id: string) => SingleCall | AppError {
  let first: SingleCall | AppError | null = null
  return (id) => {
    const parse = () =>
      isCommandName(command)
        ? parseSingle(handlers, command, { ...input, [field]: id })
        : new AppError('command.unknown', { command: command.slice(0, 64) })
    first ??= parse()
    if (first instanceof AppError) return first
    // A command that makes something else of this part of its input is parsed each time.
    if (!Object.hasOwn(first.input, field)) return parse()
    const own = { ...(first.input as object), [field]: id } as never
    return { ...first, input: own, objects: objectsOf(first.command, own) }
  }
}
