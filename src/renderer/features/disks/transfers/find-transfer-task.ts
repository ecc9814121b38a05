import { isOpenStatus, type Task } from '../../../../shared/domain/index.ts'
import type { Transfer } from './transfer-store.ts'

/** The task of a transfer: the latest that is open, of this file, into this domain or of this disk. Null: it is not there. Pure. */
export function findTransferTask(
  tasks: Iterable<Pick<Task, 'id' | 'command' | 'subject' | 'status' | 'steps' | 'order'>>,
  { direction, storageDomainId, diskId, fileName }: Transfer,
): Task['id'] | null {
  let found: { readonly id: Task['id']; readonly order: number } | null = null
  for (const { id, command, subject, status, steps, order } of tasks) {
    const isOurs =
      direction === 'upload'
        ? command === 'disk.upload' &&
          subject.id === storageDomainId &&
          steps.some(({ text }) => text.params.fileName === fileName)
        : command === 'disk.download' && subject.id === diskId
    if (isOurs && isOpenStatus(status) && (found === null || order > found.order)) found = { id, order }
  }
  return found?.id ?? null
}
