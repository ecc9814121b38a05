import type { AuditEvent, OperationRecord, Settings, TaskId } from '../../shared/domain/index.ts'

/** Time as the engine sees it: injected, so that tests can hold it still. */
export interface Clock {
  /**
   * Milliseconds since the epoch, as the computer's clock shows them: for stamps that people read. It can be set, forward and
   * back: it measures nothing and orders nothing.
   */
  now(): number
  /** Milliseconds that have passed since some moment before the engine began: for durations, limits and order. Never goes back. */
  monotonicMs(): number
  /** Runs `action` once after `delayMs`, never before `monotonicMs` has moved so far. Returns how to call it off. */
  after(delayMs: number, action: () => void): () => void
}

/** The computer's own clocks and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, action) => {
    const dueMs = performance.now() + delayMs
    // Node cuts off parts of a millisecond, so its timer may come before the moment that `monotonicMs` is compared with.
    const run = () => {
      const leftMs = dueMs - performance.now()
      if (leftMs > 0) timer = setTimeout(run, Math.ceil(leftMs))
      else action()
    }
    let timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/** What the engine writes its log to; pino's loggers fit. Fields must never hold a secret or a command's input. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

function discard(): void {
  // Deliberately nothing: for tests and tools that want no log.
}

/** A log that goes nowhere. */
export const silentLog: Log = { debug: discard, info: discard, warn: discard, error: discard }

/*
 * What the engine needs of the inventory. The inventory's repositories fit these; the composition root joins them, so that
 * neither folder knows the other.
 */

export interface OperationStore {
  /** Adds or replaces by id, all in one transaction; durable when it resolves. */
  save(records: readonly OperationRecord[]): Promise<void>
  /** All that are open, batches with their rows, oldest first, and what is open but cannot be read. */
  fetchOpen(): Promise<{ readonly records: readonly OperationRecord[]; readonly unreadable: readonly UnreadableRow[] }>
  /** The newest `limit` that have ended, newest first; rows of batches left out. */
  fetchEnded(limit: number): Promise<readonly OperationRecord[]>
  /** The rows of a batch, in their order. */
  fetchRows(parentId: string): Promise<readonly OperationRecord[]>
  /** Those of these commands, rows too, that succeeded in asking a guest, which has not done it as far as is known. */
  fetchUnanswered(commands: readonly string[]): Promise<readonly OperationRecord[]>
  /** Forgets all that have ended but the newest `keep`, with their rows. */
  prune(keep: number): Promise<void>
  /** Marks one that cannot be read as given up. */
  giveUp(id: string): Promise<void>
}

export interface UnreadableRow {
  readonly id: TaskId
  readonly command: string
  readonly queuedAt: number
}

/** Where the secrets of an operation's input lie until it is settled. */
export interface SecretVault {
  get(key: string): Promise<string | undefined>
  set(key: string, secret: string): Promise<void>
  deleteAll(prefix: string): Promise<void>
}

export interface AuditStore {
  /** Adds the events in one transaction; durable when it resolves. Ids are unique and ascending. */
  append(events: readonly AuditEvent[]): Promise<void>
  /** The newest `limit` events, newest first. */
  fetchLatest(limit: number): Promise<readonly AuditEvent[]>
  /** The newest `limit` events before the one of that id, newest first; of these objects, of hosts with all that was on them. */
  fetchBefore(page: {
    readonly before: string
    readonly objectIds: readonly string[] | null
    readonly limit: number
  }): Promise<{
    readonly events: readonly AuditEvent[] /** Before which older ones lie. */
    readonly next: string | null
  }>
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
