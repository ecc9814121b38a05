import type { CommandPlan, Result } from '../../../shared/contract/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import type { TransferLink, TransferLinkListener } from '../../../shared/transfer/index.ts'

/** An entity of some topic, where it does not matter which. */
export interface AnyEntity {
  readonly id: string
}

/** What `watch` prints: a snapshot first, then patches. */
export type WatchFrame =
  | { readonly t: 'snapshot'; readonly epoch: string; readonly rev: number; readonly entities: readonly AnyEntity[] }
  | {
      readonly t: 'patch'
      readonly rev: number
      readonly upsert: readonly AnyEntity[]
      readonly remove: readonly string[]
    }

export interface TopicAddressText {
  readonly topic: string
  readonly key?: string | undefined
}

/** An engine, wherever it runs: in another process, or in this one for as long as a subcommand takes. */
export interface EngineAccess {
  call(command: string, input: unknown): Promise<Result<unknown>>
  /** What a command would do now; nothing is done. */
  plan(command: string, input: unknown): Promise<Result<CommandPlan>>
  read(address: TopicAddressText): Promise<Result<readonly AnyEntity[]>>
  /** Hands frames over until `signal` (null) or the engine ends it (why). Rejects with `transport.lost`. */
  watch(address: TopicAddressText, onFrame: (frame: WatchFrame) => void, signal: AbortSignal): Promise<WireError | null>
  /** The socket of a path that `disk.transfer-ticket` gave. */
  openTransfer(path: string, listener: TransferLinkListener): TransferLink
  close(): Promise<void>
}
