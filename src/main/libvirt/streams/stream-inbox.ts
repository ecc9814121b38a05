import type { StreamPart } from './stream-types.ts'

/** Above this the transport is not read any more, below a quarter of it again. */
const HIGH_WATER_BYTES = 1_048_576
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 4
/** A hole costs memory too, though no bytes. */
const PART_COST_BYTES = 64

interface Waiter {
  readonly resolve: (part: StreamPart | null) => void
  readonly reject: (error: unknown) => void
}

/** Parts of a stream that have arrived and were not taken yet. One consumer at a time. */
export class StreamInbox {
  readonly #setFull: (full: boolean) => void
  readonly #parts: { readonly part: StreamPart; readonly cost: number }[] = []
  #costBytes = 0
  #full = false
  #ended = false
  #error: unknown
  #waiter: Waiter | undefined

  /** `setFull` hears when the limit is passed and when there is room again. */
  constructor(setFull: (full: boolean) => void) {
    this.#setFull = setFull
  }

  push(part: StreamPart, byteLength: number): void {
    if (this.#waiter !== undefined) {
      this.#takeWaiter()?.resolve(part)
      return
    }
    const cost = byteLength + PART_COST_BYTES
    this.#parts.push({ part, cost })
    this.#addCost(cost)
  }

  end(): void {
    this.#ended = true
    this.#takeWaiter()?.resolve(null)
  }

  /** Fails the consumer at once; what was not taken is dropped. */
  fail(error: unknown): void {
    if (this.#error !== undefined) return
    this.#error = error
    this.#parts.length = 0
    this.#addCost(-this.#costBytes)
    this.#takeWaiter()?.reject(error)
  }

  /** The next part; null at the end. With `idleTimeoutMs` > 0, fails with `stalled()` when none comes in time. */
  next(idleTimeoutMs: number, stalled: () => unknown): Promise<StreamPart | null> {
    if (this.#error !== undefined) return Promise.reject(this.#error)
    const first = this.#parts.shift()
    if (first !== undefined) {
      this.#addCost(-first.cost)
      return Promise.resolve(first.part)
    }
    if (this.#ended) return Promise.resolve(null)
    return new Promise((resolve, reject) => {
      const timer = idleTimeoutMs > 0 ? setTimeout(() => this.fail(stalled()), idleTimeoutMs) : undefined
      this.#waiter = {
        resolve: (part) => {
          clearTimeout(timer)
          resolve(part)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
    })
  }

  #takeWaiter(): Waiter | undefined {
    const waiter = this.#waiter
    this.#waiter = undefined
    return waiter
  }

  #addCost(cost: number): void {
    this.#costBytes += cost
    const full = this.#full ? this.#costBytes > LOW_WATER_BYTES : this.#costBytes > HIGH_WATER_BYTES
    if (full === this.#full) return
    this.#full = full
    this.#setFull(full)
  }
}
