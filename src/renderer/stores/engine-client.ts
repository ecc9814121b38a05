import type { CommandInput, CommandName, ContractClient } from '../../shared/contract/index.ts'

/** What pages need of the engine, whichever way it is reached. */
export type EngineClient = Pick<
  ContractClient,
  'call' | 'plan' | 'canRun' | 'canRunEach' | 'subscribe' | 'status' | 'onStatus' | 'retryNow' | 'now' | 'silentMs'
>

/** A call that might be made: asked about before its button is enabled. */
export interface ProposedCall<N extends CommandName = CommandName> {
  readonly command: N
  readonly input: CommandInput<N>
}

/** What a subscription hears first, and again after each reconnect. */
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
