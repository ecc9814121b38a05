import type { TaskStatus } from './task.ts'

/** True for what still has something to do, or to find out. */
export function isOpenStatus(status: TaskStatus): boolean {
  return OPEN_STATUSES.includes(status)
}

/** In the order in which a person looks for them. */
export const OPEN_STATUSES: readonly TaskStatus[] = ['running', 'undoing', 'queued', 'unknown', 'left-behind']
