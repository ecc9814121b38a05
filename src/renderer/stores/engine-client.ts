import type {
  CommandInput,
  CommandName,
  CommandOutput,
  Result,
  TopicAddress,
  TopicEntity,
  TopicName,
  Verdict,
} from '../../shared/contract/index.ts'
import type { WireError } from '../../shared/errors/index.ts'

/** How the page stands with the engine. `refused`: the session is gone, trying again alone will not help. */
export type Connection =
  | { readonly status: 'connecting' | 'live' | 'reconnecting' }
  | { readonly status: 'refused'; readonly error: WireError }

/** What a subscription hears: one snapshot (again after each reconnect), then patches, at most one end. */
export interface TopicListener<T extends TopicName> {
  readonly snapshot: (snapshot: Snapshot<TopicEntity<T>>) => void
  readonly patch: (patch: Patch<TopicEntity<T>>) => void
  readonly closed: (error: WireError) => void
}

export interface Snapshot<Entity extends { readonly id: string }> {
  readonly epoch: string
  readonly rev: number
  readonly entities: readonly Entity[]
}

export interface Patch<Entity extends { readonly id: string }> {
  readonly rev: number
  readonly upsert: readonly Entity[]
  readonly remove: readonly string[]
}

/** A call that might be made: asked about before its button is enabled. */
export interface ProposedCall<N extends CommandName = CommandName> {
  readonly command: N
  readonly input: CommandInput<N>
}

/**
 * What pages need of the engine, whichever way it is reached. Nothing here rejects: a lost connection is an error result
 * (`transport.lost`, whose outcome is unknown), and subscriptions come back by themselves.
 */
export interface EngineClient {
  call<N extends CommandName>(
    command: N,
    input: CommandInput<N>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Result<CommandOutput<N>>>
  /** One verdict for each call, in the same order. */
  canRun(calls: readonly ProposedCall[]): Promise<readonly Verdict[]>
  /** Returns how to stop listening. */
  subscribe<T extends TopicName>(address: TopicAddress<T>, listener: TopicListener<T>): () => void
  connection(): Connection
  /** Returns how to stop listening. */
  onConnection(listener: (connection: Connection) => void): () => void
  stop(): Promise<void>
}
