import { AppError } from '../../../shared/errors/index.ts'

interface Waiter<E> {
  readonly resolve: (result: IteratorResult<E, undefined>) => void
  readonly reject: (error: unknown) => void
}

const DONE = { done: true, value: undefined } as const

/** Events that have arrived and were not taken yet, up to a limit. */
export class EventQueue<E> {
  readonly #limit: number
  readonly #overflow: (error: AppError) => void
  #events: E[] = []
  #waiters: Waiter<E>[] = []
  #ended = false
  #error: unknown

  /** `overflow` is called when an event comes and `limit` others still wait. */
  constructor(limit: number, overflow: (error: AppError) => void) {
    this.#limit = limit
    this.#overflow = overflow
  }

  push(event: E): void {
    if (this.#ended) return
    const waiter = this.#waiters.shift()
    if (waiter !== undefined) waiter.resolve({ done: false, value: event })
    else if (this.#events.length < this.#limit) this.#events.push(event)
    else this.#overflow(new AppError('libvirt.consumer-too-slow', { queueLength: this.#limit }))
  }

  /** The next event. After the end: what is left, then the error that ended it, if any, then done. */
  next(): Promise<IteratorResult<E, undefined>> {
    const event = this.#events.shift()
    if (event !== undefined) return Promise.resolve({ done: false, value: event })
    if (this.#ended) {
      const error = this.#error
      this.#error = undefined
      return error === undefined ? Promise.resolve(DONE) : Promise.reject(error)
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
    })
  }

  end(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    const waiters = this.#waiters
    this.#waiters = []
    if (waiters.length === 0) this.#error = error
    for (const waiter of waiters) {
      if (error === undefined) waiter.resolve(DONE)
      else waiter.reject(error)
    }
  }
}
