import {
  type CommandContext,
  type CommandHandlers,
  createSettingsHandlers,
  createTopicRegistry,
  type Engine,
  exclusive,
  type HandlerBase,
  type Identity,
  type Inspection,
  type InstantHandler,
  type OperationHandler,
  openAuditTrail,
  openEngine,
  openSettings,
  type StepContext,
  silentLog,
} from '../../../../src/main/engine/index.ts'
import type { LockTable } from '../../../../src/main/engine/lock-table.ts'
import {
  type CommandKind,
  type CommandName,
  type CommandOutput,
  commands,
  PERMISSIONS,
  type Permission,
} from '../../../../src/shared/contract/index.ts'
import type { AppError } from '../../../../src/shared/errors/index.ts'
import { ManualClock } from './manual-clock.ts'
import { createMemoryStores } from './memory-stores.ts'

export const VM_ID = '11111111-2222-4333-8444-555555555555'
export const OTHER_VM_ID = '11111111-2222-4333-8444-666666666666'

export function createIdentity(permissions: readonly Permission[] | 'all' = 'all', user = 'alice'): Identity {
  return { user, role: 'administrator', permissions: new Set(permissions === 'all' ? PERMISSIONS : permissions) }
}

/** What a test says of an operation: a whole handler's parts, or `execute`, which becomes its only step. */
type TestOperation<N extends CommandName> = Partial<OperationHandler<N>> & {
  readonly execute?: (context: StepContext<N>) => Promise<CommandOutput<N>>
  readonly undo?: (context: StepContext<N>) => Promise<void>
  readonly inspect?: (context: StepContext<N>) => Promise<Inspection>
  readonly timeoutMs?: number
  readonly cancellable?: boolean
}

export type Overrides = {
  readonly [N in CommandName]?: CommandKind<N> extends 'task' ? TestOperation<N> : Partial<InstantHandler<N>>
}

/** Handlers that let everything run and do nothing, but for what a test says otherwise. */
export function createTestHandlers(overrides: Overrides = {}): CommandHandlers {
  const handlers = (Object.keys(commands) as CommandName[]).map((name) => {
    const base: HandlerBase<'vm.pause'> = {
      name: name as 'vm.pause',
      subject: (_model, input) => ({ kind: 'vm', id: input.vmId ?? name, name: 'web-01' }),
      validate: () => null,
    }
    const given = overrides[name] as TestOperation<'vm.pause'> | undefined
    const handler = commands[name].kind === 'task' ? createTestOperation(base, given) : createTestInstant(base, given)
    return [name, handler] as const
  })
  return Object.fromEntries(handlers) as unknown as CommandHandlers
}

function createTestInstant(base: HandlerBase<'vm.pause'>, given: object | undefined) {
  return { ...base, execute: async () => ({}), ...given } as HandlerBase<'vm.pause'> & {
    execute: (context: CommandContext<'host.edit'>) => Promise<unknown>
  }
}

function createTestOperation(
  base: HandlerBase<'vm.pause'>,
  { execute, undo, inspect, timeoutMs, cancellable = true, ...given }: TestOperation<'vm.pause'> = {},
): OperationHandler<'vm.pause'> {
  return {
    ...base,
    plan: (_model, { vmId }) => ({
      locks: vmId === undefined ? [] : [exclusive(`vm:${vmId}`)],
      touches: [],
      steps: [{ action: 'work', text: { key: 'work', params: {} }, cancellable }],
    }),
    afterCrash: 'undo',
    steps: {
      work: {
        run: async (context) => execute?.(context) ?? {},
        ...(undo === undefined ? {} : { undo }),
        inspect: async (context) => inspect?.(context) ?? 'unknown',
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
    },
    output: ({ results }) => (results.work ?? {}) as CommandOutput<'vm.pause'>,
    ...given,
  }
}

/** A whole engine over stores in memory and a clock that stands still. */
export async function createTestEngine(
  overrides: Overrides = {},
  stores: ReturnType<typeof createMemoryStores> = createMemoryStores(),
  {
    decideWriteRefusal = () => null,
    createLocks,
  }: { decideWriteRefusal?: () => AppError | null; createLocks?: (clock: ManualClock) => LockTable } = {},
) {
  const clock = new ManualClock()
  const topics = createTopicRegistry({ epoch: 'epoch-1', clock, log: silentLog })
  const audit = await openAuditTrail({ topics, store: stores.auditStore, clock, log: silentLog })
  const settings = await openSettings({ topics, store: stores.settingsStore })
  const engine: Engine = await openEngine({
    topics,
    audit,
    store: stores.operationStore,
    vault: stores.vault,
    handlers: { ...createTestHandlers(overrides), ...createSettingsHandlers(settings) },
    clock,
    log: silentLog,
    version: '1.2.3',
    decideWriteRefusal,
    ...(createLocks === undefined ? {} : { locks: createLocks(clock) }),
  })
  await engine.takeUp()
  return { engine, topics, audit, settings, clock, stores }
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
