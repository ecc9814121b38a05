import { AppError } from '../../shared/errors/index.ts'
import type { Clock } from './clock.ts'

export interface LockRequest {
  readonly keys: readonly string[]
  /** The command that asks. */
  readonly command: string
  /** Who a waiter is told about: "vm.start (admin)". */
  readonly holder: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

export interface LockTable {
  /**
   * Resolves with how to release once all keys are held. Rejects with `command.lock-timeout` (naming the holder),
   * `command.queue-full`, or the signal's reason.
   */
  acquire(request: LockRequest): Promise<() => void>
  /** True when a request for these keys would be granted at once. */
  isFree(keys: readonly string[]): boolean
}

interface Claim {
  readonly keys: readonly string[]
  readonly holder: string
  granted: (() => void) | null
}

/**
 * FIFO locks over several keys at once. A claim stands in the line of each of its keys from the start and is granted when
 * it is first in all of them; nothing is held while waiting. The oldest claim is first in all its lines, so there is always
 * one that can go on: no deadlock.
 */
export function createLockTable({
  clock,
  maxWaiting,
}: {
  readonly clock: Clock
  readonly maxWaiting: number
}): LockTable {
  const lines = new Map<string, Claim[]>()
  let waiting = 0

  const isFirst = (claim: Claim) => claim.keys.every((key) => lines.get(key)?.[0] === claim)

  /** Takes a claim out of its lines, granted or not; once it is out, again changes nothing. */
  function leave(claim: Claim): void {
    const heads = new Set<Claim>()
    for (const key of claim.keys) {
      const line = (lines.get(key) ?? []).filter((other) => other !== claim)
      if (line[0] === undefined) lines.delete(key)
      else {
        lines.set(key, line)
        heads.add(line[0])
      }
    }
    for (const head of heads) {
      if (head.granted !== null && isFirst(head)) head.granted()
    }
  }

  function blocker(claim: Claim): { lock: string; holder: string } {
    const lock = claim.keys.find((key) => lines.get(key)?.[0] !== claim) ?? ''
    return { lock, holder: lines.get(lock)?.[0]?.holder ?? '' }
  }

  return {
    isFree: (keys) => keys.every((key) => !lines.has(key)),
    async acquire({ keys, command, holder, timeoutMs, signal }) {
      signal?.throwIfAborted()
      const claim: Claim = { keys: [...new Set(keys)].sort(), holder, granted: null }
      const isFree = claim.keys.every((key) => !lines.has(key))
      if (!isFree && waiting >= maxWaiting) {
        throw new AppError('command.queue-full', { command, limit: maxWaiting }, { retry: 'safe' })
      }
      for (const key of claim.keys) {
        const line = lines.get(key)
        if (line === undefined) lines.set(key, [claim])
        else line.push(claim)
      }
      if (isFree) return () => leave(claim)
      waiting++
      return new Promise((resolve, reject) => {
        const finish = () => {
          claim.granted = null
          waiting--
          cancelTimer()
          signal?.removeEventListener('abort', onAbort)
        }
        const giveUp = (reason: unknown) => {
          finish()
          leave(claim)
          reject(reason)
        }
        const onAbort = () => giveUp(signal?.reason)
        const cancelTimer = clock.after(timeoutMs, () =>
          giveUp(new AppError('command.lock-timeout', { command, ...blocker(claim) }, { retry: 'safe' })),
        )
        signal?.addEventListener('abort', onAbort)
        claim.granted = () => {
          finish()
          resolve(() => leave(claim))
        }
      })
    },
  }
}
