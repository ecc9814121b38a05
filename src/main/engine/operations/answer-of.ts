import type { Result } from '../../../shared/contract/index.ts'
import { commands } from '../../../shared/contract/index.ts'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import type { AttemptEnd } from './operation-run.ts'
import type { Launched } from './operations.ts'

/** What the caller of an operation is told when it has come to its first rest. */
export function answerOf({ taskId, record, entries }: Launched, end: AttemptEnd, rev: number): Result<unknown> {
  const { status, error, command, rowCount, correlationId } = record()
  if (end === 'stopped') {
    const stopping = new AppError('engine.stopping', {}, { retry: 'after-refresh' })
    return { ok: false, error: toWireError(stopping, correlationId), taskId }
  }
  if (status !== 'succeeded') {
    const unknown = new AppError('operation.interrupted', { command }, { retry: 'after-refresh' })
    return { ok: false, error: error ?? toWireError(unknown, correlationId), taskId }
  }
  if (rowCount > 0) {
    const rows = entries.map((entry) => ({
      id: entry.record.subject.id,
      name: entry.record.subject.name,
      status: entry.record.status,
      error: entry.record.error,
    }))
    return { ok: true, value: { rows }, rev, taskId }
  }
  const [entry] = entries
  if (entry === undefined) throw new Error('an operation without an entry')
  const { call, run } = entry
  const context = { input: call.input, ids: run.record.ids, results: run.results, memory: run.memory }
  const value = commands[call.command].output.parse(call.handler.output(context))
  return { ok: true, value, rev, taskId }
}
