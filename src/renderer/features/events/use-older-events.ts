import { useEffect, useRef, useState } from 'react'
import { type AuditEvent, EVENTS_PER_PAGE } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { fetchTopic, useEngineClient } from '../../stores/index.ts'
import { findOldest, mergeEvents, type OlderEvents } from './older-events.ts'

/** The trail as far back as a person has asked for. */
export interface EventHistory {
  /** The latest ones and all that were asked for, of what is looked at. */
  readonly events: ReadonlyMap<string, AuditEvent>
  readonly hasOlder: boolean
  readonly isLoading: boolean
  readonly error: WireError | null
  loadOlder(): void
}

interface Asked extends OlderEvents {
  readonly objectId: string | null
}

/** Reads the trail back, page by page; `objectId` is what it is about. `latest` are the lines of the topic `events`. */
export function useOlderEvents(latest: ReadonlyMap<string, AuditEvent>, objectId: string | null): EventHistory {
  const client = useEngineClient()
  const [asked, setAsked] = useState<Asked | null>(null)
  const [error, setError] = useState<WireError | null>(null)
  const [loading, setLoading] = useState<AbortController | null>(null)
  const reading = useRef<AbortController | null>(null)
  const current = asked?.objectId === objectId ? asked : null

  // What is looked at has changed, or nobody looks any more: the page that was asked for is not wanted.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs when that changes.
  useEffect(() => {
    setError(null)
    return () => {
      reading.current?.abort()
      setLoading(null)
    }
  }, [objectId])

  // What slips out of the latest lines stays, so that there is no gap before the older ones.
  useEffect(() => {
    setAsked((before) => {
      if (before === null || before.objectId !== objectId) return before
      const merged = mergeEvents(before, latest.values(), before.next)
      return merged === before ? before : { ...merged, objectId }
    })
  }, [latest, objectId])

  const before = current === null ? findOldest(latest.values()) : current.next
  const hasOlder = current === null ? latest.size >= EVENTS_PER_PAGE : current.next !== null

  async function load(from: string, controller: AbortController): Promise<void> {
    const key = objectId === null ? from : `${from}/${objectId}`
    const result = await fetchTopic(client, { topic: 'events.page', key }, controller.signal)
    if (result === null || controller.signal.aborted) return
    setLoading(null)
    if ('code' in result) {
      setError(result)
      return
    }
    const [page] = result
    setAsked((held) => {
      const own = held?.objectId === objectId ? held : { events: new Map(latest), next: from }
      return { ...mergeEvents(own, page?.events ?? [], page?.next ?? null), objectId }
    })
  }

  return {
    events: current === null ? latest : current.events,
    hasOlder,
    isLoading: loading !== null,
    error,
    loadOlder: () => {
      if (before === null || loading !== null) return
      const controller = new AbortController()
      reading.current = controller
      setError(null)
      setLoading(controller)
      void load(before, controller)
    },
  }
}
