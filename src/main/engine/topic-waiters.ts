import type { Clock } from './ports.ts'

export interface WaitOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

interface Waiter {
  /** Settles it when the predicate holds, or throws: then it has a bug, which is its owner's to hear of. */
  check(entity: unknown): void
  settle(result: boolean): void
}

/** Waits for a state of single entities. A change costs one map look-up while nobody waits for its entity. */
export function createTopicWaiters(clock: Clock) {
  const waiting = new Map<string, Set<Waiter>>()

  return {
    wait(
      topic: string,
      id: string,
      current: unknown,
      predicate: (entity: unknown) => boolean,
      { timeoutMs, signal }: WaitOptions,
    ): Promise<boolean> {
      signal?.throwIfAborted()
      if (predicate(current)) return Promise.resolve(true)
      const address = `${topic}\n${id}`
      return new Promise((resolve, reject) => {
        const finish = () => {
          cancelTimer()
          signal?.removeEventListener('abort', onAbort)
          const group = waiting.get(address)
          group?.delete(waiter)
          if (group?.size === 0) waiting.delete(address)
        }
        const waiter: Waiter = {
          check: (changed) => {
            try {
              if (predicate(changed)) waiter.settle(true)
            } catch (error) {
              finish()
              reject(error)
            }
          },
          settle: (result) => {
            finish()
            resolve(result)
          },
        }
        const onAbort = () => {
          finish()
          reject(signal?.reason)
        }
        const cancelTimer = clock.after(timeoutMs, () => waiter.settle(false))
        signal?.addEventListener('abort', onAbort)
        const group = waiting.get(address) ?? new Set()
        waiting.set(address, group.add(waiter))
      })
    },
    check(topic: string, id: string, entity: unknown): void {
      if (waiting.size === 0) return
      const group = waiting.get(`${topic}\n${id}`)
      if (group === undefined) return
      for (const waiter of [...group]) waiter.check(entity)
    },
    stop(): void {
      for (const group of [...waiting.values()]) {
        for (const waiter of [...group]) waiter.settle(false)
      }
    },
  }
}
