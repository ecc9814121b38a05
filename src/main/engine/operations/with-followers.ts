import type { CommandHandlers } from '../command-handler.ts'
import type { ModelSnapshot } from '../model-snapshot.ts'
import { type OperationCall, type ParsedCall, parseSingle, validate } from '../parsed-call.ts'

/**
 * A call together with what is done after it: one task with a row for each. A call that nothing follows stays as it is. Whoever may run the
 * first may have the others done by it. Throws what a handler throws: a bug. Pure.
 */
export function withFollowers(call: ParsedCall, handlers: CommandHandlers, model: ModelSnapshot): ParsedCall {
  if (call.kind === 'instant') return call
  const follows = new Map<OperationCall, OperationCall>()
  const rows = (call.kind === 'batch' ? call.rows : [call]).flatMap((row) => {
    const following = validate(row, model) === null ? (row.handler.followedBy?.(model, row.input) ?? []) : []
    const others = following.map(({ command, input }) => parseFollower(handlers, command, input))
    for (const other of others) follows.set(other, row)
    return [row, ...others]
  })
  if (follows.size === 0) return call
  const { command, permission, objects } = call
  return { kind: 'batch', command, permission, objects, rows, follows }
}

function parseFollower(
  handlers: CommandHandlers,
  ...[command, input]: [OperationCall['command'], object]
): OperationCall {
  const call = parseSingle(handlers, command, input)
  if (call instanceof Error) throw call
  if (call.kind !== 'task') throw new Error(`${command} is no operation`)
  return call
}
