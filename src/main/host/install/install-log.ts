import type { TopicRegistry } from '../../engine/index.ts'

const LINES_KEPT = 500
const LINE_MAX = 300
const LOGS_KEPT = 20

type Listener = (id: string, line: string) => void

/** What installations print, as it comes: the last lines of the latest ones. What a host prints is not to be trusted. */
export interface InstallLogs {
  /** Forgets what was kept of an installation: its log is read from the start again. */
  begin(operationId: string): void
  add(operationId: string, text: string): void
  lines(operationId: string): readonly string[]
}

/** Builds the logs, and shows them as the topic `task.log`. */
export function createInstallLogs(topics: Pick<TopicRegistry, 'produce'>): InstallLogs {
  const logs = new Map<string, { next: number; readonly lines: Map<string, string> }>()
  const watchers = new Map<string, Set<Listener>>()

  topics.produce('task.log', (collection, operationId = '') => {
    // Before it has begun there is nothing to show yet: it comes.
    for (const [id, line] of logs.get(operationId)?.lines ?? []) collection.upsert({ id, line })
    const listener: Listener = (id, line) => {
      collection.upsert({ id, line })
      const kept = logs.get(operationId)?.lines
      for (const known of collection.entities.keys()) if (kept?.has(known) !== true) collection.remove(known)
    }
    const own = watchers.get(operationId) ?? new Set()
    watchers.set(operationId, own.add(listener))
    return () => {
      own.delete(listener)
      if (own.size === 0) watchers.delete(operationId)
    }
  })

  return {
    begin: (operationId) => {
      logs.set(operationId, { next: logs.get(operationId)?.next ?? 1, lines: new Map() })
      for (const oldest of logs.keys()) {
        if (logs.size <= LOGS_KEPT) break
        logs.delete(oldest)
      }
    },
    add: (operationId, text) => {
      const log = logs.get(operationId)
      if (log === undefined) return
      const line = toPrintable(text)
      const id = String(log.next).padStart(6, '0')
      log.next += 1
      log.lines.set(id, line)
      const [oldest] = log.lines.keys()
      if (log.lines.size > LINES_KEPT && oldest !== undefined) log.lines.delete(oldest)
      for (const listener of watchers.get(operationId) ?? []) listener(id, line)
    },
    lines: (operationId) => [...(logs.get(operationId)?.lines.values() ?? [])],
  }
}

/** A line without what would move a terminal's cursor, and no longer than a person reads. Pure. */
export function toPrintable(text: string): string {
  return text.replaceAll(/\p{Cc}\[[0-9;?]*[ -/]*[@-~]|\p{Cc}/gu, '').slice(0, LINE_MAX)
}

/** Cuts what comes in pieces into lines. */
export function createLineCutter(onLine: (line: string) => void): (chunk: Buffer) => void {
  const decoder = new TextDecoder()
  let rest = ''
  return (chunk) => {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = (parts.pop() ?? '').slice(-4 * LINE_MAX)
    for (const part of parts) onLine(part)
  }
}
