import { randomUUID } from 'node:crypto'
import type { OperationRecord, Plan, Subject } from '../../../shared/domain/index.ts'
import { taskIdSchema } from '../../../shared/domain/index.ts'
import type { Identity } from '../handler-base.ts'
import type { ModelSnapshot } from '../model-snapshot.ts'
import type { OperationCall } from '../parsed-call.ts'
import type { Json } from './change-record.ts'
import { completePlan, type PlanIds } from './operation-handler.ts'

/** Plans a call. Throws what the handler throws: a bug, or an AppError that says why there is no plan. */
export function planCall(call: OperationCall, model: ModelSnapshot, ids: PlanIds): Plan {
  return completePlan(call.handler.plan(model, call.input, ids))
}

/** Ids for what the call is going to make. */
export function createIds(call: OperationCall): PlanIds {
  return Object.fromEntries((call.handler.ids ?? []).map((name) => [name, randomUUID()]))
}

export interface RecordOrigin {
  readonly identity: Identity
  readonly subject: Subject
  readonly plan: Plan
  readonly ids: PlanIds
  readonly now: number
  readonly parent?: { readonly id: OperationRecord['id']; readonly position: number }
}

/** What every operation is before anything of it has run. */
const notBegun = {
  direction: 'forward',
  resumed: false,
  status: 'queued',
  cancelRequested: false,
  startedAt: null,
  finishedAt: null,
  answer: null,
  error: null,
} as const

/** The record of an operation that was accepted. Its secrets stay out: only their names are on record. */
export function createRecord(call: OperationCall, origin: RecordOrigin): OperationRecord {
  const { identity, subject, plan, ids, now, parent } = origin
  return {
    id: taskIdSchema.parse(randomUUID()),
    parentId: parent?.id ?? null,
    position: parent?.position ?? 0,
    command: call.command,
    inputVersion: call.inputVersion,
    input: withoutSecrets(call),
    secrets: [...call.secrets],
    ids: { ...ids },
    user: identity.user,
    subject,
    correlationId: randomUUID(),
    plan,
    steps: plan.steps.map(() => ({ phase: 'pending', result: null, error: null })),
    ...notBegun,
    queuedAt: now,
    rowCount: 0,
  }
}

/** The record of a batch: its rows have records of their own. `about`: the one thing that all of it is done for; left out: its rows. */
export function createBatchRecord(
  command: string,
  identity: Identity,
  rows: readonly { readonly subject: Subject }[],
  { now, about }: { readonly now: number; readonly about?: Subject | undefined },
): OperationRecord {
  const id = taskIdSchema.parse(randomUUID())
  const first = rows[0]?.subject.name ?? ''
  return {
    id,
    parentId: null,
    position: 0,
    command,
    inputVersion: 1,
    input: null,
    secrets: [],
    ids: {},
    user: identity.user,
    subject: about ?? {
      kind: 'task',
      id,
      name: rows.length === 1 ? first : `${first.slice(0, 200)} +${rows.length - 1}`,
    },
    correlationId: randomUUID(),
    plan: { steps: [], locks: [], touches: [] },
    steps: [],
    ...notBegun,
    queuedAt: now,
    rowCount: rows.length,
  }
}

function withoutSecrets({ input, secrets }: OperationCall): Json {
  const given = input as Readonly<Record<string, unknown>>
  const kept = Object.fromEntries(Object.entries(given).filter(([name]) => !secrets.includes(name)))
  return JSON.parse(JSON.stringify(kept)) as Json
}
