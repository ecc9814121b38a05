import { AppError } from '../../shared/errors/index.ts'

interface Entry {
  /** Who waits for the read under way; empty while it waits for its turn. */
  current: PromiseWithResolvers<void> | null
  /** Who waits for a read that has not begun yet. */
  next: PromiseWithResolvers<void> | null
}

export interface RefreshQueueOptions {
  readonly read: (id: string) => Promise<void>
  /** Reads at once. */
  readonly concurrency: number
  /** How many different ids may wait. Beyond it `onOverflow` is called and the request rejects. */
  readonly limit: number
  readonly onOverflow: () => void
}

/**
 * Re-reads things by id when something said that they changed. Requests for one id while its read waits become one; those
 * during its read cause exactly one more, because nobody knows whether the read saw the change.
 */
export class RefreshQueue {
  readonly #options: RefreshQueueOptions
  readonly #entries = new Map<string, Entry>()
  readonly #waiting = new Set<string>()
  #running = 0
  #held = false

  constructor(options: RefreshQueueOptions) {
    this.#options = options
  }

  /** Resolves when a read has ended that began after this call. Rejects with its error. */
  request(id: string): Promise<void> {
    const entry = this.#entries.get(id) ?? this.#add(id)
    if (entry === null) {
      this.#options.onOverflow()
      return Promise.reject(new AppError('libvirt.consumer-too-slow', { queueLength: this.#options.limit }))
    }
    entry.next ??= Promise.withResolvers<void>()
    const { promise } = entry.next
    if (entry.current === null) this.#waiting.add(id)
    this.#startNext()
    return promise
  }

  /** Is the thing being read now, or may it be, by whoever holds the queue? */
  isBusy(id: string): boolean {
    return this.#held || this.#entries.get(id)?.current != null
  }

  /** Collects requests without reading, until `release`. */
  hold(): void {
    this.#held = true
  }

  release(): void {
    this.#held = false
    this.#startNext()
  }

  /** Rejects everything that waits. Reads under way end by themselves. */
  clear(error: Error): void {
    for (const [id, entry] of this.#entries) {
      entry.next?.promise.catch(ignoreUnheard)
      entry.next?.reject(error)
      entry.next = null
      if (entry.current === null) this.#entries.delete(id)
    }
    this.#waiting.clear()
  }

  #add(id: string): Entry | null {
    if (this.#entries.size >= this.#options.limit) return null
    const entry: Entry = { current: null, next: null }
    this.#entries.set(id, entry)
    return entry
  }

  #startNext(): void {
    while (!this.#held && this.#running < this.#options.concurrency) {
      const [id] = this.#waiting
      if (id === undefined) return
      this.#waiting.delete(id)
      void this.#run(id)
    }
  }

  async #run(id: string): Promise<void> {
    const entry = this.#entries.get(id)
    const waiter = entry?.next
    if (entry === undefined || waiter === null || waiter === undefined) return
    entry.current = waiter
    entry.next = null
    this.#running += 1
    try {
      await this.#options.read(id)
      waiter.resolve()
    } catch (error) {
      waiter.promise.catch(ignoreUnheard)
      waiter.reject(error)
    } finally {
      this.#running -= 1
      entry.current = null
      if (entry.next === null) this.#entries.delete(id)
      else this.#waiting.add(id)
      this.#startNext()
    }
  }
}

/** Events ask for reads and wait for nothing: a failure there is nobody's unhandled rejection. */
function ignoreUnheard(): void {
  // The link notices a lost connection by itself; a single failed read is repeated with the next event.
}
