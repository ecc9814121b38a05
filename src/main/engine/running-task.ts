import type { Task, TaskStatus } from '../../shared/domain/index.ts'
import type { WireError } from '../../shared/errors/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { StepReporter, StepSpec } from './command-handler.ts'
import { decideProgress, isCancellableFrom } from './step-progress.ts'

/** What a running task needs of the board that lists it. */
export interface TaskOwner {
  now(): number
  monotonicMs(): number
  publish(task: Task): void
  /** Durable when it resolves. */
  save(task: Task): Promise<void>
  onSaveFailed(error: unknown): void
}

/** A task of this run of the engine, from its queueing to its end. */
export class RunningTask implements StepReporter {
  readonly #steps: readonly StepSpec[]
  readonly #owner: TaskOwner
  readonly #abort: (reason: AppError) => void
  #task: Task
  #index = -1
  #startedMs: number | null = null
  #saving: Promise<void> | null = null

  constructor(task: Task, steps: readonly StepSpec[], owner: TaskOwner, abort: (reason: AppError) => void) {
    this.#task = { ...task, cancellable: true, progress: decideProgress(steps, { index: -1, fraction: 0 }) }
    this.#steps = steps
    this.#owner = owner
    this.#abort = abort
  }

  get task(): Task {
    return this.#task
  }

  /** Lists it as queued. Rejects when it cannot be stored: then it must not run. */
  async queue(): Promise<void> {
    await this.#owner.save(this.#task)
    this.#owner.publish(this.#task)
  }

  /** Marks it as running; durable when it resolves, so that a crash from here on leaves it unknown. */
  async start(): Promise<void> {
    this.#startedMs = this.#owner.monotonicMs()
    this.#change({ status: 'running', startedAt: this.#owner.now(), cancellable: isCancellableFrom(this.#steps, 0) })
    await this.#owner.save(this.#task)
  }

  enter(key: string, params: Readonly<Record<string, string | number>> = {}): void {
    const index = this.#steps.findIndex((step) => step.key === key)
    const step = this.#steps[index]
    if (step === undefined) throw new Error(`${this.#task.command} has no step ${key}`)
    if (this.#task.status !== 'running') return
    if (this.#task.cancelRequested && step.cancellable) {
      this.#abort(this.#cancelled())
      throw this.#cancelled()
    }
    this.#index = index
    this.#change({
      step: { key, params: { ...params } },
      progress: this.#progressAt(0),
      cancellable: isCancellableFrom(this.#steps, index),
    })
    this.#saveSoon()
  }

  progress(fraction: number): void {
    if (this.#task.status !== 'running' || !Number.isFinite(fraction)) return
    this.#change({ progress: this.#progressAt(fraction) })
  }

  /** Asks it to stop: at once when it waits or its step is cancellable, else at the next cancellable step. */
  cancel(): void {
    if (this.#task.finishedAt !== null) return
    const waits = this.#task.status === 'queued'
    if (!waits && !isCancellableFrom(this.#steps, Math.max(0, this.#index))) {
      throw new AppError('task.not-cancellable', { taskId: this.#task.id, step: this.#task.step?.key ?? '' })
    }
    if (!this.#task.cancelRequested) this.#change({ cancelRequested: true })
    if (waits || this.#steps[this.#index]?.cancellable === true) this.#abort(this.#cancelled())
  }

  /** Its end. Durable when it resolves; a failed write is reported, not thrown: what happened has happened. */
  async finish(status: Exclude<TaskStatus, 'queued' | 'running'>, error: WireError | null): Promise<void> {
    this.#change({
      status,
      error,
      finishedAt: this.#finishedAt(),
      cancellable: false,
      progress: status === 'succeeded' ? 1 : this.#task.progress,
    })
    await this.#saving
    try {
      await this.#owner.save(this.#task)
    } catch (failure) {
      this.#owner.onSaveFailed(failure)
    }
  }

  /** So much after its start as has passed: the clock may have been set meanwhile. */
  #finishedAt(): number {
    const { startedAt } = this.#task
    if (startedAt === null || this.#startedMs === null) return this.#owner.now()
    return startedAt + Math.round(this.#owner.monotonicMs() - this.#startedMs)
  }

  #cancelled(): AppError {
    return new AppError('task.cancelled', { command: this.#task.command })
  }

  /** Never goes back, even where a step is entered twice. */
  #progressAt(fraction: number): number | null {
    const progress = decideProgress(this.#steps, { index: this.#index, fraction })
    return progress === null ? null : Math.max(progress, this.#task.progress ?? 0)
  }

  #change(changes: Partial<Task>): void {
    this.#task = { ...this.#task, ...changes }
    this.#owner.publish(this.#task)
  }

  /** One write at a time; what changes meanwhile is written by the next. */
  #saveSoon(): void {
    if (this.#saving !== null) return
    const saved = this.#task
    this.#saving = this.#owner
      .save(saved)
      .catch((error: unknown) => this.#owner.onSaveFailed(error))
      .then(() => {
        this.#saving = null
        if (this.#task.status === 'running' && this.#task.step !== saved.step) this.#saveSoon()
      })
  }
}
