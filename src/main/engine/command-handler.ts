import type { CommandName, CommandOutput, ParsedInput, Permission } from '../../shared/contract/index.ts'
import type { Subject, Task, TaskId } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from './model-snapshot.ts'

/** Who asks. It comes from the transport, never from a payload. */
export interface Identity {
  readonly user: string
  readonly role: string
  readonly permissions: ReadonlySet<Permission>
}

/** A step of a task. Weights are relative; the text is `steps.<key>` in the catalogs. */
export interface StepSpec<Key extends string = string> {
  readonly key: Key
  readonly weight: number
  /** May a person cancel while it runs? */
  readonly cancellable: boolean
}

/** How a task tells where it is. Without effect for `instant` commands. */
export interface StepReporter {
  /** Enters a step of the handler's `steps`; the ones before it count as done. Throws `task.cancelled` when a cancel is pending and the step is cancellable. */
  enter(key: string, params?: Readonly<Record<string, string | number>>): void
  /** Progress inside the current step, 0–1. */
  progress(fraction: number): void
}

export interface CommandContext<N extends CommandName> {
  readonly input: ParsedInput<N>
  readonly identity: Identity
  /** The model as it was when validate passed; read `model()` for now. */
  readonly snapshot: ModelSnapshot
  readonly model: () => ModelSnapshot
  /** Aborted by a cancel at a cancellable step, by the command's time limit, and by the engine's stop. */
  readonly signal: AbortSignal
  readonly steps: StepReporter
  readonly correlationId: string
  readonly taskId: TaskId | null
}

/**
 * What a feature gives the engine for each command of the contract. `validate` is pure: it is also asked without running
 * anything, so that a disabled button can say why.
 */
export interface CommandHandler<N extends CommandName> {
  readonly name: N
  /** What the audit and the task list say it is about. */
  readonly subject: (snapshot: ModelSnapshot, input: ParsedInput<N>) => Subject
  /** `null`: it may run. Otherwise why not. No I/O, no clock but `snapshot.now`. */
  readonly validate: (snapshot: ModelSnapshot, input: ParsedInput<N>) => AppError | null
  /** For `kind: 'task'`. */
  readonly steps?: readonly StepSpec[]
  /** Upper bound of the whole command, milliseconds. Default 60,000 for instant commands, 24 h for tasks. */
  readonly timeoutMs?: number
  readonly execute: (context: CommandContext<N>) => Promise<CommandOutput<N>>
  /** Undoes what `execute` had done when it failed or was cancelled. Its own failure is added to the error's chain. */
  readonly compensate?: (context: CommandContext<N>, error: unknown) => Promise<void>
  /**
   * Asked about a task of this command whose outcome nobody knows (the engine crashed, or a call was interrupted), whenever
   * hosts or VMs changed. Pure. `null`: the model cannot say yet.
   */
  readonly reconcile?: (task: Task, model: ModelSnapshot) => 'succeeded' | 'failed' | null
  /** Facts for the audit line; never secrets. Default: none. */
  readonly auditParams?: (input: ParsedInput<N>) => Readonly<Record<string, string | number | boolean>>
}

/** All handlers: a missing one does not compile. */
export type CommandHandlers = { readonly [N in CommandName]: CommandHandler<N> }
