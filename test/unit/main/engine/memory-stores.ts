import type { AuditStore, OperationStore, SecretVault, SettingsStore } from '../../../../src/main/engine/index.ts'
import {
  type AuditEvent,
  isOpenStatus,
  type OperationRecord,
  type Settings,
} from '../../../../src/shared/domain/index.ts'

/** The inventory's repositories in memory, with a switch that makes writes fail. */
export function createMemoryStores() {
  const records = new Map<string, OperationRecord>()
  const history: OperationRecord[] = []
  const secrets = new Map<string, string>()
  const events: AuditEvent[] = []
  let settings: Partial<Settings> = {}
  const state = { failure: null as Error | null }

  function write(): void {
    if (state.failure !== null) throw state.failure
  }

  const roots = () => [...records.values()].filter(({ parentId }) => parentId === null)
  const operationStore: OperationStore = {
    save: async (saved) => {
      write()
      for (const record of saved) {
        // As on a disk: nothing but what JSON carries comes back.
        records.set(record.id, JSON.parse(JSON.stringify(record)) as OperationRecord)
        history.push(record)
      }
    },
    fetchOpen: async () => {
      const open = new Set(roots().flatMap(({ id, status }) => (isOpenStatus(status) ? [id] : [])))
      const isWanted = ({ id, parentId }: OperationRecord) => open.has(id) || (parentId !== null && open.has(parentId))
      return { records: [...records.values()].filter(isWanted), unreadable: [] }
    },
    fetchEnded: async (limit) =>
      roots()
        .filter(({ status }) => !isOpenStatus(status))
        .reverse()
        .slice(0, limit),
    fetchRows: async (parentId) => [...records.values()].filter((record) => record.parentId === parentId),
    fetchUnanswered: async (commands) =>
      [...records.values()].filter(
        ({ command, status, rowCount, answer }) =>
          commands.includes(command) &&
          status === 'succeeded' &&
          rowCount === 0 &&
          (answer === null || answer.outcome === 'unanswered'),
      ),
    prune: async (keep) => {
      const ended = roots().filter(({ status }) => !isOpenStatus(status))
      for (const { id } of ended.slice(0, Math.max(0, ended.length - keep))) {
        records.delete(id)
        for (const row of records.values()) if (row.parentId === id) records.delete(row.id)
      }
    },
    giveUp: async (id) => {
      const record = records.get(id)
      if (record !== undefined) records.set(id, { ...record, status: 'abandoned' })
    },
  }
  const vault: SecretVault = {
    get: async (key) => secrets.get(key),
    set: async (key, secret) => {
      secrets.set(key, secret)
    },
    deleteAll: async (prefix) => {
      for (const key of secrets.keys()) if (key.startsWith(prefix)) secrets.delete(key)
    },
  }
  const auditStore: AuditStore = {
    append: async (lines) => {
      write()
      events.push(...lines)
    },
    fetchLatest: async (limit) => [...events].reverse().slice(0, limit),
    fetchBefore: async ({ before, objectIds, limit }) => {
      const isOf = (event: AuditEvent) =>
        objectIds === null || [event.subject.id, event.hostId ?? ''].some((id) => objectIds.includes(id))
      const older = events.filter((event) => Number(event.id) < Number(before) && isOf(event)).reverse()
      return { events: older.slice(0, limit), next: older.length > limit ? (older[limit - 1]?.id ?? null) : null }
    },
    fetchLastId: async () => events.at(-1)?.id ?? '0',
    prune: async ({ before, now }) => {
      const first = events.findIndex(({ at }) => at >= before && at <= now)
      const kept = first === -1 ? events.filter(({ at }) => at >= before) : events.slice(first)
      events.splice(0, events.length, ...kept)
    },
  }
  const settingsStore: SettingsStore = {
    fetch: async () => settings,
    save: async (next) => {
      write()
      settings = next
    },
  }
  return { records, history, secrets, events, state, operationStore, vault, auditStore, settingsStore }
}
