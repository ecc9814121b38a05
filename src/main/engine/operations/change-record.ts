import type { OperationRecord, StepPhase, StepState } from '../../../shared/domain/index.ts'
import { AppError, toWireError, type WireError } from '../../../shared/errors/index.ts'

/* What happens to an operation's record. All pure: a record in, a record out. */

/** A value as it is stored: what JSON can carry. */
export type Json = StepState['result']

export type Inspection =
  /** Its effect is there. */
  | 'done'
  /** Nothing of it is there. */
  | 'absent'
  /** The host is still at it. */
  | 'running'
  /** Nobody can say now. */
  | 'unknown'
  /** Nobody will ever be able to say: such an effect leaves no trace. */
  | 'unknowable'

function withStep(record: OperationRecord, index: number, change: Partial<StepState>): OperationRecord {
  return { ...record, steps: record.steps.map((step, at) => (at === index ? { ...step, ...change } : step)) }
}

const withPhase = (record: OperationRecord, index: number, phase: StepPhase) =>
  withStep(record, index, { phase, error: null })

/** Its step begins: stored before anything is done. */
export function began(record: OperationRecord, index: number, now: number): OperationRecord {
  return { ...withPhase(record, index, 'running'), status: 'running', startedAt: record.startedAt ?? now }
}

/** A step has taken effect. */
export function finished(record: OperationRecord, index: number, result: Json): OperationRecord {
  return withStep(record, index, { phase: 'done', result, error: null })
}

/** A step has failed without effect: the operation goes back. */
export function failed(record: OperationRecord, index: number, error: WireError): OperationRecord {
  return goBack(withStep(record, index, { phase: 'failed', error }), error)
}

/** Nobody knows whether a step took effect. */
export function interrupted(record: OperationRecord, index: number, error: WireError): OperationRecord {
  return withStep({ ...record, error: record.error ?? error }, index, { phase: 'unknown', error })
}

/** Turns it round. Where it goes back already, it keeps its first reason. */
export function goBack(record: OperationRecord, error: WireError): OperationRecord {
  if (record.direction === 'back') return record
  return { ...record, direction: 'back', status: 'undoing', error }
}

/** What looking at a step in doubt has shown. `afterCrash`: what the command wants to be done with what a crash left half done. */
export function inspected(
  record: OperationRecord,
  index: number,
  inspection: Inspection,
  afterCrash: 'finish' | 'undo',
): OperationRecord {
  if (inspection === 'unknown' || inspection === 'running') return record
  const reason = record.steps[index]?.error ?? crashed(record)
  if (record.direction === 'back') {
    return inspection === 'done' ? finished(record, index, record.steps[index]?.result ?? null) : undone(record, index)
  }
  if (inspection === 'done') {
    const next = { ...finished(record, index, record.steps[index]?.result ?? null), error: null }
    return record.resumed ? afterRestart(next, afterCrash) : next
  }
  if (record.resumed && afterCrash === 'finish') return { ...withPhase(record, index, 'pending'), error: null }
  return goBack(withStep(record, index, { phase: 'failed', error: reason }), reason)
}

/** A step behind the point of no return that has no effect yet. */
export function toRunAgain(record: OperationRecord, index: number): OperationRecord {
  return withStep(record, index, { phase: 'pending' })
}

export function undoing(record: OperationRecord, index: number): OperationRecord {
  return withPhase({ ...record, status: 'undoing' }, index, 'undoing')
}

export function undone(record: OperationRecord, index: number): OperationRecord {
  return withPhase(record, index, 'undone')
}

/** A step could not be undone: it is listed until it is. */
export function left(record: OperationRecord, index: number, error: WireError): OperationRecord {
  return withStep(record, index, { phase: 'left', error })
}

/** It waits: for a host, or for a person. */
export function opened(record: OperationRecord, status: 'running' | 'unknown' | 'left-behind'): OperationRecord {
  return { ...record, status }
}

export function ended(
  record: OperationRecord,
  status: 'succeeded' | 'failed' | 'cancelled' | 'abandoned',
  now: number,
): OperationRecord {
  return { ...record, status, finishedAt: now, error: status === 'succeeded' ? null : record.error }
}

/**
 * What a stored operation is to the engine that finds it. One that had not begun never ran; one in the middle is in doubt; one
 * between two steps goes on or back, as its command wants it.
 */
export function foundAgain(record: OperationRecord, afterCrash: 'finish' | 'undo', now: number): OperationRecord {
  if (record.steps.every(({ phase }) => phase === 'pending')) {
    const notBegun = toWireError(new AppError('operation.not-begun', { command: record.command }))
    return { ...ended(record, 'cancelled', now), error: notBegun, resumed: true }
  }
  const found: OperationRecord = { ...record, resumed: true }
  const inDoubt = found.steps.some(({ phase }) => phase === 'running' || phase === 'unknown')
  if (found.direction === 'back') return opened(found, inDoubt ? 'unknown' : 'left-behind')
  return inDoubt ? opened(found, 'unknown') : afterRestart(found, afterCrash)
}

function afterRestart(record: OperationRecord, afterCrash: 'finish' | 'undo'): OperationRecord {
  const complete = record.steps.every(({ phase }) => phase === 'done')
  return complete || afterCrash === 'finish' ? { ...record, status: 'running' } : goBack(record, crashed(record))
}

function crashed({ command }: OperationRecord): WireError {
  return toWireError(new AppError('operation.interrupted', { command }, { retry: 'after-refresh' }))
}
