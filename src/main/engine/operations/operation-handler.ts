import type { CommandName, CommandOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { GuestAnswer, LockClaim, Plan, PlannedStep, Subject } from '../../../shared/domain/index.ts'
import type { HandlerBase } from '../handler-base.ts'
import type { ModelSnapshot } from '../model-snapshot.ts'
import type { Inspection, Json } from './change-record.ts'

/** What a step's handler works with. The same for running, undoing and looking. */
export interface StepContext<N extends CommandName> {
  readonly input: ParsedInput<N>
  readonly step: PlannedStep
  /** The ids that were made for this operation, by their name. */
  readonly ids: Readonly<Record<string, string>>
  /** Who asked for it. */
  readonly user: string
  readonly operationId: string
  /** True for one object of a batch. */
  readonly isRow: boolean
  readonly model: () => ModelSnapshot
  /** What the steps so far found or made, by their ids. */
  readonly results: Readonly<Record<string, Json>>
  /** Live things that one step hands to the next: an open session. Gone after a restart of the engine. */
  readonly memory: Map<string, unknown>
  /** Aborted by a cancel while a cancellable step runs, by the step's time limit, and by the engine's stop. */
  readonly signal: AbortSignal
  /** How far this step is, 0–1. */
  progress(fraction: number): void
  /** Of what only asks a guest: what became of it. May be told long after the step has ended; a later word replaces it. */
  answered(outcome: GuestAnswer['outcome']): void
  /** What it does now, where that is more than the plan could say. */
  say(key: string, params: Readonly<Record<string, string | number>>): void
}

/**
 * One kind of step. A `run` that rejects must have left nothing behind, unless its error's `retry` is `after-refresh`: then
 * `inspect` is asked. `undo` is only called when the effect is there, may be called again, and must then do no harm.
 */
export interface StepHandler<N extends CommandName> {
  /** What it returns is stored as JSON, for later steps and for another run of the engine. */
  readonly run: (context: StepContext<N>) => Promise<unknown>
  /** Missing: there is nothing to undo. */
  readonly undo?: (context: StepContext<N>) => Promise<void>
  /** Looks whether the effect is there. An AppError means `unknown`. */
  readonly inspect: (context: StepContext<N>) => Promise<Inspection>
  /**
   * There is no way back once the step before it is done: it is run again, also by another engine, until its effect is there. What
   * it rejects with is no end of the operation.
   */
  readonly noReturn?: true
  /** Milliseconds, for each of the three. Default 60,000. */
  readonly timeoutMs?: number
}

/** What a plan is made with. */
export type PlanIds = Readonly<Record<string, string>>

/**
 * A command that is planned before it runs: the plan is shown to a person, stored, and then run step by step. One function
 * makes the plan for both.
 */
export interface OperationHandler<N extends CommandName> extends HandlerBase<N> {
  /** Names of the ids that an operation needs for what it makes. */
  readonly ids?: readonly string[]
  /**
   * Reads anew what decides about it and what no event tells of. Asked once the locks are held, before `validate` and `plan` are
   * asked again. It is waited for some seconds at most. Where it rejects with an AppError, what is known decides.
   */
  readonly refresh?: (context: RefreshContext<N>) => Promise<unknown>
  /** Pure. Asked when it is accepted, and again once its locks are held. */
  readonly plan: (snapshot: ModelSnapshot, input: ParsedInput<N>, ids: PlanIds) => PlanDraft
  /**
   * What is done after it and belongs to it: each a row of one task with it, begun once it is done, and not at all where it fails. One
   * that fails undoes nothing. Pure; asked when it is accepted, not when an engine takes it up.
   */
  readonly followedBy?: (snapshot: ModelSnapshot, input: ParsedInput<N>) => readonly FollowingCall[]
  /** By the plan's `action`. */
  readonly steps: Readonly<Record<string, StepHandler<N>>>
  /** What is to become of one that the engine's end cut in two: go on with it, or undo it? */
  readonly afterCrash: 'finish' | 'undo'
  /**
   * Of what only asks a guest: asked for each one that had no answer yet when the engine that ran it went. It tells the answer as
   * soon as that can be seen.
   */
  readonly awaitAnswer?: (context: AnswerContext<N>) => void
  /** The command's answer, once all steps are done. */
  readonly output: (context: OutputContext<N>) => CommandOutput<N>
}

/** A command for one object, as it would come over the wire. */
export interface FollowingCall {
  readonly command: CommandName
  readonly input: object
}

export interface RefreshContext<N extends CommandName> {
  readonly input: ParsedInput<N>
  readonly model: () => ModelSnapshot
}

export interface AnswerContext<N extends CommandName>
  extends Pick<StepContext<N>, 'input' | 'user' | 'model' | 'results' | 'answered'> {
  /** Milliseconds since the epoch. */
  readonly askedAt: number
  /** What was known when the former engine went. */
  readonly answer: GuestAnswer | null
}

export interface OutputContext<N extends CommandName> {
  readonly input: ParsedInput<N>
  readonly ids: PlanIds
  readonly results: Readonly<Record<string, Json>>
  readonly memory: ReadonlyMap<string, unknown>
}

export type StepDraft = Pick<PlannedStep, 'action' | 'text'> & Partial<PlannedStep>

export interface PlanDraft {
  readonly steps: readonly StepDraft[]
  readonly locks: readonly LockClaim[]
  readonly touches: readonly Subject[]
}

/** A draft with what it left out: a step is named after its action, weighs 1, and cannot be cancelled. Pure. */
export function completePlan({ steps, locks, touches }: PlanDraft): Plan {
  return {
    locks: [...locks],
    touches: [...touches],
    steps: steps.map((step) => ({
      id: step.action,
      hostId: null,
      weight: 1,
      cancellable: false,
      goesOn: false,
      data: null,
      ...step,
    })),
  }
}

/** What is to become of a record whose step at `index` is the next one: past the point of no return it is finished. Pure. */
export function decideAfterCrash(
  { afterCrash, steps }: Pick<OperationHandler<never>, 'afterCrash' | 'steps'>,
  plan: Plan,
  index: number,
): 'finish' | 'undo' {
  const action = plan.steps[index]?.action
  return action !== undefined && steps[action]?.noReturn === true ? 'finish' : afterCrash
}

/** For steps without effect: whatever happened, nothing of them is there. */
export const inspectNothing = async (): Promise<Inspection> => 'absent'
