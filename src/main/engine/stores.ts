import type { AuditEvent, Settings, Task } from '../../shared/domain/index.ts'

/*
 * What the engine needs of the inventory. The inventory's repositories fit these; the composition root joins them, so that
 * neither folder knows the other.
 */

export interface TaskStore {
  /** Adds or replaces by id; durable when it resolves. */
  save(task: Task): Promise<void>
  /** The newest `limit` tasks by the order in which they came, newest first, and all that have not finished. */
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
  /**
   * Forgets what came before the first event that is stamped between `before` and `now` (milliseconds since the epoch), by the
   * order of ids: a stamp from the future keeps nothing for ever. Without such an event, what is stamped earlier than `before`.
   */
  prune(limits: { readonly before: number; readonly now: number }): Promise<void>
}

export interface SettingsStore {
  /** What was set; anything missing or no longer valid is left out. */
  fetch(): Promise<Partial<Settings>>
  save(settings: Settings): Promise<void>
}
