import type { Task, TaskId, VmId } from '../../../../shared/domain/index.ts'

/** A guest that did not shut down in its time. */
export interface UnansweredShutdown {
  readonly taskId: TaskId
  readonly vmId: VmId
}

/**
 * The shutdowns of one machine each that a person asked for, whose time is over. Those of `told` are known already: what was over before
 * the page was opened is no question any more. Pure.
 */
export function findUnanswered(
  tasks: Iterable<Task>,
  user: string,
  told: ReadonlySet<TaskId>,
): readonly UnansweredShutdown[] {
  return [...tasks].flatMap(({ id, command, user: asker, subject, rows, answer }) =>
    command === 'vm.shutdown' &&
    asker === user &&
    subject.kind === 'vm' &&
    rows === null &&
    answer?.outcome === 'unanswered' &&
    !told.has(id)
      ? [{ taskId: id, vmId: subject.id as VmId }]
      : [],
  )
}
