import type { AuditEvent } from '../../../shared/domain/index.ts'

/** Lines that a list holds at most: beyond it the oldest go, and can be read again. */
export const EVENTS_HELD = 20_000

/** Older lines that a person asked for, and what has slipped out of the latest ones since then. */
export interface OlderEvents {
  readonly events: ReadonlyMap<string, AuditEvent>
  /** The id before which older ones lie; null: there are none. */
  readonly next: string | null
}

/** With more lines; `next` changes only when a page says so, or when the oldest had to go. Pure. */
export function mergeEvents(
  held: OlderEvents,
  more: Iterable<AuditEvent>,
  next: string | null,
  limit: number = EVENTS_HELD,
): OlderEvents {
  const events = new Map(held.events)
  for (const event of more) events.set(event.id, event)
  if (events.size === held.events.size && next === held.next) return held
  if (events.size <= limit) return { events, next }
  const kept = [...events.values()].sort((left, right) => Number(right.id) - Number(left.id)).slice(0, limit)
  return { events: new Map(kept.map((event) => [event.id, event])), next: kept.at(-1)?.id ?? next }
}

/** The smallest id, or null. Pure. */
export function findOldest(events: Iterable<AuditEvent>): string | null {
  let oldest: string | null = null
  for (const { id } of events) if (oldest === null || Number(id) < Number(oldest)) oldest = id
  return oldest
}
