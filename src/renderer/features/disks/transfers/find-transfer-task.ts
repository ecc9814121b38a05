import { isOpenStatus, type Task } from '../../../../shared/domain/index.ts'
import type { Transfer } from './transfer-store.ts'

/** The task of a transfer: the latest that is open, of this file, at this place, or of this disk. Null: it is not there. Pure. */
export function findTransferTask(
  tasks: Iterable<Pick<Task, 'id' | 'command' | 'subject' | 'status' | 'steps' | 'order'>>,
  { direction, place, diskId, fileName }: Transfer,
): Task['id'] | null {
  let found: { readonly id: Task['id']; readonly order: number } | null = null
  for (const { id, command, subject, status, steps, order } of tasks) {
    const isOurs =
      diskId !== null && direction === 'download'
        ? command === 'disk.download' && subject.id === diskId
        : command === `${place.kind === 'host' ? 'host-volume' : 'disk'}.${direction}` &&
          subject.id === place.id &&
          steps.some(({ text }) => text.params.fileName === fileName)
    if (isOurs && isOpenStatus(status) && (found === null || order > found.order)) found = { id, order }
  }
  return found?.id ?? null
}
