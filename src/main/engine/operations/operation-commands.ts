import type { TaskId } from '../../../shared/domain/index.ts'
import { isOpenStatus } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { CommandHandlers, OwnCommand } from '../command-handler.ts'
import type { ModelSnapshot } from '../model-snapshot.ts'
import type { Operations } from './operations.ts'

/** What can be done to an operation: ask it to stop, try it again, end it as it stands. */
export function createOperationHandlers(operations: Operations): Pick<CommandHandlers, OwnCommand> {
  return {
    'task.cancel': {
      name: 'task.cancel',
      subject: (model, { taskId }) => taskSubject(model, taskId),
      validate: (model, { taskId }) => {
        const task = model.tasks.get(taskId)
        if (task === undefined) return new AppError('task.not-found', { taskId })
        if (!isOpenStatus(task.status)) return new AppError('task.finished', { taskId, status: task.status })
        if (!task.cancellable) return new AppError('task.not-cancellable', { taskId, step: task.step?.key ?? '' })
        return null
      },
      execute: async ({ input }) => {
        await operations.cancel(input.taskId)
        return {}
      },
    },
    'operation.retry': {
      name: 'operation.retry',
      subject: (model, { operationId }) => taskSubject(model, operationId),
      validate: (model, { operationId }) => decideOpen(model, operationId, ['unknown', 'left-behind']),
      // As long as the slowest step of it may take.
      timeoutMs: 10 * 60_000,
      execute: async ({ input }) => ({ status: await operations.retry(input.operationId) }),
    },
    'operation.abandon': {
      name: 'operation.abandon',
      subject: (model, { operationId }) => taskSubject(model, operationId),
      validate: (model, { operationId }) => decideOpen(model, operationId, ['unknown', 'left-behind', 'unreadable']),
      execute: async ({ input }) => {
        await operations.abandon(input.operationId)
        return {}
      },
    },
  }
}

function decideOpen(model: ModelSnapshot, operationId: TaskId, allowed: readonly string[]): AppError | null {
  const task = model.tasks.get(operationId)
  if (task === undefined) return new AppError('operation.not-found', { operationId })
  return allowed.includes(task.status) ? null : new AppError('operation.not-open', { operationId, status: task.status })
}

function taskSubject(model: ModelSnapshot, taskId: TaskId) {
  return { kind: 'task', id: taskId, name: model.tasks.get(taskId)?.command ?? taskId } as const
}
