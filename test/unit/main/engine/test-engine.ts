import {
  type CommandHandler,
  type CommandHandlers,
  createEngine,
  createSettingsHandlers,
  createTaskHandlers,
  createTopicRegistry,
  type Engine,
  type Identity,
  openAuditTrail,
  openSettings,
  openTaskBoard,
  silentLog,
} from '../../../../src/main/engine/index.ts'
import { type CommandName, commands, type Permission } from '../../../../src/shared/contract/index.ts'
import { ManualClock } from './manual-clock.ts'
import { createMemoryStores } from './memory-stores.ts'

export const VM_ID = '11111111-2222-4333-8444-555555555555'
export const OTHER_VM_ID = '11111111-2222-4333-8444-666666666666'

export function createIdentity(permissions: readonly Permission[] | 'all' = 'all', user = 'alice'): Identity {
  const all = Object.values(commands).map((command) => command.permission)
  return { user, role: 'administrator', permissions: new Set(permissions === 'all' ? all : permissions) }
}

type Overrides = { readonly [N in CommandName]?: Partial<CommandHandler<N>> }

/** Handlers that let everything run and do nothing, but for what a test says otherwise. */
export function createTestHandlers(overrides: Overrides = {}): CommandHandlers {
  const handlers = Object.keys(commands).map((name) => {
    const handler = {
      name,
      subject: (_model: unknown, input: { vmId?: string }) => ({ kind: 'vm', id: input.vmId ?? name, name: 'web-01' }),
      validate: () => null,
      execute: async () => ({}),
      ...overrides[name as CommandName],
    }
    return [name, handler] as const
  })
  return Object.fromEntries(handlers) as unknown as CommandHandlers
}

/** A whole engine over stores in memory and a clock that stands still. */
export async function createTestEngine(
  overrides: Overrides = {},
  stores: ReturnType<typeof createMemoryStores> = createMemoryStores(),
) {
  const clock = new ManualClock()
  const topics = createTopicRegistry({ epoch: 'epoch-1', clock, log: silentLog })
  const audit = await openAuditTrail({ topics, store: stores.auditStore, clock, log: silentLog })
  const tasks = await openTaskBoard({ topics, store: stores.taskStore, audit, clock, log: silentLog })
  const settings = await openSettings({ topics, store: stores.settingsStore })
  const handlers = {
    ...createTestHandlers(overrides),
    ...createTaskHandlers(tasks),
    ...createSettingsHandlers(settings),
  }
  const engine: Engine = createEngine({ topics, audit, tasks, handlers, clock, log: silentLog, version: '1.2.3' })
  return { engine, topics, audit, tasks, settings, clock, stores }
}

/** A promise that a test settles. */
export function createGate<T = void>() {
  let open: (value: T) => void = () => undefined
  let fail: (error: unknown) => void = () => undefined
  const passed = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { passed, open, fail }
}
