import { type OperationRecord, taskIdSchema } from '../../../../src/shared/domain/index.ts'

/** An operation to store: the number makes its id and its place in time. */
export function createSampleOperation(
  number: number,
  status: OperationRecord['status'] = 'succeeded',
  changes: Partial<OperationRecord> = {},
): OperationRecord {
  const text = { key: 'saving', params: { vm: '웹-01' } }
  const error = { code: 'vm.busy', params: { name: 'web', job: 'save' }, retry: 'safe', technical: ['a', 'b'] } as const
  return {
    id: taskIdSchema.parse(`bbbbbbbb-0000-4000-8000-${String(number).padStart(12, '0')}`),
    parentId: null,
    position: 0,
    command: 'vm.save',
    inputVersion: 1,
    input: { vmId: '11111111-2222-4333-8444-555555555555' },
    secrets: [],
    ids: { disk: 'x' },
    user: 'ann',
    subject: { kind: 'vm', id: '11111111-2222-4333-8444-555555555555', name: '웹-01' },
    correlationId: 'c',
    plan: {
      steps: [
        { id: 'save', action: 'save', hostId: 'h', text, weight: 1, cancellable: true, goesOn: true, data: { a: [1] } },
      ],
      locks: [
        { key: 'vm:1', mode: 'exclusive' },
        { key: 'out', mode: { slots: 2 } },
      ],
      touches: [],
    },
    steps: [{ phase: 'unknown', result: null, error }],
    direction: 'forward',
    resumed: false,
    status,
    cancelRequested: false,
    queuedAt: number,
    startedAt: null,
    finishedAt: null,
    answer: null,
    error,
    rowCount: 0,
    ...changes,
  }
}
