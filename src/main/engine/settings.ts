import type { Settings } from '../../shared/domain/index.ts'
import { settingsSchema } from '../../shared/domain/index.ts'
import type { CommandHandlers } from './command-handler.ts'
import type { LiveTopics } from './live-topics.ts'
import { exclusive } from './lock-table.ts'
import type { SettingsStore } from './ports.ts'

export interface SettingsKeeper {
  current(): Settings
  /** Stores and publishes the settings with these changed. Errors: those of the store. */
  change(changes: Partial<Settings>): Promise<Settings>
}

/** Reads the settings into their topic; what was never set has its default. */
export async function openSettings({
  topics,
  store,
}: {
  readonly topics: LiveTopics
  readonly store: SettingsStore
}): Promise<SettingsKeeper> {
  const collection = topics.collection('settings')
  let current = settingsSchema.parse(await store.fetch())
  collection.upsert({ id: 'settings', ...current })
  return {
    current: () => current,
    change: async (changes) => {
      const next = settingsSchema.parse({ ...current, ...changes })
      await store.save(next)
      current = next
      collection.upsert({ id: 'settings', ...next })
      return next
    },
  }
}

/** The handler of `settings.set`. */
export function createSettingsHandlers(settings: SettingsKeeper): Pick<CommandHandlers, 'settings.set'> {
  return {
    'settings.set': {
      name: 'settings.set',
      subject: () => ({ kind: 'system', id: 'settings', name: 'settings' }),
      validate: () => null,
      locks: () => [exclusive('settings')],
      execute: ({ input }) => {
        const changes = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
        return settings.change(changes)
      },
      auditParams: (input) => ({ changed: Object.keys(input).join(', ') }),
    },
  }
}
