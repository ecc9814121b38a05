import type { AuditEvent, Settings, Task } from '../../shared/domain/index.ts'

/*
 * What the engine needs of the inventory. The inventory's repositories fit these; the composition root joins them, so that
 * neither folder knows the other.
 */

export interface TaskStore {
  /** Adds or replaces by id; durable when it resolves. */
  save(task: Task): Promise<void>
  /** The newest `limit` tasks by their time of queueing, newest first, and all that have not finished. */
  fetchLatest(limit: number): Promise<readonly Task[]>
  /** Forgets all finished tasks but the newest `keep`. */
  prune(keep: number): Promise<void>
}

export interface AuditStore {
  /** Adds the events in one transaction; durable when it resolves. Ids are unique and ascending. */
  append(events: readonly AuditEvent[]): Promise<void>
  /** The newest `limit` events, newest first. */
  fetchLatest(limit: number): Promise<readonly AuditEvent[]>
  /** The greatest id ever given that is still there, whether its line can be read or not; "0" when there is none. */
  fetchLastId(): Promise<string>
  /** Forgets events older than `at` (milliseconds since the epoch). */
  pruneBefore(at: number): Promise<void>
}

export interface SettingsStore {
  /** What was set; anything missing or no longer valid is left out. */
  fetch(): Promise<Partial<Settings>>
  save(settings: Settings): Promise<void>
}
