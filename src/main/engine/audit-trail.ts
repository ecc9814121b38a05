import { type AuditEvent, EVENTS_PER_PAGE, fitSubject, type Subject, type VmId } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import { decideBelievedNow, isSteady } from './believed-now.ts'
import { produceEventPages } from './event-pages.ts'
import type { LiveTopics } from './live-topics.ts'
import type { AuditStore, Clock, Log } from './ports.ts'

/** Lines that may wait to be written; beyond it the oldest are dropped (and the log says how many). */
const UNWRITTEN_LIMIT = 10_000
/** Not at once: the setting that says how long lines are kept may not be read yet when the trail opens. */
const FIRST_PRUNE_MS = 60_000
const PRUNE_INTERVAL_MS = 6 * 60 * 60 * 1_000
/** Lines wait so long for a full disk before they are tried again, milliseconds. */
const FULL_DISK_RETRY_MS = 30_000
const DAY_MS = 24 * 60 * 60 * 1_000

/** A line as its author writes it. Parameters must never hold a secret or a command's input. */
export type AuditEntry = Pick<AuditEvent, 'kind' | 'severity' | 'subject'> &
  Partial<Pick<AuditEvent, 'at' | 'hostId' | 'user' | 'command' | 'params' | 'error' | 'correlationId'>>

export interface AuditTrail {
  /** Adds a line: it is in the topic at once and in the table soon. Never fails. */
  record(entry: AuditEntry): void
  /** Waits until every line so far is in the table, or its writing has failed (the log says so). */
  flush(): Promise<void>
  stop(): Promise<void>
}

export interface AuditTrailOptions {
  readonly topics: LiveTopics
  readonly store: AuditStore
  readonly clock: Clock
  readonly log: Log
}

/** Reads the latest lines into the topic `events` and keeps the trail from then on. Errors: those of the store. */
export async function openAuditTrail({ topics, store, clock, log }: AuditTrailOptions): Promise<AuditTrail> {
  const events = topics.collection('events')
  const latest = await store.fetchLatest(EVENTS_PER_PAGE)
  const shown: string[] = []
  for (const event of [...latest].reverse()) {
    shown.push(event.id)
    events.upsert(event)
  }
  // Not the latest line's: one that cannot be read any more still has its id.
  let lastId = BigInt(await store.fetchLastId())
  let unwritten: AuditEvent[] = []
  let dropped = 0
  let writing: Promise<void> | null = null
  let batchWritten: Promise<void> = Promise.resolve()
  /** Everything up to here is in the table, or its writing has failed. */
  let settledId = lastId
  /** The clocks when the time was last believed; at the start, those of the last line. */
  let believed = latest[0]?.at ?? clock.now()
  let wallBefore = believed
  let passedBeforeMs = clock.monotonicMs()
  let steadySinceMs = passedBeforeMs
  let stopped = false
  let cancelRetry: (() => void) | null = null
  let cancelPrune = clock.after(FIRST_PRUNE_MS, () => void prune())

  async function writeBatch(batch: readonly AuditEvent[]): Promise<void> {
    try {
      await store.append(batch)
    } catch (error) {
      if (isAppError(error, 'inventory.disk-full')) keepForLater(batch)
      else log.error({ err: error, lines: batch.length }, 'audit lines could not be written')
    }
    settledId = BigInt(batch.at(-1)?.id ?? settledId)
  }

  /** They are written before those that come meanwhile, as soon as there is room. */
  function keepForLater(batch: readonly AuditEvent[]): void {
    const all = [...batch, ...unwritten]
    unwritten = all.slice(-UNWRITTEN_LIMIT)
    dropped += all.length - unwritten.length
    cancelRetry = clock.after(FULL_DISK_RETRY_MS, () => {
      cancelRetry = null
      writing ??= write()
    })
  }

  function stopRetrying(): void {
    cancelRetry?.()
    cancelRetry = null
  }

  async function write(): Promise<void> {
    while (unwritten.length > 0 && cancelRetry === null) {
      const batch = unwritten
      unwritten = []
      batchWritten = writeBatch(batch)
      await batchWritten
      if (dropped > 0) log.error({ dropped }, 'audit lines were dropped: the inventory is too slow')
      dropped = 0
    }
    writing = null
  }

  async function prune(): Promise<void> {
    try {
      const now = believe()
      await store.prune({ before: now - topics.model().settings.auditDays * DAY_MS, now })
    } catch (error) {
      log.warn({ err: error }, 'old audit lines could not be removed')
    }
    if (!stopped) cancelPrune = clock.after(PRUNE_INTERVAL_MS, () => void prune())
  }

  function believe(): number {
    const [wallNow, nowMs] = [clock.now(), clock.monotonicMs()]
    const moved = { wallDeltaMs: wallNow - wallBefore, passedMs: nowMs - passedBeforeMs }
    if (!isSteady(moved)) steadySinceMs = nowMs
    believed = decideBelievedNow({ before: believed, wallNow, ...moved, steadyMs: nowMs - steadySinceMs })
    wallBefore = wallNow
    passedBeforeMs = nowMs
    return believed
  }

  const flush = async () => {
    const target = lastId
    while (settledId < target && writing !== null) await batchWritten
  }

  produceEventPages({ topics, store, log, flush })

  return {
    record: (entry) => {
      lastId++
      const event: AuditEvent = {
        id: lastId.toString(),
        at: entry.at ?? clock.now(),
        kind: entry.kind,
        severity: entry.severity,
        subject: fitSubject(entry.subject),
        hostId: entry.hostId ?? findHost(topics, entry.subject),
        user: entry.user ?? null,
        command: entry.command ?? null,
        params: entry.params ?? {},
        error: entry.error ?? null,
        correlationId: entry.correlationId ?? null,
      }
      events.upsert(event)
      shown.push(event.id)
      if (shown.length > EVENTS_PER_PAGE) events.remove(shown.shift() ?? '')
      if (unwritten.length >= UNWRITTEN_LIMIT) {
        unwritten.shift()
        dropped++
      }
      unwritten.push(event)
      if (cancelRetry === null) writing ??= Promise.resolve().then(write)
    },
    flush,
    stop: async () => {
      stopped = true
      cancelPrune()
      await writing
      // The last chance of lines that a full disk has kept waiting.
      stopRetrying()
      await write()
      stopRetrying()
    },
  }
}

/** Where the subject is now; the id of a host is its own. */
function findHost(topics: LiveTopics, { kind, id }: Subject): string | null {
  if (kind === 'host') return id
  return kind === 'vm' ? (topics.model().vms.get(id as VmId)?.hostId ?? null) : null
}
