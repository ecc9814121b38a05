import type { CommandPlan, Result } from '../../../shared/contract/index.ts'
import type { Plan, Subject } from '../../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import type { CommandHandlers } from '../command-handler.ts'
import type { ModelSnapshot } from '../model-snapshot.ts'
import { describeSubject, type OperationCall, type ParsedCall, validate } from '../parsed-call.ts'
import { createIds, planCall } from './make-record.ts'
import { withFollowers } from './with-followers.ts'

const nothing: Plan = { steps: [], locks: [], touches: [] }

/** What a call would do now, or why it would be refused. It is the plan that runs, made by the same function. Pure but for the ids. */
export function planForPerson(
  asked: ParsedCall,
  { handlers, model, rev }: { readonly handlers: CommandHandlers; readonly model: ModelSnapshot; readonly rev: number },
): Result<CommandPlan> {
  const refusal = asked.kind === 'task' ? validate(asked, model) : null
  if (refusal !== null) return { ok: false, error: toWireError(refusal) }
  const call = withFollowers(asked, handlers, model)
  if (call.kind === 'batch') {
    const subject: Subject = { kind: 'system', id: call.command, name: call.command }
    const rows = call.rows.map((row) => {
      // What follows may only be possible once the first is done.
      const planned = planOne(row, model, call.follows?.has(row) !== true)
      const refused = planned instanceof AppError
      return {
        subject: describeSubject(row, model),
        steps: refused ? [] : planned.steps,
        error: refused ? toWireError(planned) : null,
        plan: refused ? nothing : planned,
      }
    })
    return {
      ok: true,
      rev,
      value: {
        command: call.command,
        subject,
        steps: [],
        locks: rows.flatMap(({ plan }) => plan.locks),
        touches: rows.flatMap(({ plan }) => plan.touches),
        rows: rows.map(({ plan: _plan, ...row }) => row),
      },
    }
  }
  const planned = call.kind === 'instant' ? (validate(call, model) ?? nothing) : planOne(call, model)
  if (planned instanceof AppError) return { ok: false, error: toWireError(planned) }
  return {
    ok: true,
    rev,
    value: { command: call.command, subject: describeSubject(call, model), ...planned, rows: [] },
  }
}

function planOne(call: OperationCall, model: ModelSnapshot, isAsked = true): Plan | AppError {
  const refusal = isAsked ? validate(call, model) : null
  if (refusal !== null) return refusal
  try {
    return planCall(call, model, createIds(call))
  } catch (error) {
    if (isAppError(error)) return error
    return new AppError('internal', { detail: `${call.command}: plan threw` }, { cause: error })
  }
}
