import type { LockClaim, PlannedStep, Subject } from '../domain/index.ts'
import type { WireError } from '../errors/index.ts'
import type { GroupVerdict } from './group-verdict.ts'

/*
 * The frames between a client and the engine: the same over MessagePort (Electron) and WebSocket (server, as JSON text).
 * `id` is chosen by the client and unique among its open calls and subscriptions. What a client sends stands in client-frame.ts.
 */

/**
 * A MessagePort does not say how much waits in it. So the client counts what it took, and the engine holds patches back from
 * one that lags.
 */
export const ACK_EVERY_FRAMES = 32

/** Largest frame that either side accepts, in bytes of JSON. */
export const FRAME_LIMIT_BYTES = 64 * 1024 * 1024
/** Largest frame that a client may send. */
export const CLIENT_FRAME_LIMIT_BYTES = 1024 * 1024

export type Result<T> =
  | {
      readonly ok: true
      readonly value: T
      /** Every topic's state at or after this revision contains the command's effect. */
      readonly rev: number
      readonly taskId?: string | undefined
    }
  | { readonly ok: false; readonly error: WireError; readonly taskId?: string | undefined }

/** `null`: it may run. Otherwise why not. */
export type Verdict = WireError | null

/** What a command would do now, host by host. Nothing is done, and nothing is held: when it runs, it is planned anew. */
export interface CommandPlan {
  readonly command: string
  readonly subject: Subject
  readonly steps: readonly PlannedStep[]
  readonly locks: readonly LockClaim[]
  readonly touches: readonly Subject[]
  /** For a batch: a plan for each object, or why it cannot be done to it. */
  readonly rows: readonly {
    readonly subject: Subject
    readonly steps: readonly PlannedStep[]
    readonly error: WireError | null
  }[]
}

export type ServerFrame =
  /**
   * First frame of a connection. A different `epoch` than before means: the engine restarted, forget everything. `now`, here and
   * below, is the engine's clock (milliseconds since the epoch): ages of what it stamped are counted by that, not by the page's.
   */
  | { readonly t: 'hello'; readonly epoch: string; readonly version: string; readonly now: number }
  | { readonly t: 'reply'; readonly id: number; readonly result: Result<unknown> }
  /** Answers `plan`. */
  | { readonly t: 'plan'; readonly id: number; readonly result: Result<CommandPlan> }
  | { readonly t: 'verdicts'; readonly id: number; readonly verdicts: readonly Verdict[] }
  | { readonly t: 'group-verdicts'; readonly id: number; readonly verdicts: readonly GroupVerdict[] }
  | {
      readonly t: 'snapshot'
      readonly id: number
      readonly epoch: string
      readonly rev: number
      readonly entities: readonly { readonly id: string }[]
    }
  | {
      readonly t: 'patch'
      readonly id: number
      readonly rev: number
      readonly upsert: readonly { readonly id: string }[]
      readonly remove: readonly string[]
      readonly now: number
    }
  /** The subscription ended (unknown topic, VM gone, too slow). */
  | { readonly t: 'closed'; readonly id: number; readonly error: WireError }
  | { readonly t: 'pong'; readonly id: number; readonly now: number }
