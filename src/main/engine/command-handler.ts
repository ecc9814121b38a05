import type { CommandKind, CommandName, CommandOutput, ParsedInput } from '../../shared/contract/index.ts'
import type { LockClaim } from '../../shared/domain/index.ts'
import type { HandlerBase, Identity } from './handler-base.ts'
import type { ModelSnapshot } from './model-snapshot.ts'
import type { OperationHandler } from './operations/operation-handler.ts'

export interface CommandContext<N extends CommandName> {
  readonly input: ParsedInput<N>
  readonly identity: Identity
  /** The model as it was when validate passed; read `model()` for now. */
  readonly snapshot: ModelSnapshot
  readonly model: () => ModelSnapshot
  /** Aborted when the caller gives up, by the command's time limit, and by the engine's stop. */
  readonly signal: AbortSignal
  readonly correlationId: string
}

/** A command that answers at once: one short piece of work that needs no undoing. */
export interface InstantHandler<N extends CommandName> extends HandlerBase<N> {
  /** What is held while it runs. Pure. Default: nothing. */
  readonly locks?: (snapshot: ModelSnapshot, input: ParsedInput<N>) => readonly LockClaim[]
  /** Milliseconds. Default 60,000. */
  readonly timeoutMs?: number
  readonly execute: (context: CommandContext<N>) => Promise<CommandOutput<N>>
}

export type CommandHandler<N extends CommandName> =
  CommandKind<N> extends 'task' ? OperationHandler<N> : InstantHandler<N>

/** All handlers: a missing one does not compile. */
export type CommandHandlers = { readonly [N in CommandName]: CommandHandler<N> }

/** The commands that the engine itself brings: what can be done to its own operations. */
export type OwnCommand = 'task.cancel' | 'operation.retry' | 'operation.abandon'

/** What the features bring. */
export type FeatureHandlers = Omit<CommandHandlers, OwnCommand>
