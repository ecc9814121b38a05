import { type Task, taskIdSchema } from '../../../../src/shared/domain/index.ts'

/** A task to store: the number makes its id and its place in time. */
export function createSampleTask(number: number, status: Task['status'] = 'succeeded'): Task {
  return {
    id: taskIdSchema.parse(`bbbbbbbb-0000-4000-8000-${String(number).padStart(12, '0')}`),
    command: 'vm.save',
    subject: { kind: 'vm', id: '11111111-2222-4333-8444-555555555555', name: 'web-01' },
    status,
    progress: null,
    step: null,
    cancellable: false,
    cancelRequested: false,
    user: 'ann',
    queuedAt: number,
    startedAt: null,
    finishedAt: null,
    error: null,
  }
}
