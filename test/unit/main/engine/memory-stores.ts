import type { AuditStore, SettingsStore, TaskStore } from '../../../../src/main/engine/index.ts'
import type { AuditEvent, Settings, Task } from '../../../../src/shared/domain/index.ts'

const FINISHED = ['succeeded', 'failed', 'cancelled', 'unknown']

/** The inventory's repositories in memory, with a switch that makes writes fail. */
export function createMemoryStores() {
  const tasks = new Map<string, Task>()
  const history: Task[] = []
  const events: AuditEvent[] = []
  let settings: Partial<Settings> = {}
  const state = { failure: null as Error | null }

  function write(): void {
    if (state.failure !== null) throw state.failure
  }

  const taskStore: TaskStore = {
    save: async (task) => {
      write()
      tasks.set(task.id, task)
      history.push(task)
    },
    fetchLatest: async () => [...tasks.values()].reverse(),
    prune: async (keep) => {
      const finished = [...tasks.values()].filter((task) => FINISHED.includes(task.status))
      for (const task of finished.slice(0, Math.max(0, finished.length - keep))) tasks.delete(task.id)
    },
  }
  const auditStore: AuditStore = {
    append: async (lines) => {
      write()
      events.push(...lines)
    },
    fetchLatest: async (limit) => [...events].reverse().slice(0, limit),
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
  return { tasks, history, events, state, taskStore, auditStore, settingsStore }
}
